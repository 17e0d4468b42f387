#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two VMs at once do not see each other's exits: the VM's total is that of its
# one vCPU, and is what it is when the VM is alone, but for interrupts and for the
# batches that the probe repeats because of them.  One that has not enabled its local
# APIC costs each exit of the other 6 instructions (docs/measurement.md).  And exitprobe
# watch shows of one of them what the files of debugfs do.
. "$(dirname "$0")/../lib/tap.sh"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
run() {
	probe -append "ops=cpuid,nop samples=2000"
}
echo "== alone"
run
run >/tmp/a & run >/tmp/b & wait
echo "== a"
cat /tmp/a
echo "== b"
cat /tmp/b
run_settled() {
	probe -append "ops=cpuid settle_ms=1200"
}
echo "== settled"
run_settled
qemu-system-x86_64 -accel kvm -cpu host -m 16 -nodefaults -display none -S &
until ls -d /sys/kernel/debug/kvm/*/vcpu0 >/dev/null 2>&1; do
	sleep 0.05
done
echo "== beside one that is paused"
run_settled
kill $!
wait

# Nothing moves while a VM's threads are stopped, so that both readings are those of debugfs.
chmod +x /lab/exitprobe-static
statistics=/sys/module/kvm/parameters/exit_stats
watched() {
	rm -f /tmp/busy
	qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -name guest=busy,debug-threads=on \
		-serial file:/tmp/busy -kernel /lab/probe.elf -append "samples=10000" &
	qemu=$!
	until ls -d /sys/kernel/debug/kvm/$qemu-*/vcpu0 >/dev/null 2>&1; do sleep 0.05; done
	vm=$(ls -d /sys/kernel/debug/kvm/$qemu-*)
	# It has ended its start, and measures.
	until grep -q '^operation' /tmp/busy 2>/dev/null; do sleep 0.05; done
	sleep 0.2
	kill -STOP $qemu
	sleep 0.3
	echo "== before $1"
	cat $vm/vcpu0/exit_stats $vm/exits
	rm -f /tmp/said
	/lab/exitprobe-static watch --json --once busy -- 2 >/tmp/watch 2>/tmp/said &
	watch=$!
	# It says so after the first reading.
	until [ -s /tmp/said ]; do sleep 0.05; done
	kill -CONT $qemu
	sleep 0.2
	kill -STOP $qemu
	wait $watch
	echo "== watched $1"
	cat /tmp/watch
	echo "== said $1"
	cat /tmp/said
	echo "== after $1"
	cat $vm/vcpu0/exit_stats $vm/exits
	kill -KILL $qemu
	wait
}
watched patch
echo off >$statistics
watched stats
echo "== nobody"
/lab/exitprobe-static watch 2>&1
exit 0
END

for cpu in $cpus; do
	ran "$cpu: status" 0 lab "$work/job" "$build/exitprobe-static" || continue

	# figures SECTION: VM's exits, vCPU's exits, epoch.
	figures() {
		section "$1" |
			sed -n 's/^exits: this VM \([0-9]*\), this vCPU \([0-9]*\), epoch \([0-9a-f]*\),.*/\1 \2 \3/p'
	}
	read -r vm_alone vcpu_alone epoch_alone <<END
$(figures alone)
END
	is "$cpu: alone: VM and vCPU agree" "$vm_alone" "$vcpu_alone"
	epochs=$epoch_alone
	for vm in a b; do
		read -r total vcpu epoch <<END
$(figures $vm)
END
		is "$cpu: $vm: VM and vCPU agree" "$total" "$vcpu"
		ok "$cpu: $vm: no fewer exits than alone less a tenth ($total, $vm_alone)" \
			[ "$total" -ge $((vm_alone * 90 / 100)) ]
		ok "$cpu: $vm: at most a tenth more ($total, $vm_alone)" \
			[ "$total" -le $((vm_alone * 110 / 100)) ]
		epochs="$epochs $epoch"
	done
	is "$cpu: three VMs, three epochs" "$(echo "$epochs" | tr ' ' '\n' | sort -u | grep -c .)" 3
	is "$cpu: nop stays at no exit, CPUID at one, in all three" \
		"$(awk '($1 == "nop" || $1 == "cpuid") && $2 ~ /\./ { print $1, $2 }' "$work/out" | sort | uniq -c | xargs)" \
		"5 cpuid 1.00 3 nop 0.00"

	# p50 SECTION
	p50() {
		section "$1" | awk '$1 == "cpuid" { print $4 }'
	}
	is "$cpu: a VM whose local APIC is off: 6 instructions an exit" \
		"$(($(p50 "beside one that is paused") - $(p50 settled)))" 6

	# --- exitprobe watch -----------------------------------------------------------
	# grown WAY: reasons and their exits, by debugfs; the total is exits.
	grown() {
		section "before $1" >"$work/before"
		section "after $1" | awk 'NR == FNR { before[$1] = $3; next } $2 != "-" && NF == 6 && NR > 1 && $1 != "reason" {
			if ($3 > before[$1] + 0) print $1, $3 - before[$1] }
			$1 == "total" { print "exits", $3 - before[$1] }' "$work/before" - | sort
	}
	section "watched patch" >"$work/watched"
	is "$cpu: watch: exits and reasons are the differences of debugfs" \
		"$(jq -r '.vms[] | select(.name == "busy") | "exits \(.exits)", (.reasons[] | "\(.reason) \(.exits)")' "$work/watched" | sort)" \
		"$(grown patch)"
	ok "$cpu: watch: there were some" [ "$(jq '.vms[0].exits' "$work/watched")" -gt 1000 ]
	is "$cpu: watch: exits per second times the interval are the exits, which is as long as asked for" \
		"$(jq -c '.vms[0] | [((.per_second * .seconds - .exits) | fabs) < 0.01, ((.seconds - 2) | fabs) < 0.2]' "$work/watched")" \
		"[true,true]"
	is "$cpu: watch: per cent add up" "$(jq '.vms[0].percent | add | round' "$work/watched")" 100
	has "$cpu: watch: what counts" "$work/out" '^exitprobe watch: [0-9]+-[0-9]+ busy: the patched KVM counts'
	section "watched stats" >"$work/watched"
	is "$cpu: watch: off: KVM's own exits" "$(jq -c '[.vms[] | .way, .exits]' "$work/watched")" \
		"[\"stats\",$(($(section "after stats" | tail -n 1) - $(section "before stats" | tail -n 1)))]"
	has "$cpu: watch: off: what would switch it on" "$work/out" \
		"^exitprobe watch: .* as root: echo host >/sys/kernel/debug/kvm/[0-9]+-[0-9]+/exit_stats_mode\$"
	has "$cpu: watch: no VM" "$work/out" '^exitprobe watch: error: no VM runs on this host: /sys/kernel/debug/kvm has none$'
done
finish
