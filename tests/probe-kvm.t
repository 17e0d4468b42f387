#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The probe on this machine's own KVM, where there is one: without the leaf the
# same table less the host's columns, whatever that KVM is.
. "$(dirname "$0")/tap.sh"

[ -r /dev/kvm ] && [ -w /dev/kvm ] || skip_all "no /dev/kvm that this user may open"
echo quit | timeout 10 qemu-system-x86_64 -accel kvm -display none -S -monitor stdio \
	>/dev/null 2>&1 || skip_all "/dev/kvm does not start a guest"

is "status" "$(status_of timeout 150 qemu-system-x86_64 -accel kvm -kernel "$build/probe.elf" \
	-serial stdio -display none -device isa-debug-exit,iobase=0xf4,iosize=4)" 33
cp "$work/out" "$work/table"
has "a row" "$work/table" '^cpuid( +[0-9.]+){4,}.* [0-9]+/[0-9]+'
has "complete" "$work/table" '^complete: 1[0-9][0-9] operations, .* 0 failed'
if grep -q 'exit stats v1' "$work/table"; then
	is "patched: CPUID is one exit" "$(column "$work/table" cpuid /op)" 1.00
else
	has "unpatched: says so" "$work/table" '^No exits and no host columns'
fi
finish
