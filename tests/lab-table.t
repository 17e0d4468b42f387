#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table from the patched KVM, on both vendors: what each operation must show,
# and that a second run prints the same bytes.
. "$(dirname "$0")/tap.sh"
kernel=${1:-6.1}

cat >"$work/job" <<'END'
. /lab/guest.sh
probe -append "unit=instructions"
END

# more_than A B: of whole numbers, neither missing.
more_than() {
	[ -n "$1" ] && [ -n "$2" ] && [ "$1" -gt "$2" ]
}

# exits OPERATION COUNT REASON
exits() {
	is "$cpu $kernel: $1: $2 exits" "$(column "$work/table" "$1" /op)" "$2"
	is "$cpu $kernel: $1: reason" "$(sed -n "s/^$1 .*[0-9]\/200  *//p" "$work/table")" "$3"
}

# Reasons by the manuals: APM vol. 2, appendix C; SDM vol. 3D, appendix C.
for cpu in amd intel; do
	case $cpu in
	amd) isa=SVM io=IOIO rdmsr=MSR wrmsr=MSR vmcall=VMMCALL ;;
	intel) isa=VMX io=IO_INSTRUCTION rdmsr=RDMSR wrmsr=WRMSR vmcall=VMCALL ;;
	esac
	is "$cpu $kernel: first run: status" "$(status_of lab "$work/job")" 33
	cp "$work/out" "$work/table"
	is "$cpu $kernel: second run: status" "$(status_of lab "$work/job")" 33
	ok "$cpu $kernel: two runs print the same bytes" cmp "$work/table" "$work/out"
	has "$cpu $kernel: the ABI's version and instruction set" "$work/table" \
		"\\| exit stats v1 \\($isa\\) \\| unit: instructions\$"

	exits nop 0.00 ""
	exits rdtsc 0.00 ""
	exits cpuid 1.00 CPUID
	exits inb-kernel 1.00 "$io"
	exits outb-kernel 1.00 "$io"
	exits inl-user 1.00 "$io"
	exits outl-user 1.00 "$io"
	exits rdmsr-tsc-adjust 1.00 "$rdmsr"
	exits wrmsr-tsc-adjust 1.00 "$wrmsr"
	exits rdmsr-fs-base 0.00 ""
	exits rdmsr-unknown 1.00 "$rdmsr  fault: #GP"
	exits hypercall 1.00 "$vmcall"
	exits hlt-timer 1.00 HLT
	# KVM's software APIC.  6.1 on VMX without APIC virtualization lets the
	# guest try again after the first violation, and emulates at the second.
	case $cpu-$kernel in
	amd-*) exits xapic-read 1.00 NPF ;;
	intel-6.1) exits xapic-read 2.00 "2 EPT_VIOLATION" ;;
	intel-*) exits xapic-read 1.00 EPT_VIOLATION ;;
	esac

	for op in inb-kernel cpuid hypercall xapic-read rdmsr-unknown; do
		is "$cpu $kernel: $op: no time in userspace" "$(column "$work/table" $op user)" 0
		is "$cpu $kernel: $op: never halted" "$(column "$work/table" $op halted)" 0
	done
	for op in inl-user outl-user; do
		ok "$cpu $kernel: $op: time in userspace" \
			more_than "$(column "$work/table" $op user)" 1000
		is "$cpu $kernel: $op: never halted" "$(column "$work/table" $op halted)" 0
	done
	ok "$cpu $kernel: hlt-timer: halted most of the time" \
		more_than "$(column "$work/table" hlt-timer halted)" 900000
	is "$cpu $kernel: hlt-timer: no time in userspace" "$(column "$work/table" hlt-timer user)" 0
	ok "$cpu $kernel: a port in userspace costs more than one in the kernel" \
		more_than "$(column "$work/table" inl-user p50)" \
		"$(column "$work/table" inb-kernel p50)"
	ok "$cpu $kernel: some samples are set aside: the host's own interrupts are seen" \
		grep -E '1[0-9][0-9]/200' "$work/table"

	# The parts of one exit are the round trip, bracket included.
	bracket=$(sed -n 's/^The empty bracket, \([0-9]*\),.*/\1/p' "$work/table")
	for op in cpuid inb-kernel hypercall; do
		sum=0
		for part in out kernel user halted in; do
			sum=$((sum + $(column "$work/table" $op $part)))
		done
		is "$cpu $kernel: $op: out to in are p50 and the bracket" "$sum" \
			"$(($(column "$work/table" $op p50) + bracket))"
	done
	is "$cpu $kernel: with one vCPU the VM's exits are the vCPU's" \
		"$(sed -n 's/^exits: this VM \([0-9]*\), this vCPU \([0-9]*\), .*/\1 - \2/p' \
			"$work/table" | xargs -r expr)" 0
	has "$cpu $kernel: no interval was clamped" "$work/table" 'clamped 0$'
	has "$cpu $kernel: complete" "$work/table" '^complete: 15 operations, 0 skipped, 1 faulted$'
done
finish
