#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The ISO in Bochs, as on a machine of its own: another BIOS, another serial port,
# no hypervisor, nothing that would end it from outside.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/lab/machine/bochs.sh"

# One processor of 2014 at some 50 million instructions a second.
ok "an image whose first entry boots by itself" "$top/iso/build" "$build/probe.elf" \
	"$work/probe.iso" 0
{
	bochs_config broadwell_ult 100000000 128
	cat <<-END
	ata0-master: type=cdrom, path=probe.iso, status=inserted
	boot: cdrom
	com1: enabled=1, mode=file, dev=serial
	END
} >"$work/bochsrc"
(
	cd "$work" || exit
	bochs_exec exec timeout -k 5 150
) </dev/null >"$work/out" 2>&1 &
emulator=$!
trap 'kill $emulator 2>/dev/null' EXIT
while kill -0 "$emulator" 2>/dev/null && ! grep -q '; halted' "$work/serial" 2>/dev/null; do
	sleep 1
done

has "says whose cost it is" "$work/serial" \
	"^CPUID shows no hypervisor: these are the processor's own costs\\.\$"
has "a row" "$work/serial" '^cpuid( +-?[0-9]+){4} +([0-9]+)/\2'
has "what would touch a real machine's devices is skipped" "$work/serial" \
	'^outl-user +skipped: no hypervisor'
# Bochs 2.7 enters x2APIC mode once, which ipi-self-x2-sti does, and not again.
has "complete" "$work/serial" '^complete: [0-9]+ operations: .*, 0 hung, 5 failed$'
is "only what needs x2APIC mode again fails, and says why" \
	"$(sed -n 's/^\([a-z0-9-]*\) *failed: /\1: /p' "$work/serial" | grep -vc \
		'^x2apic-[a-z-]*: x2APIC mode cannot be entered$')" 0
has "a real machine is halted, and says so" "$work/serial" '^The run is complete; halted$'
finish
