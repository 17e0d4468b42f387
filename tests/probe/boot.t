#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2086 # $exit_device and $pc are lists
# Everywhere the probe boots: loaders, machines, processors, consoles.  Each must
# complete the table with the skips that it should have, and say success.
# docs/booting.md is this matrix for people.
. "$(dirname "$0")/../lib/tap.sh"

pc="-display none -no-reboot"
exit_device="-device isa-debug-exit,iobase=0xf4,iosize=4"
iso=$build/probe.iso
# The same whose menu does not wait.  One boot by BIOS and one by UEFI below are of the other.
at_once=$work/at-once.iso
elf=$build/probe.elf elf64=$build/probe64.elf

# run SECONDS QEMU OPTION...: under plain emulation, serial port in $work/out.
run() {
	limit=$1
	shift
	status_of timeout "$limit" qemu-system-x86_64 -accel tcg $pc -serial stdio "$@" </dev/null
}

# whole_table NAME SKIPS: the whole table is there, and of the operations in the list
# SKIPS, "op=reason;op=reason", each is skipped for that reason.
whole_table() {
	has "$1: complete" "$work/out" '^complete: [12][0-9][0-9] operations: .*, 0 hung, 0 failed'
	echo "$2" | tr ';' '\n' | while IFS='=' read -r op reason; do
		[ -z "$op" ] || grep -q "^$op  *skipped: $reason" "$work/out" || echo "$op"
	done >"$work/unskipped"
	is "$1: skips what it should" "$(cat "$work/unskipped")" ""
}

one="ipi-spin=1 vCPU, needs 2"

# --- loaders and machines -----------------------------------------------------

is "multiboot, pc: status" "$(run 60 -M pc -kernel "$elf" $exit_device)" 33
whole_table "multiboot, pc" "$one;testdev-port=no pci-testdev"
is "multiboot, q35: status" "$(run 60 -M q35 -kernel "$elf" $exit_device)" 33
whole_table "multiboot, q35" "$one"
is "multiboot, isapc: status" "$(run 60 -M isapc -cpu qemu64 -kernel "$elf" $exit_device)" 33
whole_table "multiboot, isapc" "in-pci-data=no PCI;in-pm-timer=no PM timer;ioapic-read=no IOAPIC"
is "PVH, pc: status" "$(run 60 -M pc -kernel "$elf64" $exit_device)" 33
whole_table "PVH, pc" "$one"
is "PVH, q35: status" "$(run 60 -M q35 -kernel "$elf64" $exit_device)" 33
whole_table "PVH, q35" "$one"
is "PVH, microvm: status" "$(run 60 -M microvm -kernel "$elf64" $exit_device)" 33
whole_table "PVH, microvm" "in-pci-data=no PCI;in-pm-timer=no PM timer;hpet-counter=no HPET"
is "PVH, microvm without PIC, PIT, RTC and ACPI: status" "$(run 60 \
	-M microvm,pic=off,pit=off,rtc=off,acpi=off -kernel "$elf64" $exit_device)" 33
whole_table "PVH, microvm without PIC, PIT, RTC and ACPI" "in-cmos=no RTC;ioapic-read=no IOAPIC"
is "command line by PVH: status" "$(run 30 -M microvm -kernel "$elf64" -append list $exit_device)" 33
has "command line by PVH: taken" "$work/out" '^cpuid +CPUID leaf 0$'

ok "an image whose menu does not wait" "$top/iso/build" "$elf" "$at_once" 0
is "ISO as CD, BIOS: status" "$(run 90 -cdrom "$iso" $exit_device)" 33
whole_table "ISO as CD, BIOS" "$one"
is "ISO as disk, BIOS: status" "$(run 90 -drive "file=$at_once,format=raw,snapshot=on" $exit_device)" 33
whole_table "ISO as disk, BIOS" "$one"
is "ISO as USB stick, BIOS: status" "$(run 90 -device usb-ehci -device usb-storage,drive=stick \
	-drive "if=none,id=stick,file=$at_once,format=raw,snapshot=on" $exit_device)" 33
whole_table "ISO as USB stick, BIOS" "$one"
is "ISO as CD, UEFI: status" "$(run 120 -M q35 -m 256 -bios /usr/share/ovmf/OVMF.fd \
	-cdrom "$at_once" $exit_device)" 33
whole_table "ISO as CD, UEFI" "$one"
is "ISO as disk, UEFI: status" "$(run 120 -M q35 -m 256 -bios /usr/share/ovmf/OVMF.fd \
	-drive "file=$at_once,format=raw,snapshot=on" $exit_device)" 33
whole_table "ISO as disk, UEFI" "$one"

# --- sizes ----------------------------------------------------------------------

for vcpus in 2 8; do
	is "$vcpus vCPUs: status" "$(run 120 -smp $vcpus -kernel "$elf" -append samples=20 \
		$exit_device)" 33
	whole_table "$vcpus vCPUs" "cpuid-x16=$vcpus vCPUs, needs 16"
