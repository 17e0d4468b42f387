/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BOOT_SHUTDOWN_H
#define BOOT_SHUTDOWN_H

/*
 * How a run ends.  QEMU's isa-debug-exit at port 0xf4, where present, makes
 * (value << 1) | 1 its exit status: 33 for success, 35 for failure.
 */
enum shutdown_status {
	SHUTDOWN_SUCCESS = 0x10,
	SHUTDOWN_FAILURE = 0x11,
};

/* End the run; without a device to do it, stop the processor for good. */
void shutdown(enum shutdown_status status) __attribute__((noreturn));

#endif
