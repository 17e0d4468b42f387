/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write JSON text (RFC 8259), one line per object, and compute a CRC-32 of all lines so
 * far (ISO 3309, as zlib does).
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/format.h"

struct json {
	format_sink sink;
	bool first; /* no comma before the next value */
	int depth;
	uint32_t crc, lines;
};

void json_init(struct json *j, format_sink sink);

/*
 * Open and close objects and arrays. @key is the member's name; it is NULL in an array
 * and for the object of a line, whose close ends the line.
 */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);

/* Write a string. A NULL @text becomes null; characters beyond printable ASCII are escaped. */
void json_string(struct json *j, const char *key, const char *text);
void json_number(struct json *j, const char *key, int64_t value);
void json_unsigned(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* Write @milli thousandths as a number with three decimals. */
void json_milli(struct json *j, const char *key, int64_t milli);

#endif