done
ok "8 vCPUs: CPUID on eight at once" grep -q '^cpuid-x8 .* 20/20' "$work/out"
is "smp=1 of 2: status" "$(run 60 -smp 2 -kernel "$elf" -append "smp=1 samples=20" $exit_device)" 33
whole_table "smp=1 of 2" "ipi-spin=1 of 2 vCPUs run the probe, needs 2"
# With 2 MiB SeaBIOS itself does not get as far as any loader.
for memory in 3 16 64 4096 8192; do
	is "$memory MiB: status" "$(run 60 -m $memory -kernel "$elf" -append samples=20 \
		$exit_device)" 33
	whole_table "$memory MiB" "$one"
done

# --- processors -----------------------------------------------------------------

for cpu in qemu64 max EPYC Skylake-Client qemu64,vendor=GenuineIntel max,vendor=GenuineIntel; do
	is "-cpu $cpu: status" "$(run 60 -cpu "$cpu" -kernel "$elf" -append samples=20 \
		$exit_device 2>/dev/null)" 33
	whole_table "-cpu $cpu" "$one"
done
is "no x2APIC: status" "$(run 60 -cpu max,-x2apic -kernel "$elf" -append samples=20 $exit_device)" 33
whole_table "no x2APIC" "x2apic-id=no x2APIC;ipi-self-x2-sti=no x2APIC"
is "no TSC deadline: status" "$(run 60 -cpu max,-tsc-deadline -kernel "$elf" -append samples=20 \
	$exit_device)" 33
whole_table "no TSC deadline" "tsc-deadline-off=no TSC deadline"
is "no invariant TSC: status" "$(run 60 -cpu max,-invtsc -kernel "$elf" -append samples=20 \
	$exit_device)" 33
whole_table "no invariant TSC" "$one"
is "no local APIC: status" "$(run 60 -cpu qemu64,-apic -kernel "$elf" -append samples=20 \
	$exit_device)" 33
whole_table "no local APIC" "hlt-timer=no local APIC timer;xapic-read=no local APIC"

# Nothing announces a hypervisor, as on a machine of its own.
is "no hypervisor: status" "$(run 60 -cpu max,-hypervisor -kernel "$elf" -append samples=20 \
	$exit_device)" 33
has "no hypervisor: says whose cost it is" "$work/out" \
	"^CPUID shows no hypervisor: these are the processor's own costs\\.\$"
whole_table "no hypervisor" "outl-user=no hypervisor;hole-write=no hypervisor;rom-write=no hypervisor"
is "no hypervisor: INVD asked for by name: status" "$(run 30 -cpu max,-hypervisor -kernel "$elf" \
	-append ops=invd $exit_device)" 33
has "no hypervisor: INVD asked for by name is skipped" "$work/out" '^invd +skipped: no hypervisor'

# --- consoles and ends ----------------------------------------------------------

is "second serial port only: status" "$(run 60 -serial none -kernel "$elf" -append "ops=nop" \
	-chardev "file,id=c,path=$work/com2" -device isa-serial,chardev=c,iobase=0x2f8,irq=3 \
	$exit_device)" 33
# pc's first -serial is stdio above: the text is there; records are on the second.
has "second serial port: records" "$work/com2" '^\{"record":"end"'
is "no serial port: debug console: status" "$(status_of timeout 60 qemu-system-x86_64 -accel tcg \
	$pc -serial none -debugcon stdio -kernel "$elf" -append "ops=nop,cpuid" $exit_device \
	</dev/null)" 33
has "no serial port: debug console" "$work/out" '^complete: 2 operations'
is "serial=com2: status" "$(run 60 -serial "file:$work/com2" -kernel "$elf" \
	-append "ops=nop serial=com2" $exit_device)" 33
has "serial=com2: text goes there" "$work/com2" '^complete: 1 operations'
is "nothing but a screen: status" "$(status_of timeout 60 qemu-system-x86_64 -accel tcg -display none \
	-no-reboot -serial none -kernel "$elf" -append "ops=nop" $exit_device </dev/null)" 33

# Without isa-debug-exit the machine is turned off.
for machine in pc q35 microvm; do
	is "$machine is turned off at the end" "$(run 30 -M $machine -kernel "$elf64" \
		-append ops=nop)" 0
	has "$machine: complete before" "$work/out" '^complete: 1 operations'
done
is "end=reset" "$(run 30 -M q35 -kernel "$elf" -append "ops=nop end=reset")" 0
timeout 60 qemu-system-x86_64 -accel tcg $pc -serial "file:$work/halted" -kernel "$elf" \
	-append "ops=nop end=halt" </dev/null >"$work/out" 2>&1 &
halted=$!
tries=0
while [ $tries -lt 300 ] && ! grep -q 'halted.$' "$work/halted" 2>/dev/null; do
	sleep 0.1
	tries=$((tries + 1))
