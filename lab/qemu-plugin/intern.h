/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte strings that are each kept once, within a limit of memory.
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
	size_t *offset; /* of each string; [count] is the begin of the next one */
	uint32_t count, offset_room;
	uint32_t *slots; /* a string's number plus one, or 0; a power of two of them */
	uint64_t *hashes;
	size_t slot_count;
};

/*
 * Return the number of the string @from of @size bytes, and add the string if it is new.
 * Return INTERN_NONE if all strings together would then exceed @limit bytes or memory is
 * out. The rest of the table is in proportion to the strings.
 */
uint32_t intern_add(struct intern *t, const void *from, size_t size, size_t limit);

/* Return string @number and set *@size to its size. */
void *intern_get(const struct intern *t, uint32_t number, size_t *size);

/* Free the table. The plugin's tables end with its process, but tests have many. */
void intern_free(struct intern *t);

#endif
