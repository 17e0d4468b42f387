// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to the user, and memory, whose lack is one.
 */
#define _GNU_SOURCE
#include "lib/message.h"

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program = "exitprobe";
static bool clear_line;

void message_program(const char *name)
{
	program = name;
}

void message_clears_line(bool clears)
{
	clear_line = clears;
}

/* Unicode 15, table 23-3 and section 23.2: C0, DEL, C1; embeddings, overrides, isolates. */
size_t message_hostile_length(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	bool hostile = false;

	if (at[0] < ' ' || at[0] == 0x7f)
		return 1;
	if (at[0] == 0xc2)
		return at[1] >= 0x80 && at[1] < 0xa0 ? 2 : 0;
	/* U+200E, F; U+2028 to E; U+2066 to 9 */
	if (at[0] == 0xe2 && at[1] == 0x80)
		hostile = at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae);
	else if (at[0] == 0xe2 && at[1] == 0x81)
		hostile = at[2] >= 0xa6 && at[2] <= 0xa9;
	return hostile ? 3 : 0;
}

/* Of what others wrote there may be a part in it. */
void message_make_plain(char *text)
{
	char *to = text;

	while (*text) {
		size_t length = message_hostile_length(text);

		*to++ = length ? '?' : *text;
		text += length ? length : 1;
	}
	*to = '\0';
}

/* Whole, so that lines of several processes do not mix. */
static void say(const char *kind, const char *format, va_list arguments)
{
	const char *clear = clear_line ? "\r\033[K" : "";
	char text[1024];

	vsnprintf(text, sizeof(text), format, arguments);
	message_make_plain(text);
	fprintf(stderr, "%s%s: %s%s\n", clear, program, kind, text);
}

void error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("error: ", format, arguments);
	va_end(arguments);
}

void warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("warning: ", format, arguments);
	va_end(arguments);
}

void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("", format, arguments);
	va_end(arguments);
}

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("error: ", format, arguments);
	va_end(arguments);
	exit(argp_err_exit_status);
}

void out_of_memory(const char *what)
{
	die("out of memory (%s)", what);
}

void *xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		die("out of memory (%zu times %zu bytes)", count, size);
	return memory;
}

void *xrealloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		die("out of memory (%zu bytes)", size);
	return memory;
}

char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die("out of memory (%zu bytes)", strlen(text));
	return copy;
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory("a line of text");
	return text;
}
