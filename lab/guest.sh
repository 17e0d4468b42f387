# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For jobs in the lab: how the probe is booted as a guest of its KVM.

# probe [QEMU OPTION...]: exit status 33 for success, 35 for failure.
probe() {
	qemu-system-x86_64 -accel kvm -cpu host -m 256 -nodefaults -display none -no-reboot \
		-serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel /lab/probe.elf "$@"
}

# probe_records [QEMU OPTION...]: the same, then its records on lines that begin
# with a brace.  They come through shared memory: over a serial port each of
# their characters would be an exit to userspace, and the run twice as long.
probe_records() {
	status=0
	# A run with fewer records would leave the end of the one before.
	rm -f /tmp/records
	probe -object memory-backend-file,id=records,mem-path=/tmp/records,size=1M,share=on \
		-device ivshmem-plain,memdev=records "$@" || status=$?
	tr -d '\000' </tmp/records
	return "$status"
}

# linux_guest [QEMU OPTION...]: what lab/pack/guest has packed into $guest (guest.cpio),
# under $kernel (vmlinux, which needs no unpacking: two thirds of a boot) with $append
# (quiet), its console at $serial (stdio), for at most $limit (300) of the host's seconds.
linux_guest() {
	timeout "${limit-300}" qemu-system-x86_64 -accel kvm -cpu host -m 256 -nodefaults \
		-display none -no-reboot -serial "${serial-stdio}" -kernel "/lab/${kernel-vmlinux}" \
		-initrd "/lab/${guest-guest.cpio}" -append "console=ttyS0 panic=-1 ${append-quiet}" "$@"
}
