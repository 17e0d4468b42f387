// SPDX-License-Identifier: GPL-2.0-only
#include "intern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 4096
#define ROOM_FIRST  65536

/* Hash by multiplying and folding, eight bytes at a time. */
static uint64_t hash_of(const unsigned char *from, size_t size)
{
	const uint64_t factor = 0x9e3779b97f4a7c15;
	uint64_t hash = size * factor, word;

	for (; size >= sizeof(word); from += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		hash = (hash ^ word) * factor;
		hash ^= hash >> 29;
	}
	word = 0;
	memcpy(&word, from, size);
	hash = (hash ^ word) * factor;
	return hash ^ hash >> 32;
}

static bool grow(void **memory, size_t size)
{
	void *larger = realloc(*memory, size);

	if (larger)
		*memory = larger;
	return larger;
}

static bool grow_slots(struct intern *t)
{
	size_t count = t->slot_count ? 2 * t->slot_count : SLOTS_FIRST;
	uint32_t *slots;

	if (t->slots && 2 * (size_t)t->count < t->slot_count)
		return true;
	slots = calloc(count, sizeof(*slots));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < t->count; i++) {
		size_t at = t->hashes[i] & (count - 1);

		while (slots[at])
			at = (at + 1) & (count - 1);
		slots[at] = i + 1;
	}
	free(t->slots);
	t->slots = slots;
	t->slot_count = count;
	return true;
}

static bool make_room(struct intern *t, size_t size)
{
	size_t room = t->room ? t->room : ROOM_FIRST;

	while (room < t->used + size)
		room *= 2;
	if (room != t->room) {
		if (!grow((void **)&t->bytes, room))
			return false;
		t->room = room;
	}
	if (t->count + 2 > t->offset_room) {
		uint32_t more = t->offset_room ? 2 * t->offset_room : SLOTS_FIRST;

		if (!grow((void **)&t->offset, more * sizeof(*t->offset)) ||
		    !grow((void **)&t->hashes, more * sizeof(*t->hashes)))
			return false;
		t->offset_room = more;
		t->offset[t->count] = t->used;
	}
	return grow_slots(t);
}

uint32_t intern_add(struct intern *t, const void *from, size_t size, size_t limit)
{
	uint64_t hash = hash_of(from, size);
	size_t at;

	if (t->slot_count) {
		for (at = hash & (t->slot_count - 1); t->slots[at];
		     at = (at + 1) & (t->slot_count - 1)) {
			uint32_t number = t->slots[at] - 1;
			size_t own;
			const void *bytes = intern_get(t, number, &own);

			if (t->hashes[number] == hash && own == size && !memcmp(bytes, from, size))
				return number;
		}
	}
	if (t->used + size > limit || !make_room(t, size))
		return INTERN_NONE;

	for (at = hash & (t->slot_count - 1); t->slots[at]; at = (at + 1) & (t->slot_count - 1))
		;
	memcpy(t->bytes + t->used, from, size);
	t->used += size;
	t->hashes[t->count] = hash;
	t->slots[at] = ++t->count;
	t->offset[t->count] = t->used;
	return t->count - 1;
}

void *intern_get(const struct intern *t, uint32_t number, size_t *size)
{
	*size = t->offset[number + 1] - t->offset[number];
	return t->bytes + t->offset[number];
}

void intern_free(struct intern *t)
{
	free(t->bytes);
	free(t->offset);
	free(t->slots);
	free(t->hashes);
	*t = (struct intern){ 0 };
}
