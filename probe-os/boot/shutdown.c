// SPDX-License-Identifier: GPL-2.0-only
#include "boot/shutdown.h"

#include "cpu/insn.h"

#define DEBUG_EXIT_PORT 0xf4 /* -device isa-debug-exit,iobase=0xf4,iosize=4 */

void shutdown(enum shutdown_status status)
{
	outl(DEBUG_EXIT_PORT, status);
	for (;;)
		asm volatile("cli; hlt");
}
