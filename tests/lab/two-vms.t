#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two VMs at once do not see each other's exits: the VM's total is that of its
# one vCPU, and is what it is when the VM is alone, but for interrupts and for the
# batches that the probe repeats because of them.  One that has not enabled its local
# APIC costs each exit of the other 6 instructions (docs/measurement.md).
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
exit 0
END

for cpu in $cpus; do
	ran "$cpu: status" 0 lab "$work/job" || continue

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
		"$(awk '$1 == "nop" || $1 == "cpuid" { print $1, $2 }' "$work/out" | sort | uniq -c | xargs)" \
		"5 cpuid 1.00 3 nop 0.00"

	# p50 SECTION
	p50() {
		section "$1" | awk '$1 == "cpuid" { print $4 }'
	}
	is "$cpu: a VM whose local APIC is off: 6 instructions an exit" \
		"$(($(p50 "beside one that is paused") - $(p50 settled)))" 6
done
finish
