/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatted text without a C library.
 *
 * Conversions: %d %i %u %x %X %c %s %p %%. Flags: '-' and '0'. Width and, for %s,
 * precision: a number or '*'. Lengths: l, ll, z. An unknown conversion is copied
 * unchanged.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Takes one character of the text. */
typedef void (*format_sink)(void *context, char c);

/* Pass the text to @sink with @context. Return its length. */
int format_to(format_sink sink, void *context, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

/*
 * Write at most @size bytes with the NUL, and return the length of the whole text, as
 * snprintf does (C17, 7.21.6.5).
 */
int format_text(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
