/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte strings, each kept once, in at most so much memory.
 */
#ifndef INTERN_H
#define INTERN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define INTERN_NONE UINT32_MAX

struct intern {
	unsigned char *bytes;
	size_t used, room;
	size_t *offset; /* of each string; [count] is where the next begins */
	uint32_t count, offset_room;
	uint32_t *slots; /* a string's number plus one, or 0; a power of two of them */
	uint64_t *hashes;
	size_t slot_count;
};

/*
 * The number of the string @from of @size bytes, a new one if it was not there.
 * INTERN_NONE: it was not, and all strings together would be more than @limit bytes,
 * or there is no memory.  What the table has beside them is in proportion.
 */
uint32_t intern_add(struct intern *t, const void *from, size_t size, size_t limit);

/* String @number, and its size in *@size. */
void *intern_get(const struct intern *t, uint32_t number, size_t *size);

/* The plugin's tables end with its process; tests have many. */
void intern_free(struct intern *t);

#endif
