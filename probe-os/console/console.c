// SPDX-License-Identifier: GPL-2.0-only
#include "console/console.h"

#include "console/ivshmem.h"
#include "console/screen.h"
#include "console/serial.h"
#include "cpu/insn.h"

/* QEMU and Bochs: reading this port returns its number, and a write prints a character. */
#define DEBUG_CONSOLE 0xe9

static struct serial first, second;
static bool first_present, second_present, debug_present, screen_present;

void console_init(void)
{
	static const uint16_t ports[] = { COM1, COM2, COM3, COM4 };

	first_present = second_present = false;
	for (unsigned int i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (!first_present)
			first_present = serial_init(&first, ports[i]);
		else if (!second_present)
			second_present = serial_init(&second, ports[i]);
	}
	debug_present = !first_present && inb(DEBUG_CONSOLE) == DEBUG_CONSOLE;
}

void console_choose(int port, bool screen, const struct handover *h)
{
	if (port >= 0) {
		second_present = false;
		first_present = port && serial_init(&first, (uint16_t)port);
		debug_present = !first_present && inb(DEBUG_CONSOLE) == DEBUG_CONSOLE;
	}
	screen_present = (screen || !first_present) && screen_init(h);
}

void console_put(void *unused, char c)
{
	(void)unused;
	if (first_present)
		serial_put(&first, c);
	if (debug_present)
		outb(DEBUG_CONSOLE, (uint8_t)c);
	if (screen_present)
		screen_put(c);
}

static void second_put(void *unused, char c)
{
	(void)unused;
	serial_put(&second, c);
}

static void records_put(void *unused, char c)
{
	(void)unused;
	shared_put(c);
}

format_sink console_records(void)
{
	if (shared_init())
		return records_put;
	return second_present ? second_put : NULL;
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = format_to(console_put, NULL, format, args);
	va_end(args);
	return length;
}
