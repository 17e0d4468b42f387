/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PLATFORM_SHUTDOWN_H
#define PLATFORM_SHUTDOWN_H

#include <stdbool.h>

/*
 * How a run ends.  QEMU's isa-debug-exit at port 0xf4, where present, makes
 * (value << 1) | 1 its exit status: 33 for success, 35 for failure.
 */
enum shutdown_status {
	SHUTDOWN_SUCCESS = 0x10,
	SHUTDOWN_FAILURE = 0x11,
};

enum shutdown_way {
	SHUTDOWN_AUTO, /* a virtual machine off, a real one halted: its screen is read */
	SHUTDOWN_OFF,
	SHUTDOWN_RESET,
	SHUTDOWN_HALT,
};

/*
 * @way to end; @pvh: by PVH's loader, whose machines often know no other way to
 * be left than a reset (qemu -M microvm -no-reboot).
 */
void shutdown_choose(enum shutdown_way way, bool pvh);

/*
 * End the run: through isa-debug-exit, else as chosen.  Returns if the machine has no
 * such way or is to be halted; then the caller halts it.
 */
void shutdown(enum shutdown_status status);

#endif
