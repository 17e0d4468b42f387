// SPDX-License-Identifier: GPL-2.0-only
#include "lib/lines.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

char *lines_room(struct lines *lines, size_t size)
{
	/* What is taken already makes room first. */
	if (lines->taken) {
		memmove(lines->text, lines->text + lines->taken, lines->used - lines->taken);
		lines->used -= lines->taken;
		lines->taken = 0;
	}
	if (lines->size - lines->used < size) {
		lines->size = (lines->used + size) * 2;
		lines->text = xrealloc(lines->text, lines->size);
	}
	return lines->text + lines->used;
}

void lines_added(struct lines *lines, size_t size)
{
	lines->used += size;
}

char *lines_next(struct lines *lines)
{
	char *line = lines->text ? lines->text + lines->taken : NULL;
	char *end = line ? memchr(line, '\n', lines->used - lines->taken) : NULL;

	if (!end)
		return NULL;
	lines->taken = (size_t)(end + 1 - lines->text);
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

void lines_free(struct lines *lines)
{
	free(lines->text);
	*lines = (struct lines){ 0 };
}
