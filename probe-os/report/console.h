/* SPDX-License-Identifier: GPL-2.0-only */
/* The console: the first serial port, a 16550, by polling. */
#ifndef REPORT_CONSOLE_H
#define REPORT_CONSOLE_H

/* Set up the port at 115200 8N1.  Without one, text goes nowhere. */
void console_init(void);

/* As in C; see format.h for the conversions. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
