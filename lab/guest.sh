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
	probe -object memory-backend-file,id=records,mem-path=/tmp/records,size=1M,share=on \
		-device ivshmem-plain,memdev=records "$@" || status=$?
	tr -d '\000' </tmp/records
	return "$status"
}

# linux_guest [QEMU OPTION...]: what lab/pack-guest has packed into $guest (guest.cpio),
# under $kernel (vmlinux, which needs no unpacking: two thirds of a boot) with $append
# (quiet), its console at $serial (stdio), for at most $limit (300) of the host's seconds.
#
# QEMU's SVM (7.2, helper_vmrun) leaves the number of an interrupt that KVM injects where
# exceptions are looked for: should its timers need it before anything else takes the
# guest out of its code, the guest gets the interrupt again, with interrupts off or not.
# Without KVM's paravirtual EOI the handler's EOI is an exit, before it holds any lock.
linux_guest() {
	cpu=host
	! grep -qw svm /proc/cpuinfo || cpu=host,-kvm-pv-eoi
	timeout "${limit-300}" qemu-system-x86_64 -accel kvm -cpu "$cpu" -m 256 -nodefaults \
		-display none -no-reboot -serial "${serial-stdio}" -kernel "/lab/${kernel-vmlinux}" \
		-initrd "/lab/${guest-guest.cpio}" -append "console=ttyS0 panic=-1 ${append-quiet}" "$@"
}
