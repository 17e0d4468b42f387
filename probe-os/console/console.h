/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where text for people goes, and where records go that programs read: serial
 * ports, Bochs' and QEMU's debug console, the screen.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdbool.h>

#include "boot/handover.h"
#include "lib/format.h"

/* Find serial ports by looking for them: text goes to the first. */
void console_init(void);

/*
 * As asked for: text to the serial port at @port instead of those found, none
 * of them if it is 0, the ones found if it is -1.  Without a serial port it goes
 * to the debug console and to the screen that @h tells of; with @screen to the
 * screen too.
 */
void console_choose(int port, bool screen, const struct handover *h);

/* As in C; see format.h for the conversions. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One character of it, as a sink for format_to() and its like. */
void console_put(void *unused, char c);

/*
 * Where records go besides: memory shared with the host, else the second serial
 * port; NULL without either.
 */
format_sink console_records(void);

#endif
