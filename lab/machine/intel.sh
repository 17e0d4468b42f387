# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For lab/boot: a processor with VT-x, by Bochs.
#
# One TSC tick is one instruction, one iteration of a repeated string
# instruction, or a tenth of a step while halted.

. "$top/lab/machine/bochs.sh"
limit=${limit:-600}
emulator_program=bochs-bin
emulator_firmware="$bochs_bios $bochs_vga_bios"

emulator_version() {
	dpkg-query -W bochs | tr '\t' ' '
}

# Broadwell: VT-x with EPT, VPID, unrestricted guest and the preemption timer,
# and no CPUID leaves 15H, 16H: newer models promise a TSC of 3.5 GHz there, and
# the kernel believes it.
model=broadwell_ult
# Ticks that Bochs calls a second: 400,000 from one timer interrupt to the next.
ips=100000000
memory_mib=1024
# Where the kernel finds its initramfs: above the kernel's own end.
initrd_at=0x8000000
# The boot sector reads whole chunks of sectors: a command to the disk costs as
# much as many sectors.
chunk=128

chunks() {
	echo $((($(stat -c %s "$1") + chunk * 512 - 1) / (chunk * 512)))
}

# The kernel as it lies in memory, less what it clears itself; made once of each vmlinux.
flatten_kernel() {
	flat=$kernel/vmlinux.flat
	[ ! -f "$flat" ] || [ -n "$(find "$kernel/vmlinux" -newer "$flat")" ] || return 0
	objcopy -O binary -R .bss -R .brk -R .init.scratch "$kernel/vmlinux" "$work/flat"
	mv "$work/flat" "$flat"
}

make_disk() {
	kernel_at=$(readelf -lW "$kernel/vmlinux" | awk '$1 == "LOAD" { print $4; exit }')
	# Xen's note 18, PHYS32_ENTRY: the address, low byte first.
	entry=$(readelf -nW "$kernel/vmlinux" |
		sed -n 's/.*(0x00000012).*data: \(..\) \(..\) \(..\) \(..\).*/0x\4\3\2\1/p')
	initrd_size=$(stat -c %s "$work/initramfs")
	initrd_chunks=$(chunks "$work/initramfs")
	kernel_chunks=$(chunks "$flat")
	nasm -f bin -o "$work/disk" -DCHUNK="$chunk" -DENTRY="$entry" -DKERNEL="$kernel_at" \
		-DKERNEL_CHUNKS="$kernel_chunks" -DINITRD="$initrd_at" \
		-DINITRD_CHUNKS="$initrd_chunks" -DINITRD_SIZE="$initrd_size" \
		-DMEMORY="$((memory_mib << 20))" -DCMDLINE="'$1'" "$top/lab/machine/intel-disk.asm"
	cat "$flat" >>"$work/disk"
	truncate -s "$((512 + (1 + kernel_chunks) * chunk * 512))" "$work/disk"
	cat "$work/initramfs" >>"$work/disk"
	truncate -s "$((512 + (1 + kernel_chunks + initrd_chunks) * chunk * 512))" "$work/disk"
	rm "$work/initramfs"
	# Bochs wants whole cylinders of 16 heads of 63 sectors.
	cylinder=$((16 * 63 * 512))
	cylinders=$((($(stat -c %s "$work/disk") + cylinder - 1) / cylinder))
	truncate -s "$((cylinders * cylinder))" "$work/disk"
}

emulate() {
	[ -z "$parallel" ] || die "-s: Bochs runs its processors in turn; only -c amd has it"

	# mitigations=off: software L1D flushes and the like would be most of
	# every exit here.  clearcpuid: RDRAND (158) and RDSEED (306) would differ
	# from run to run; before 5.18 by number only.  reboot=t: a panic's triple
	# fault ends Bochs.
	flatten_kernel
	random=clearcpuid=158,306
	[ -z "${LAB_MORE:-}" ] || random=
	cat "$build/lab/base.cpio" "$work/job.cpio" >"$work/initramfs"
	make_disk "$cmdline mitigations=off reboot=t $random"

	# Everything by relative names: two labs may run at the same time.
	{
		bochs_config "$model" "$ips" "$memory_mib"
		cat <<-END
		ata0-master: type=disk, mode=flat, path=disk, cylinders=$cylinders, heads=16, spt=63
		boot: disk
		com1: enabled=1, mode=file, dev=console
		com2: enabled=1, $([ -n "$interactive" ] && echo "mode=term, dev=$(tty)" || echo "mode=file, dev=com2")
		END
	} >"$work/bochsrc"

	# COM2's bytes go through as they come.  Descriptor 3 keeps the reader
	# waiting until Bochs is there, and lets it end even if Bochs never was.
	mkfifo "$work/com2"
	exec 3<>"$work/com2"
	cat "$work/com2" 3>&- &
	reader=$!
	(
		cd "$work" || exit
		exec 3>&-
		bochs_exec limited
	) </dev/null >"$work/out" 2>&1 &
	emulator=$!
	wait "$emulator" 2>/dev/null || status=$?
	emulator=
	exec 3>&-
	wait "$reader" || :
	reader=
}