done
# Long enough for what would end it.
sleep 1
kill "$halted"
wait "$halted"
has "end=halt: no end, until it is ended" "$work/out" 'terminating on signal 15'
has "end=halt: says that all is done" "$work/halted" '^The run is complete; halted.?$'

# --- what no loader should hand over ---------------------------------------------

# refused CASE TEXT: one line, and a clean stop.
refused() {
	nasm -f bin "-DCASE=$1" -o "$work/handover.bin" "$top/tests/lib/handover.asm"
	is "$1: status" "$(run 30 -m 64 -kernel "$work/handover.bin" -initrd "$elf" \
		-append ops=nop $exit_device)" 35
	is "$1: said, and nothing else" "$(tr -d '\r' <"$work/out")" "exitprobe: error: $2"
}
refused NO_MAP "the loader passed no memory map; boot by multiboot 1, 2 or PVH"
refused MAP_LENGTH "multiboot: the memory map has an invalid length"
refused MAP_ENTRY "multiboot: an entry of the memory map has an invalid size"
refused LITTLE_MEMORY "the memory map of the loader does not contain the probe"
refused MAGIC "the loader uses neither multiboot 1 or 2 nor PVH"
refused ADDRESS "the address of the loader's information is invalid"
refused COMMAND_LINE "the command line is not in the first 4 GiB"
refused MULTIBOOT2_SIZE "multiboot2: the information has an invalid length"
refused MULTIBOOT2_TAG "multiboot2: a tag has an invalid length"

# --- what the screen shows ------------------------------------------------------

# screen REGEX QEMU OPTION...: VGA's text memory, a line each, in $work/screen, when a line of it
# matches, or after two minutes: where others work on the same processors it takes long.
screen() {
	shown=$work/shown
	rm -f "$shown" "$work/screen"
	last=$1
	shift
	(
		tries=0
		while [ $tries -lt 240 ] && ! grep -qE "$last" "$work/screen" 2>/dev/null; do
			sleep 0.3
			echo "pmemsave 0xb8000 4000 \"$shown\""
			sleep 0.2
			# Every second byte is a colour.
			od -An -v -t x1 -w2 "$shown" 2>/dev/null | awk '{ print $1 }' | tr -d '\n' |
				sed 's/../\\x&/g' | xargs -0 -r printf | fold -w 80 >"$work/screen"
			tries=$((tries + 1))
		done
		echo quit
	) | timeout 200 qemu-system-x86_64 -accel tcg -display none -monitor stdio "$@" \
		>"$work/monitor" 2>&1
}
screen '^The run is complete' -serial none -kernel "$elf" -append "ops=nop,cpuid end=halt"
has "text screen: a row" "$work/screen" '^cpuid( +-?[0-9]+){4} +[0-9]+/[0-9]+ *$'
has "text screen: the last line" "$work/screen" '^The run is complete; halted'
screen '^The run is complete' -serial "file:$work/serial" -kernel "$elf" -append "ops=nop,cpuid end=halt screen"
has "screen as well: on the screen" "$work/screen" '^cpuid( +-?[0-9]+){4} +[0-9]+/[0-9]+ *$'
has "screen as well: on the serial port" "$work/serial" '^cpuid( +-?[0-9]+){4} +[0-9]+/[0-9]+'
nasm -f bin -DCASE=NO_MAP -o "$work/handover.bin" "$top/tests/lib/handover.asm"
screen '^exitprobe: error' -serial none -no-shutdown -m 64 -kernel "$work/handover.bin" -initrd "$elf" -append ops=nop
has "text screen: what is wrong with the hand-over" "$work/screen" \
	'^exitprobe: error: the loader passed no memory map; boot by multiboot 1, 2 or PVH *$'

# UEFI's frame buffer, read back by the shapes of the font.
${CC:-cc} -O1 -o "$work/screen-text" "$top/tests/lib/screen-text.c"
rm "$work/screen"
# Some 15 s until the table is there and the machine off, which is kept for its screen;
# far more where others work on the same processors.
(
	tries=0
	while [ $tries -lt 80 ] && ! grep -q '^complete: ' "$work/screen" 2>/dev/null; do
		sleep 1
		echo "screendump $work/uefi.ppm"
		sleep 1
		"$work/screen-text" "$build/Lat15-Terminus16.psf" "$work/uefi.ppm" >"$work/screen" 2>&1
		tries=$((tries + 1))
	done
	echo quit
) | timeout 180 qemu-system-x86_64 -accel tcg -M q35 -m 256 -bios /usr/share/ovmf/OVMF.fd -cdrom "$iso" \
	-display none -serial none -no-shutdown -monitor stdio >"$work/monitor" 2>&1
is "frame buffer: as large as asked for" "$(head -n 1 "$work/screen")" "1024 x 768"
has "frame buffer: a row" "$work/screen" '^left-user-jumps( +-?[0-9]+){3} '
has "frame buffer: the last line" "$work/screen" '^complete: [12][0-9][0-9] operations: .*, 0 hung, 0 failed'
finish
