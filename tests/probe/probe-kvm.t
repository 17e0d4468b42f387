#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The probe on this machine's own KVM, where there is one: without the leaf the
# same table less the host's columns, whatever that KVM is.
. "$(dirname "$0")/../lib/tap.sh"

[ -r /dev/kvm ] && [ -w /dev/kvm ] || skip_all "no /dev/kvm that this user may open"
echo quit | timeout 10 qemu-system-x86_64 -accel kvm -display none -S -monitor stdio \
	>/dev/null 2>&1 || skip_all "/dev/kvm does not start a guest"

# A fifth of the time for each operation: a KVM that emulates every instruction needs all of it.
is "status" "$(status_of timeout 150 qemu-system-x86_64 -accel kvm -kernel "$build/probe.elf" -append budget_ms=50 \
	-serial stdio -display none -device isa-debug-exit,iobase=0xf4,iosize=4)" 33
cp "$work/out" "$work/table"
has "a row" "$work/table" '^cpuid( +[0-9.]+){4,}.* [0-9]+/[0-9]+'
has "complete" "$work/table" '^complete: [12][0-9][0-9] operations: .* 0 failed'
if grep -q 'exit stats v1' "$work/table"; then
	is "patched: CPUID is one exit" "$(column "$work/table" cpuid /op)" 1.00
else
	has "unpatched: says so" "$work/table" '^No exits and no host columns'
fi
# A KVM without a processor's help: above the table, in the records, and by doctor.
timeout 100 "$build/exitprobe" run --accel kvm --ops nop,bp -q -o "$work/nop.json" 2>/dev/null
said=$(sed '/^operation/q' "$work/table" | grep -c 'the host emulates every instruction')
is "emulated: the records say the same" "$said" \
	"$(jq '.boots[0].records[0].instructions.emulated | if . then 1 else 0 end' "$work/nop.json")"
is "emulated: a NOP's ticks say the same" "$said" \
	"$(jq '.boots[0].records[0].instructions.nop_ticks | if . >= 100 then 1 else 0 end' "$work/nop.json")"
is "emulated: report says the same" "$said" \
	"$(timeout 20 "$build/exitprobe" report "$work/nop.json" | sed '/^operation/q' | grep -c 'emulates every instruction')"
is "emulated: the row of INT3 says the same" "$said" "$(grep -c '^bp .*instructions are emulated' "$work/table")"
# No cache and no predictor is at work there: all differences but those of rows that are too slow for it.
[ "$said" -eq 0 ] || {
	is "emulated: what an exit leaves behind: can't tell" \
		"$(sed -n "s/^left-[a-z]*-\([a-z0-9]*\) .* can't tell: .*/\1/p" "$work/table" | sort | uniq -c | xargs)" \
		"3 jumps 3 l1 3 tlb"
	is "emulated: and no other line of it" "$(grep -c '^left-' "$work/table")" 9
	has "emulated: the L2 cache is too slow for it" "$work/table" \
		'^after-cpuid-l2 .*skipped: the host emulates every instruction: too slow for it'
}
is "emulated: doctor says the same" "$(timeout 20 "$build/exitprobe" doctor --json |
	jq -r '.[] | select(.check == "guest").verdict')" "$([ "$said" -eq 1 ] && echo spoils || echo ok)"
finish
