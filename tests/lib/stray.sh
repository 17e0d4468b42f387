# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests: the probe with a guest of its own that strays.  Sourced after tap.sh.

# stray FILE BYTES: make FILE the probe, whose L2 executes BYTES where it should call L1.
stray() {
	cp "$build/probe.elf" "$1"
	for symbol in l2_svm_call l2_vmx_call; do
		address=$(nm "$build/probe.linked" | sed -n "s/^\\([0-9a-f]*\\) t $symbol\$/\\1/p")
		# Name, size, address twice, offset in the file.
		offset=$(objdump -h "$build/probe.elf" | awk '$2 == ".text" { print "-0x" $4 "+0x" $6 }')
		# shellcheck disable=SC2059 # the bytes are the format
		printf "$2" | dd of="$1" bs=1 seek=$((0x$address$offset)) conv=notrunc status=none
	done
}

stray_loop='\353\376' # jmp to itself
stray_fault='\017\013' # ud2
stray_halt='\364'
