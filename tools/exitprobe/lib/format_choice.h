/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the formats that a command can write --format or the output's name asks for. */
#ifndef LIB_FORMAT_CHOICE_H
#define LIB_FORMAT_CHOICE_H

#include <stddef.h>

#define FORMAT_SUFFIXES 2

/* The first member of each row of a command's table; one without a name ends the table. */
struct format {
	const char *name;
	const char *suffixes[FORMAT_SUFFIXES]; /* of a file's name, as ".html" */
};

/*
 * The row of the table @rows, each of @row_size bytes, that is called @name.  Without a name
 * that of @path's suffix; the first one if it has none or @path is NULL.  NULL: @message says
 * which there are, in one line of at most @size bytes.
 */
const void *format_choose(const void *rows, size_t row_size, const char *name, const char *path,
			  char *message, size_t size);

#endif
