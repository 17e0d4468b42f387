// SPDX-License-Identifier: GPL-2.0-only
#include "platform/memory.h"

#include <stddef.h>

#define MAPPED_END (3ull << 30) /* the fourth GiB belongs to devices */

extern char image_start[], image_end[];

/* The largest range of free memory. */
static uint64_t next, end;
static uint64_t total;

/* @floor is the end of what was loaded. */
static void offer(uint64_t from, uint64_t to, uint64_t floor)
{
	if (from < floor)
		from = floor;
	if (to > MAPPED_END)
		to = MAPPED_END;
	if (from < to && to - from > end - next) {
		next = from;
		end = to;
	}
}

bool memory_init(const struct handover *h)
{
	uint64_t image = (uintptr_t)image_start, floor = (uintptr_t)image_end;
	bool holds_image = false;

	/* The loader's tables follow the image directly, except for large ones. */
	floor = (floor + LARGE_PAGE_SIZE - 1) & -LARGE_PAGE_SIZE;
	for (size_t i = 0; i < h->range_count; i++) {
		const struct memory_range *r = &h->ranges[i];

		total += r->to - r->from;
		holds_image |= r->from <= image && r->to >= (uintptr_t)image_end;
		offer(r->from, r->to, floor);
	}
	return holds_image;
}

uint64_t memory_kib(void)
{
	return total >> 10;
}

void *memory_take(uint64_t size, uint64_t align)
{
	uint64_t at = (next + align - 1) & -align;

	if (!end || at > end || end - at < size)
		return NULL;
	next = at + size;
	return (void *)(uintptr_t)at;
}

uint64_t memory_left(uint64_t size, uint64_t align)
{
	uint64_t at = (next + align - 1) & -align, step = (size + align - 1) & -align;

	return end && at < end && end - at >= size ? (end - at - size) / step + 1 : 0;
}

void memory_touch_image(void)
{
	for (volatile char *page = image_start; page < image_end; page += PAGE_SIZE)
		*page;
}
