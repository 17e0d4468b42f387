#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run --counts on a host with the distribution's own KVM, nothing patched and
# nothing loaded: what each way counts is what the patch counts. With long, or a KERNEL, all
# operations are counted on both vendors, else some of them on AMD.
#
# counts.t [KERNEL [CPU...]]
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cpus="amd intel" ops=
if [ $# -eq 0 ]; then
	cpus=amd
	ops=empty,nop,cpuid,cpuid-7,hypercall,hypercall-other,inb-kernel,inl-user,outl-user,insb-64,hole-read,ioapic-read
	ops=$ops,rdmsr-tsc-adjust,wrmsr-tsc-adjust,rdmsr-fs-base,rdmsr-unknown,mov-to-cr4-pge,ud,hlt-timer,ipi-self-sti
elif [ -z "$long" ]; then
	kernel=$1
	shift
	cpus=${*:-$cpus}
fi
release=$(cat "$build/lab/release-$kernel")

# stock JOB: with the distribution's modules of KVM.
stock() {
	lab -t 1200 -m "$build/lab/$release" -p force_emulation_prefix=1 "$@" "$build/exitprobe-static"
}

# counted: of each operation in the events of a run: name, exits per operation, its fault; or
# why it was not measured.
counted() {
	jq -r 'select(.event == "record") | .record | select(.record == "op") | [.op,
		if .outcome == "measured" then (.counts.exits // "none"), (.fault // empty)
		else .outcome, .text // empty end] | join(" ")' "$1"
}

# With all operations exitprobe run does the host's part of some, which is skipped elsewhere.
expected_here() {
	expected_exits "$1" "$2" >"$work/expected-base"
	grep -v '^#' "$top/tests/expected/hosted-$1" >"$work/expected-hosted"
	if [ "$ops" ]; then
		cat "$work/expected-base"
	else
		awk 'NR == FNR { line[$1] = $0; next } { print $1 in line ? line[$1] : $0 }' \
			"$work/expected-hosted" "$work/expected-base"
	fi
}

# What differs from the patch's figures, and why (docs/measurement.md).
# pv-eoi, pv-eoi-tick: if an interrupt of the host's comes in between, KVM takes back its offer to do without the
# EOI's exit; runs back to back, of which no sample can be discarded, then have one more.
# By stats: what the host does to memory between the runs is in the batch.
not_by_stats='pv-eoi|pv-eoi-tick|read-2m|read-write-2m|log-write-2m'
# By trace each exit takes longer, so that more interrupts come while the guest halts.
not_by_trace='pv-eoi|pv-eoi-tick|after-hlt-l2'
# QEMU's time for it varies: it reads the guest's code around the access (TPR access reporting).
not_in_user=xapic-tpr

# but NAMES: without the operations of these names, which | divides.
but() {
	grep -vE "^($1)( |\$)"
}

# these: of lines that begin with an operation's name, those of $ops.
these() {
	awk -v ops="$ops" 'BEGIN { n = split(ops, name, ","); for (i = 1; i <= n; i++) wanted[name[i]] = 1 }
		!n || $1 in wanted'
}

# enough FILE ALL SOME: it has at least ALL lines, or SOME if not all operations are counted.
enough() {
	[ "$(wc -l <"$1")" -ge "$([ "$ops" ] && echo "$3" || echo "$2")" ]
}

# expected_counts CPU KERNEL: the same as the patch counts it, without the reasons; of what
# varies nothing but that it does.
expected_counts() {
	expected_here "$1" "$2" | awk '$2 == "varies" { print $1, "varies"; next }
		$2 ~ /^[0-9.]+$/ { print $1, $2 ($NF ~ /^#/ ? " " $NF : ""); next }
		{ print }'
}

# varying EXPECTED: counted's lines, but of an operation that varies by EXPECTED that line.
varying() {
	awk 'NR == FNR { if ($2 == "varies") line[$1] = $0; next }
		$1 in line && $2 ~ /^[0-9.]+$/ { print line[$1]; next }
		{ print }' "$1" -
}

echo "all='${ops:+--ops $ops}'" >"$work/all"
{ cat "$work/all"; cat <<'END'; } >"$work/stats.job"
chmod +x /lab/exitprobe-static
mount -t tmpfs none /dev/shm 2>/dev/null
run() {
	/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions --settle 1200 \
		--qemu-arg -device --qemu-arg pci-testdev "$@"
}
run --stream --counts stats $all
echo "== status $?"
# What it says by itself, and where the way that is asked for is not there.
run -q --ops nop 2>/tmp/messages
echo "== auto $?"
grep -a -o 'exitprobe run: warning: .*' /tmp/messages
run -q --ops nop --counts leaf
echo "== leaf $?"
run --ops nop,cpuid,inl-user --counts none 2>&1 | cat
echo "== none"
END

for cpu in $cpus; do
	ran "$cpu $kernel: stats: status" 0 stock "$work/stats.job" || continue
	grep '^{"event"' "$work/out" >"$work/events-$cpu"
	has "$cpu $kernel: stats: the run ends well" "$work/out" '^== status 0$'
	is "$cpu $kernel: stats: the results say who counted" \
		"$(jq -r 'select(.event == "counts").counts.way' "$work/events-$cpu" | sort -u)" stats
	expected_counts "$cpu" "$kernel" | these | but "$not_by_stats" >"$work/expected"
	counted "$work/events-$cpu" | but "$not_by_stats" | varying "$work/expected" >"$work/exits"
	is "$cpu $kernel: stats: exits of every operation are the patch's" "$(diff "$work/expected" "$work/exits")" ""
	is "$cpu $kernel: stats: every operation as its row says" "$(jq -r 'select(.event == "record") | .record |
		select(.agrees == false) | .op' "$work/events-$cpu" | but "$not_by_stats")" ""
	jq -r 'select(.event == "record") | .record | select(.agrees == true) | .op' "$work/events-$cpu" >"$work/agreeing"
	ok "$cpu $kernel: stats: enough operations have exits and an expectation" enough "$work/agreeing" 90 20
	is "$cpu $kernel: stats: hints at a port, at MMIO, at HLT, at a hypercall" "$(jq -r 'select(.event == "record") |
		.record | select(.op | IN("inl-user", "hole-read", "hlt-timer", "hypercall")) |
		select(.record == "op") | .op + " " + ([.counts.hints[] | "\(.count) \(.name)"] |
			map(select(test("io_exits|halt_exits|hypercalls"))) | join("+"))' "$work/events-$cpu" | sort)" \
		"hlt-timer 1 halt_exits
hole-read 1 mmio_exits
hypercall 1 hypercalls
inl-user 1 io_exits"
	has "$cpu $kernel: auto: one line says what is taken, what that cannot show and why" "$work/out" \
		"^exitprobe run: warning: counts by KVM's tracepoints \(--counts trace\): .*what tracing costs; the better ways: leaf: this host's KVM has no exit statistics"
	has "$cpu $kernel: auto: status" "$work/out" '^== auto 0$'
	has "$cpu $kernel: leaf: refused" "$work/out" \
		"^exitprobe run: error: --counts leaf: this host's KVM has no exit statistics"
	has "$cpu $kernel: leaf: status" "$work/out" '^== leaf 2$'
	has "$cpu $kernel: none: no exits, and it says so" "$work/out" 'WARNING: no exits and no host columns'

done

# --- the tracepoints ---------------------------------------------------------------------
{ cat "$work/all"; cat <<'END'; } >"$work/trace.job"
chmod +x /lab/exitprobe-static
run="/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions --settle 1200
	--qemu-arg -device --qemu-arg pci-testdev"
tracing=/sys/kernel/tracing
# watching: the instance that has its events, once there is one.
watching() {
	while ! grep -l 1 $tracing/instances/exitprobe-*/events/kvm/kvm_exit/enable 2>/dev/null; do
		sleep 0.1
	done | cut -d / -f 1-6
}
umount -l /sys/kernel/debug
$run -q --ops nop --counts trace 2>/tmp/messages
echo "== without $?"
$run -q --ops nop 2>>/tmp/messages
echo "== next $?"
grep -a -o 'exitprobe run: \(error\|warning\): .*' /tmp/messages
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs $tracing
$run --stream --counts trace $all
echo "== status $? left $(ls $tracing/instances | wc -l)"
$run --counts trace --ops ipi-self-sti 2>&1 | cat
# What is lost voids the row: a buffer of a page.
$run --stream --counts trace --ops outsb-64 --samples 2000 >/tmp/lost &
pid=$!
echo 4 >"$(watching)/buffer_size_kb"
wait $pid
echo "== lost $? $(grep -o '"outcome":"[a-z]*","text":"[^"]*"' /tmp/lost)"
# Killed: the other process removes the instance.  Both killed: the next run does.
$run -q --counts trace --boots 100 --ops cpuid 2>/dev/null &
pid=$!
own=$(watching)
kill -9 $pid
sleep 2
echo "== killed $(ls $tracing/instances | wc -l)"
$run -q --counts trace --boots 100 --ops cpuid 2>/dev/null &
own=$(watching)
kill -9 $(grep -l '^exitprobe' /proc/[0-9]*/comm | cut -d / -f 3)
sleep 2
echo "== both killed $(ls $tracing/instances | wc -l)"
$run -q --counts trace --ops cpuid 2>/dev/null
echo "== the next $? $(ls $tracing/instances | wc -l)"
# A tracer of somebody else's is left alone.
mkdir $tracing/instances/exitprobe-mine
$run -q --counts trace --ops cpuid 2>/dev/null
echo "== others $? $(ls $tracing/instances)"
# As with Secure Boot.
mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
grep -o '.integrity.' /sys/kernel/security/lockdown
$run -q --ops cpuid,inl-user --counts trace -o /tmp/locked.json
echo "== locked $? $(tr -d '\n' </tmp/locked.json)"
END
{ cat "$work/all"; cat <<'END'; } >"$work/leaf.job"
chmod +x /lab/exitprobe-static
/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions --settle 1200 \
	--qemu-arg -device --qemu-arg pci-testdev --stream $all
END

# records_of_events: the records in the events of a run.
records_of_events() {
	grep '^{"event":"record"' "$1" | jq -c .record
}

# host_times FILE: of each operation with one exit its time in the host, with out and in; what
# tracing costs is taken off.  A wait differs from sample to sample.
host_times() {
	jq -s -r '(.[0].watching // { exit: 0, entry: 0 } | (.exit + .entry) - ((.exit + .entry) / 2 | floor)) as $more |
		.[] | select(.record == "op" and .exits == 1 and .wait == null and (.parts // {} | has("out"))) |
		"\(.op) \(.parts | .out + .kernel + .user + .halted + .in - $more)"' "$1" | sort
}

# kernel_times FILE: of the same operations the kernel's and userspace's part.
kernel_times() {
	jq -r 'select(.record == "op" and .exits == 1 and .wait == null and (.parts // {} | has("out"))) |
		"\(.op) \(.parts.kernel) \(.parts.user)"' "$1" | sort
}

for cpu in $cpus; do
	ran "$cpu $kernel: trace: status" 0 stock "$work/trace.job" || continue
	cp "$work/out" "$work/traced"
	has "$cpu $kernel: trace: no tracefs: refused in one line" "$work/traced" \
		'^exitprobe run: error: --counts trace: no tracefs \(mount'
	has "$cpu $kernel: trace: no tracefs: status" "$work/traced" '^== without 2$'
	has "$cpu $kernel: auto: the next way, what it cannot show, and why" "$work/traced" \
		"^exitprobe run: warning: counts by KVM's own statistics \(--counts stats\): .*no times on the host.*leaf: this host's KVM has no exit statistics.*trace: no tracefs"
	has "$cpu $kernel: auto: the next way: status" "$work/traced" '^== next 0$'
	has "$cpu $kernel: trace: ends well and leaves nothing" "$work/traced" '^== status 0 left 0$'
	records_of_events "$work/traced" >"$work/records"
	expected_here "$cpu" "$kernel" | these | but "$not_by_trace" >"$work/expected"
	exits_of "$work/records" | but "$not_by_trace" | in_bounds "$work/expected" >"$work/exits"
	is "$cpu $kernel: trace: exits and reasons of every operation are the patch's" "$(diff "$work/expected" "$work/exits")" ""
	is "$cpu $kernel: trace: every operation as its row says" \
		"$(jq -r 'select(.agrees == false) | .op' "$work/records" | but "$not_by_trace")" ""
	is "$cpu $kernel: trace: of one exit, out to in are the round trip, less what tracing costs" "$(jq -s -r '
		(.[0].watching | (.exit + .entry) / 2) as $cost | .[0].bracket.cycles as $bracket | .[] |
		select(.record == "op" and .exits == 1 and (.parts // {} | has("out")) and .wait == null and .parts.user == 0) |
		((.parts | .out + .kernel + .user + .halted + .in) + $cost - (.cycles.mean + $bracket)) as $off |
		select(($off | fabs) > ([5, .cycles.mean / 100] | max)) | "\(.op) \($off)"' "$work/records")" ""
	is "$cpu $kernel: trace: the sites have all exits of their operation" "$(jq -r '
		select(.agrees == true and .exits == (.exits | floor) and (.expected.varies | not)) |
		([.sites[]?.exits] | add // 0) as $sum | select($sum - .exits | fabs > 0.05) |
		"\(.op) \(.exits) but \($sum)"' "$work/records")" ""
	is "$cpu $kernel: trace: where the exits are" "$(jq -r 'select(.op == "inl-user" or .op == "ipi-self-sti") |
		.op as $op | .sites[]? | "\($op) \(.at | sub("[+].*"; "")) \(.name)"' "$work/records" | sort | xargs)" \
		"$(if [ "$cpu" = amd ]; then
			echo "inl-user run_inl_user IOIO ipi-self-sti lapic_write NPF ipi-self-sti run_ipi_self_sti VINTR"
		else
			echo "inl-user run_inl_user IO_INSTRUCTION ipi-self-sti lapic_write EPT_VIOLATION ipi-self-sti run_ipi_self_sti INTERRUPT_WINDOW"
		fi)"
	has "$cpu $kernel: trace: the table has the places of an operation that has several" "$work/traced" \
		'^ipi-self-sti      lapic_write[+]0x[0-9a-f]+ +1[.]00  '
	has "$cpu $kernel: trace: the table says what tracing costs" "$work/traced" \
		'^WARNING: tracing adds [0-9]{3,4} to the round trip of an exit,.* and [0-9]{3,4} to that of a return'
	has "$cpu $kernel: trace: lost events void the row" "$work/traced" \
		'^== lost 1 "outcome":"failed","text":"the host lost some of the events that show exits"$'
	has "$cpu $kernel: trace: killed: nothing is left" "$work/traced" '^== killed 0$'
	has "$cpu $kernel: trace: both processes killed: an instance is left" "$work/traced" '^== both killed 1$'
	has "$cpu $kernel: trace: which the next run removes" "$work/traced" '^== the next 0 0$'
	has "$cpu $kernel: trace: but nobody else's" "$work/traced" '^== others 0 exitprobe-mine$'
	is "$cpu $kernel: trace: locked down (integrity): counts as ever" "$(grep -c '^.integrity.$' "$work/traced") $(
		sed -n 's/^== locked 0 //p' "$work/traced" | jq -r '.boots[].records[] | select(.record == "op") |
			"\(.op) \(.exits + 0) \(.batch.reasons[0].name)"' | xargs)" \
		"1 cpuid 1 CPUID inl-user 1 $([ "$cpu" = amd ] && echo IOIO || echo IO_INSTRUCTION)"
	ran "$cpu $kernel: leaf: status" 0 lab -t 600 -p "exit_stats=guest force_emulation_prefix=1" "$work/leaf.job" \
		"$build/exitprobe-static" || continue
	records_of_events "$work/out" >"$work/leaf"
	host_times "$work/leaf" >"$work/leaf-times"
	# What is behind the leaf is other work: the patch answers it, the distribution's KVM does not.
	host_times "$work/records" | join "$work/leaf-times" - | but "cpuid-4fffffff|$not_in_user" >"$work/times"
	ok "$cpu $kernel: trace: enough times in the host to compare" enough "$work/times" 60 10
	# What the patch itself takes is in its figures: so much longer is a CPUID than without it.
	own=$(($(jq 'select(.op == "cpuid" and .record == "op").cycles.p50' "$work/leaf") - $(
		jq 'select(.event == "record").record | select(.op == "cpuid" and .record == "op").cycles.p50' "$work/events-$cpu")))
	is "$cpu $kernel: trace: without the patch's own $own they are within 5 % of the patch's" \
		"$(awk -v own="$own" '{ $2 -= own; off = $3 - $2; if (off < 0) off = -off; if (off > $2 / 20) print }' "$work/times")" ""
	# The code between the guest and the nearest function that can be traced is not in the kernel's
	# part, and the patch's own statements are in the patch's: the same for all (docs/measurement.md).
	kernel_times "$work/leaf" >"$work/leaf-kernel"
	kernel_times "$work/records" | join "$work/leaf-kernel" - | but "cpuid-4fffffff|$not_in_user" >"$work/kernel"
	outside=$(awk '$1 == "cpuid" { print $2 - $4 }' "$work/kernel")
	ok "$cpu $kernel: trace: the kernel's part of cpuid lacks some instructions next to the guest, not more" \
		[ "$outside" -gt 100 -a "$outside" -lt 350 ]
	# The patch has statements of its own where KVM_RUN returns.
	returns=$(awk '$1 == "inl-user" { print $2 - $4 }' "$work/kernel")
	ok "$cpu $kernel: trace: with a return to userspace it lacks a few more" \
		[ "$returns" -ge "$outside" -a "$returns" -lt $((outside + 100)) ]
	is "$cpu $kernel: trace: the kernel's part of all lacks the same, within 2 % or 30" "$(awk -v o="$outside" -v returns="$returns" '
		{ off = $2 - $4 - ($3 > 0 ? returns : o); if (off < 0) off = -off; if (off > $2 / 50 && off > 30) print }' "$work/kernel")" ""
	is "$cpu $kernel: trace: userspace's part is within 5 % of the patch's" \
		"$(awk '{ off = $3 - $5; if (off < 0) off = -off; if (off > $3 / 20) print }' "$work/kernel")" ""
done
finish
