# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # variables are those of who sources this
#
# For lab/boot: hash everything that decides a run, so that exitprobe can tell whether two
# runs used the same lab. tools/exitprobe/vm/fingerprint.h describes the use.

# The firmware that QEMU loads for a guest with -kernel, in the lab and outside of it.
qemu_firmware="/usr/share/seabios/bios-256k.bin /usr/share/qemu/kvmvapic.bin
	/usr/share/qemu/multiboot_dma.bin /usr/share/qemu/linuxboot_dma.bin
	/usr/share/qemu/pvh.bin"

# libraries_of PROGRAM: ldd prints "name => path (address)" or "path (address)".
libraries_of() {
	ldd "$1" | grep -oE '/[^ ]+'
}

# part NAME: print a line with the hash of file_hashes' output on standard input. It covers
# the contents of the files and not their paths. A single file keeps its own hash.
part() {
	cut -d ' ' -f 1 | {
		hashes=$(cat)
		case $hashes in
		*"
"*) hashes=$(printf '%s\n' "$hashes" | sha256sum | cut -d ' ' -f 1) ;;
		esac
		echo "$1 $hashes"
	}
}

# machine_parts: print a line "NAME HASH" for each part of the lab but KVM's modules and the job.
# The caller has set $kernel, $vendor, $plugin and $parallel. The vendor's file has set
# $emulator_program, $emulator_firmware and, if it always loads some, $emulator_plugins and
# $emulator_modules.
machine_parts() {
	path=$(command -v "$emulator_program")
	# shellcheck disable=SC2046,SC2086 # lists
	file_hashes "$path" $(libraries_of "$path") ${emulator_modules:-} | part emulator
	echo "emulator_version $(emulator_version)"
	# shellcheck disable=SC2086 # a list
	file_hashes $emulator_firmware | part firmware
	# shellcheck disable=SC2086 # a list
	[ -z "$plugin${emulator_plugins:-}" ] ||
		file_hashes ${plugin:+"${plugin%%,*}"} ${emulator_plugins:-} | part plugin
	file_hashes "$kernel/vmlinux" | part kernel
	file_hashes "$build/lab/base.cpio" | part base
	# base.cpio.key contains the hash and the path of each file in the archive.
	sed -n '\|  /usr/share/|!{\|  /bin/busybox|!p}' "$build/lab/base.cpio.key" | grep '  /' | part inner_qemu
	grep '  /usr/share/' "$build/lab/base.cpio.key" | part inner_firmware
	{
		# One word, since part takes the first of a line.
		echo "${parallel:-one}${LAB_MORE:+-more}"
		sha256sum "$top/lab/boot" "$top/lab/machine/$vendor.sh" "$top/lab/machine/bochs.sh" \
			"$top/lab/machine/intel-disk.asm" "$top/lab/machine/snapshot.sh" "$top/lab/machine/monitor" \
			"$top/lab/machine/settings.sh" "$top/lab/pack/archive.sh" | cut -d ' ' -f 1
	} | part machine
}

# fingerprint JOB_ARCHIVE [FILE...]: print a line "NAME HASH" for each part of the lab, with
# those of $modules. Each FILE, which the lab's host contains, appears by its own name.
fingerprint() {
	machine_parts
	file_hashes "$modules/kvm.ko" | part kvm
	file_hashes "$modules/kvm-$vendor.ko" | part "kvm_$vendor"
	# The sources in the tree may have changed since the modules were built.
	[ ! -f "$modules/made-of" ] || grep -v '^build_id ' "$modules/made-of" || :
	job_archive=$1
	shift
	for file in "$@"; do
		file_hashes "$file" | part "${file##*/}"
	done
	sha256sum "$job_archive" | part job
}
