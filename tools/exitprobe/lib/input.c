// SPDX-License-Identifier: GPL-2.0-only
#include "lib/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define READ_AT_ONCE (64 << 10)
#define NESTING_MAX  64 /* jansson's own limit is 2048: for what no profile needs */

const char *input_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

/* What the JSON parser would follow down, counted without it. */
static bool is_too_deep(const char *text, size_t length)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && (text[i] == '}' || text[i] == ']') && depth)
			depth--;
		if (depth > NESTING_MAX)
			return true;
	}
	return false;
}

json_t *input_parse(const char *name, const char *text, size_t length, char *message, size_t size)
{
	json_error_t error;
	json_t *document;

	if (is_too_deep(text, length)) {
		snprintf(message, size, "%s: nested more than %d deep", name, NESTING_MAX);
		return NULL;
	}
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!document) {
		/* The parser's own text can quote the input. */
		for (char *c = error.text; *c; c++)
			if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
				*c = '?';
		snprintf(message, size, "%s: line %d, column %d: not JSON, or cut off: %s", name,
			 error.line, error.column, error.text);
	}
	return document;
}

/* All of @file, of at most INPUT_MAX_BYTES; NULL with @message. */
static char *read_all(FILE *file, const char *name, size_t *length, char *message, size_t size)
{
	size_t room = READ_AT_ONCE, used = 0, got;
	char *text = xmalloc(room);

	while ((got = fread(text + used, 1, room - used, file)) > 0) {
		used += got;
		if (used > INPUT_MAX_BYTES) {
			snprintf(message, size, "%s: larger than %d MiB, more than is read", name,
				 INPUT_MAX_BYTES >> 20);
			free(text);
			return NULL;
		}
		if (used == room) {
			room *= 2;
			text = xrealloc(text, room);
		}
	}
	if (ferror(file)) {
		snprintf(message, size, "%s: cannot be read: %s", name, strerror(errno));
		free(text);
		return NULL;
	}
	*length = used;
	return text;
}

char *input_read(const char *path, size_t *length, char *message, size_t size)
{
	const char *name = input_name(path);
	FILE *file = name == path ? fopen(path, "re") : stdin;
	char *text;

	if (!file) {
		snprintf(message, size, "%s: cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	text = read_all(file, name, length, message, size);
	if (file != stdin)
		fclose(file);
	if (text && !*length) {
		snprintf(message, size, "%s: is empty", name);
		free(text);
		return NULL;
	}
	return text;
}

json_t *input_load(const char *path, char *message, size_t size)
{
	json_t *document = NULL;
	size_t length = 0;
	char *text = input_read(path, &length, message, size);

	if (text)
		document = input_parse(input_name(path), text, length, message, size);
	free(text);
	return document;
}
