/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that comes in pieces, cut into lines. */
#ifndef LIB_LINES_H
#define LIB_LINES_H

#include <stddef.h>

struct lines {
	char *text;
	size_t used, taken, size;
};

/* Room for @size bytes more at the end; lines_added() says how many were put there. */
char *lines_room(struct lines *lines, size_t size);
void lines_added(struct lines *lines, size_t size);

/* The next whole line without its end, or NULL; good until the next call. */
char *lines_next(struct lines *lines);
void lines_free(struct lines *lines);

#endif
