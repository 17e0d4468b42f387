/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rule for names of operations, and of differences of two: they stand as they are in
 * command lines, records, tables and pages.
 */
#ifndef OP_NAME_H
#define OP_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define OP_NAME_LENGTH	   17
#define OP_NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define OP_NAME_WORDS	   "a-z, 0-9 and -" /* the same, for messages */

/* The same as a regular expression. */
#define OP_NAME_TEXT_OF(number)	 #number
#define OP_NAME_PATTERN_OF(most) "^[a-z0-9-]{1," OP_NAME_TEXT_OF(most) "}$"
#define OP_NAME_PATTERN		 OP_NAME_PATTERN_OF(OP_NAME_LENGTH)

static inline bool op_name_has(char character)
{
	for (const char *c = OP_NAME_CHARACTERS; *c; c++)
		if (*c == character)
			return true;
	return false;
}

static inline bool op_name_is_good(const char *text)
{
	size_t length = 0;

	while (length <= OP_NAME_LENGTH && op_name_has(text[length]))
		length++;
	return length && length <= OP_NAME_LENGTH && !text[length];
}

#endif
