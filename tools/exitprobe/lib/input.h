/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A JSON document from a file that anyone may have written: so large, so deep and
 * no more, no member twice.  What is in it is for reader.h.
 */
#ifndef LIB_INPUT_H
#define LIB_INPUT_H

#include <jansson.h>
#include <stddef.h>

/* More is an error, so that no input costs all memory. */
#define INPUT_MAX_BYTES (64 << 20)
#define INPUT_MAX_TEXT	4096 /* bytes of any one text */

/* How messages call @path: "-" is standard input. */
const char *input_name(const char *path);

/* All bytes of @path, or of standard input for "-", at least one; NULL with @message, as below. */
char *input_read(const char *path, size_t *length, char *message, size_t size);

/*
 * Read @path, or standard input for "-".  NULL: @message says why, in one line of at
 * most @size bytes.
 */
json_t *input_load(const char *path, char *message, size_t size);

/* The same of @length bytes of @text that are there already; @name is for messages. */
json_t *input_parse(const char *name, const char *text, size_t length, char *message, size_t size);

#endif
