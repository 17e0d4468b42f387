/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PLATFORM_SHUTDOWN_H
#define PLATFORM_SHUTDOWN_H

#include <stdbool.h>

/*
 * The end of a run. QEMU's isa-debug-exit at port 0xf4, if present, makes
 * (value << 1) | 1 QEMU's exit status: 33 for success, 35 for failure.
 */
enum shutdown_status {
	SHUTDOWN_SUCCESS = 0x10,
	SHUTDOWN_FAILURE = 0x11,
};

enum shutdown_way {
	SHUTDOWN_AUTO, /* turn a virtual machine off; halt a real one, whose screen shows the result */
	SHUTDOWN_OFF,
	SHUTDOWN_RESET,
	SHUTDOWN_HALT,
};

/*
 * Set the @way to end. @pvh: PVH's loader started the probe; such machines often can
 * only be reset (qemu -M microvm -no-reboot).
 */
void shutdown_choose(enum shutdown_way way, bool pvh);

/*
 * End the run by isa-debug-exit, or else in the way that was set. Return if the machine
 * does not have this way or has to halt; the caller then halts it.
 */
void shutdown(enum shutdown_status status);

#endif
