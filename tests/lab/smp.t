#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Several vCPUs: those that are not at work cause no exits, IPIs arrive, CPUID on
# two at once is counted apart.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
# Not the long test: all operations on two processors and few on one.  The long test: all of them
# on one, on AMD and on Intel.

# Firmware that leaves x2APIC mode on: tests/lib/handover.asm enters it before the probe.
nasm -f bin -DCASE=X2APIC -o "$work/handover.bin" "$top/tests/lib/handover.asm"

# job SAMPLES OPERATIONS: little where vCPUs wait for each other through the scheduler of one
# processor, 10 ms each time.  Then the same probe after such firmware.
# A flag for a preempted vCPU (pv-tlb-flush) needs one processor.
all="nop,cpuid,inl-user,ipi-*,pv-ipi-spin,pv-ipi-all,pv-kick,ping-pong,cpuid-x*"
job() {
	cat >"$work/job" <<-END
	. /lab/guest.sh
	probe_records -smp 2 -append "ops=$2 samples=$1 budget_ms=100"
	status=\$?
	[ -f /lab/handover.bin ] || exit \$status
	rm /tmp/records
	echo "== x2APIC mode on"
	probe_records -smp 2 -kernel /lab/handover.bin -initrd /lab/probe.elf \\
		-append "ops=xapic-read,ipi-self-sti,hlt-timer,x2apic-id,ipi-halted samples=10 budget_ms=100"
	echo "status \$?"
	exit \$status
	END
}

# p50 OPERATION, exits OPERATION
p50() {
	jq -r "select(.record == \"op\" and .op == \"$1\") | .cycles.p50" "$work/records"
}
exits() {
	jq -r "select(.record == \"op\" and .op == \"$1\") | .exits + 0" "$work/records"
}

# check NAME [LAB OPTION OR FILE...]
check() {
	name=$1
	shift
	ran "$name: status" 33 lab "$@" || return
	sed '/^== x2APIC/,$d' "$work/out" >"$work/before"
	records "$work/before" >"$work/records"
	records_ok "$name" "$work/records"
	is "$name: both vCPUs run the probe" \
		"$(head -n 1 "$work/records" | jq -c '[.vcpus, .vcpus_present]')" "[2,2]"
	is "$name: NOP: no exit in the whole VM: the other one is silent" "$(exits nop)" 0
	is "$name: CPUID: one exit in the whole VM" "$(exits cpuid)" 1
	is "$name: CPUID on two at once: its own exit alone" "$(exits cpuid-x2)" 1
	is "$name: every operation as its row says" \
		"$(jq -r 'select(.agrees == false) | .op' "$work/records")" ""
	is "$name: all measured but those for more vCPUs" "$(jq -r 'select(.record == "op" and
		.outcome != "measured") | "\(.op) \(.text)"' "$work/records")" \
		"cpuid-x4 2 vCPUs, needs 4 (QEMU: -smp 4)
cpuid-x8 2 vCPUs, needs 8 (QEMU: -smp 8)
cpuid-x16 2 vCPUs, needs 16 (QEMU: -smp 16)"
}

# check_x2apic: what the last boot printed for the firmware.
check_x2apic() {
	sed '1,/^== x2APIC/d' "$work/out" >"$work/x2apic"
	has "$cpu, x2APIC mode on: status" "$work/x2apic" '^status 33$'
	records "$work/x2apic" >"$work/records"
	is "$cpu, x2APIC mode on: all measured, as the rows say" "$(jq -r 'select(.record == "op") |
		"\(.op) \(.outcome) \(.agrees)"' "$work/records")" \
		"xapic-read measured true
hlt-timer measured true
ipi-halted measured true
ipi-self-sti measured true
x2apic-id measured true"
}

[ -n "$long" ] && one=$all,pv-tlb-flush || one="nop,cpuid,ipi-spin,ipi-halted,pv-kick,pv-tlb-flush,cpuid-x*"
job 10 "$one"
check "amd, one processor" "$work/job" "$work/handover.bin" && {
	ok "amd, one processor: an IPI to a spinning vCPU waits for the scheduler" \
		test "$(p50 ipi-spin)" -gt 1000000
	ok "amd, one processor: an IPI to a halted vCPU does not" test "$(p50 ipi-halted)" -lt 100000
	is "amd, one processor: the flag for a preempted vCPU: no exit" "$(exits pv-tlb-flush)" 0
	check_x2apic
}
job 30 "$all"
# A machine that is busy puts in ticks of its own host.
[ -n "$long" ] || {
	check "amd, two processors" -s "$work/job" &&
		is "amd, two processors: passing a cache line causes no exit" "$(jq -c 'select(.record == "op" and
			.op == "ping-pong") | [.batch.reasons[].name, .foreign[].name] - ["INTR"]' \
			"$work/records")" "[]"
}

cpu=intel
job 10 "$all,pv-tlb-flush"
[ -z "$long" ] || { check "intel, one processor" "$work/job" "$work/handover.bin" && check_x2apic; }
finish
