# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For jobs in the lab: how the probe is booted as a guest of its KVM.

# probe [QEMU OPTION...]: exit status 33 for success, 35 for failure.
probe() {
	qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -no-reboot \
		-serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel /lab/probe.elf "$@"
}
