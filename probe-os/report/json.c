// SPDX-License-Identifier: GPL-2.0-only
#include "report/json.h"

#define CRC_POLYNOMIAL 0xedb88320 /* reflected */

static void put(void *context, char c)
{
	struct json *j = context;

	j->sink(NULL, c);
	j->crc ^= (uint8_t)c;
	for (int bit = 0; bit < 8; bit++)
		j->crc = j->crc >> 1 ^ (j->crc & 1 ? CRC_POLYNOMIAL : 0);
}

static void __attribute__((format(printf, 2, 3))) print(struct json *j, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_to(put, j, format, args);
	va_end(args);
}

static void put_string(struct json *j, const char *text)
{
	put(j, '"');
	for (; *text; text++) {
		uint8_t c = (uint8_t)*text;

		if (c == '"' || c == '\\')
			print(j, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			print(j, "\\u%04x", c);
		else
			put(j, *text);
	}
	put(j, '"');
}

/* Write the comma and the name before a value. */
static void begin_value(struct json *j, const char *key)
{
	if (!j->first)
		put(j, ',');
	j->first = false;
	if (key) {
		put_string(j, key);
		put(j, ':');
	}
}

void json_init(struct json *j, format_sink sink)
{
	*j = (struct json){ .sink = sink, .first = true, .crc = UINT32_MAX };
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	put(j, bracket);
	j->first = true;
	j->depth++;
}

void json_close(struct json *j, char bracket)
{
	put(j, bracket);
	j->first = false;
	if (--j->depth)
		return;
	put(j, '\n');
	j->first = true;
	j->lines++;
}

void json_string(struct json *j, const char *key, const char *text)
{
	begin_value(j, key);
	if (text)
		put_string(j, text);
	else
		print(j, "null");
}

void json_number(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	print(j, "%ld", value);
}

void json_unsigned(struct json *j, const char *key, uint64_t value)
{
	begin_value(j, key);
	print(j, "%lu", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	print(j, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	print(j, "null");
}

void json_milli(struct json *j, const char *key, int64_t milli)
{
	uint64_t size = milli < 0 ? -(uint64_t)milli : (uint64_t)milli;

	begin_value(j, key);
	print(j, "%s%lu.%03lu", milli < 0 ? "-" : "", size / 1000, size % 1000);
}
