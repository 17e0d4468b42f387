/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write text for people, and records for programs: to serial ports, to the debug
 * console of Bochs and QEMU, and to the screen.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdbool.h>

#include "boot/handover.h"
#include "lib/format.h"

/* Look for serial ports. Text goes to the first one. */
void console_init(void);

/*
 * Choose where text goes: to the serial port at @port, to none if @port is 0, or to
 * the one that was found if it is -1. Without a serial port it goes to the debug
 * console and to the screen that @h describes. With @screen it goes to the screen in
 * addition.
 */
void console_choose(int port, bool screen, const struct handover *h);

/* Print as in C. See format.h for the conversions. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print one character. It is a sink for format_to() and similar functions. */
void console_put(void *unused, char c);

/*
 * Return where records go: to memory that the host shares, or else to the second
 * serial port. Return NULL without either.
 */
format_sink console_records(void);

#endif
