#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The probe as a hypervisor on plain emulation, and guests of it that misbehave: the row says what
# has happened, and the operations after it are measured as if nothing had.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/stray.sh"

# probe OPERATIONS [QEMU OPTION...]
probe() {
	ops=$1
	shift
	timeout 100 qemu-system-x86_64 -accel tcg -cpu qemu64,+npt -kernel "$work/probe.elf" -append "ops=$ops" \
		-serial stdio -display none -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot "$@" </dev/null
}
after="hlt-timer,ipi-self-sti,nop"

cp "$build/probe.elf" "$work/probe.elf"
is "as it is: status" "$(status_of probe 'nested*')" 33
has "as it is: nothing fails" "$work/out" '^complete: [0-9]+ operations: [0-9]+ measured, [0-9]+ skipped, 0 faulted, 0 hung, 0 failed'
is "as it is: all measured but what is the other vendor's or virtual" "$(awk '$2 == "skipped:" && !/Intel/ { print $1 }' "$work/out" |
	grep -v '^nested-l2-' | xargs)" ""
ok "as it is: at least 12 of them" test "$(grep -c '^nested-.*[0-9]/[0-9]' "$work/out")" -ge 12

stray "$work/probe.elf" "$stray_loop"
is "L2 never ends: status" "$(status_of probe "nested-call,nested-cpuid,$after")" 33
has "L2 never ends: said" "$work/out" '^nested-call +failed: L2 ended by INTR, not by VMMCALL$'
stray "$work/probe.elf" "$stray_fault"
is "L2 faults: status" "$(status_of probe "nested-call,nested-cpuid,$after")" 33
has "L2 faults: said" "$work/out" '^nested-call +failed: L2 ended by EXCP6, not by VMMCALL$'
has "the next operation is measured" "$work/out" '^nested-cpuid .* ([0-9]+)/\1$'
has "and that the timer ends" "$work/out" '^hlt-timer .* [0-9]+/[0-9]+'
has "complete" "$work/out" '^complete: 5 operations: 4 measured, 0 skipped, 0 faulted, 0 hung, 1 failed'
stray "$work/probe.elf" "$stray_halt"
is "L2 halts: status" "$(status_of probe "nested-call,$after")" 33
has "L2 halts: said" "$work/out" '^nested-call +failed: L2 ended by HLT, not by VMMCALL$'

cp "$build/probe.elf" "$work/probe.elf"
is "no SVM: status" "$(status_of probe 'nested-call,nested-stgi' -cpu qemu64,-svm)" 33
is "no SVM: skipped, with the way out" "$(grep -c '^nested-.* skipped: no SVM (CPUID 0x80000001 ECX bit 2); the host needs kvm_amd.nested=1' "$work/out")" 2
is "no nested paging: status" "$(status_of probe 'nested-call,nested-fault-l1' -cpu qemu64,-npt)" 33
has "no nested paging: skipped" "$work/out" '^nested-fault-l1 +skipped: no nested paging for L2'
has "no nested paging: the others run" "$work/out" '^nested-call .* [0-9]+/[0-9]+'
finish
