// SPDX-License-Identifier: GPL-2.0-only
#include "platform/shutdown.h"

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "platform/acpi.h"

#define DEBUG_EXIT_PORT 0xf4 /* -device isa-debug-exit,iobase=0xf4,iosize=4 */

#define PATIENCE_CYCLES (1ULL << 31) /* about a second */

/* 8042 keyboard controller: output line 0 resets the processor. */
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET	 0xfe

static enum shutdown_way way;
static bool pvh;

void shutdown_choose(enum shutdown_way chosen, bool started_by_pvh)
{
	way = chosen;
	pvh = started_by_pvh;
}

/* The power switches of hypervisors, for a machine without the ACPI tables. */
static void press_known_switches(void)
{
	static const struct {
		uint16_t port, value;
	} switches[] = {
		{ 0x604, 0x2000 },  /* QEMU: PM1a control, SLP_EN */
		{ 0xb004, 0x2000 }, /* Bochs, QEMU before 2.0 */
		{ 0x4004, 0x3400 }, /* VirtualBox */
		{ 0x600, 0x34 },    /* Cloud Hypervisor, QEMU's microvm */
	};

	for (unsigned int i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		outw(switches[i].port, switches[i].value);
}

static void reset(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none = { 0, 0 };

	acpi_reset();
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	/* Without an IDT a fault becomes a triple fault. */
	asm volatile("lidt %0; ud2" : : "m"(none));
}

/*
 * A hypervisor may end the guest only a moment after it was asked to: QEMU 10 does, by its main
 * loop. What the caller says then must not be seen. This causes no exits, which would count;
 * but the host's interrupts do, so with end=halt the guest halts at once.
 */
static void await_the_end(void)
{
	uint64_t begin = rdtsc_fenced();

	while (rdtsc_fenced() - begin < PATIENCE_CYCLES)
		;
}

void shutdown(enum shutdown_status status)
{
	bool virtual = machine()->hypervisor[0];

	outl(DEBUG_EXIT_PORT, status);
	if (way == SHUTDOWN_OFF || (way == SHUTDOWN_AUTO && virtual)) {
		acpi_power_off();
		if (virtual)
			press_known_switches();
	}
	if (way == SHUTDOWN_RESET || (way == SHUTDOWN_AUTO && virtual && pvh))
		reset();
	if (virtual && way != SHUTDOWN_HALT)
		await_the_end();
}
