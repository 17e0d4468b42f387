#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table from the patched KVM: what each operation must show, and that a
# second run prints the same bytes.
. "$(dirname "$0")/tap.sh"

cat >"$work/job" <<'END'
. /lab/guest.sh
probe -append "unit=instructions"
END
is "first run: status" "$(status_of lab "$work/job")" 33
cp "$work/out" "$work/table"
is "second run: status" "$(status_of lab "$work/job")" 33
ok "two runs print the same bytes" cmp "$work/table" "$work/out"

has "the ABI's version and instruction set" "$work/table" '\| exit stats v1 \(SVM\) \| unit: instructions$'

# exits OPERATION COUNT REASON
exits() {
	is "$1: $2 exits" "$(column "$work/table" "$1" /op)" "$2"
	is "$1: reason" "$(sed -n "s/^$1 .*[0-9]\/200  *//p" "$work/table")" "$3"
}
exits nop 0.00 ""
exits rdtsc 0.00 ""
exits cpuid 1.00 CPUID
exits inb-kernel 1.00 IOIO
exits outb-kernel 1.00 IOIO
exits inl-user 1.00 IOIO
exits outl-user 1.00 IOIO
exits rdmsr-tsc-adjust 1.00 MSR
exits wrmsr-tsc-adjust 1.00 MSR
exits rdmsr-fs-base 0.00 ""
exits rdmsr-unknown 1.00 "MSR  fault: #GP"
exits hypercall 1.00 VMMCALL
exits xapic-read 1.00 NPF
exits hlt-timer 1.00 HLT

# more_than A B: of whole numbers, neither missing.
more_than() {
	[ -n "$1" ] && [ -n "$2" ] && [ "$1" -gt "$2" ]
}
for op in inb-kernel cpuid hypercall xapic-read rdmsr-unknown; do
	is "$op: no time in userspace" "$(column "$work/table" $op user)" 0
	is "$op: never halted" "$(column "$work/table" $op halted)" 0
done
for op in inl-user outl-user; do
	ok "$op: time in userspace" more_than "$(column "$work/table" $op user)" 1000
	is "$op: never halted" "$(column "$work/table" $op halted)" 0
done
ok "hlt-timer: halted most of the time" more_than "$(column "$work/table" hlt-timer halted)" 900000
is "hlt-timer: no time in userspace" "$(column "$work/table" hlt-timer user)" 0
ok "a port in userspace costs more than one in the kernel" \
	more_than "$(column "$work/table" inl-user p50)" "$(column "$work/table" inb-kernel p50)"

ok "some samples are set aside: the host's own interrupts are seen" \
	sh -c "grep -oE '1[0-9][0-9]/200' '$work/table'"

# The parts of one exit are the round trip, bracket included.
bracket=$(sed -n 's/^The empty bracket, \([0-9]*\),.*/\1/p' "$work/table")
for op in cpuid inb-kernel inl-user hypercall; do
	sum=0
	for part in out kernel user halted in; do
		sum=$((sum + $(column "$work/table" $op $part)))
	done
	is "$op: out to in are p50 and the bracket" "$sum" \
		"$(($(column "$work/table" $op p50) + bracket))"
done
is "with one vCPU the VM's exits are the vCPU's" \
	"$(sed -n 's/^exits: this VM \([0-9]*\), this vCPU \([0-9]*\), .*/\1 - \2/p' "$work/table" |
		xargs -r expr)" 0
has "no interval was clamped" "$work/table" 'clamped 0$'
has "complete" "$work/table" '^complete: 15 operations, 0 skipped, 1 faulted$'
finish
