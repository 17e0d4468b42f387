/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's memory from the loader's map, and pages that nothing has touched yet. */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/handover.h"

#define PAGE_SIZE	4096ul
#define LARGE_PAGE_SIZE (2ul << 20)

/*
 * Use the ranges of @h. Only mapped memory, below 4 GiB, is handed out. Return false if
 * the ranges do not contain the probe itself.
 */
bool memory_init(const struct handover *h);

/* Return the usable RAM in KiB. */
uint64_t memory_kib(void);

/*
 * Return @size bytes at a multiple of @align, a power of two, that the probe has never
 * touched, or NULL if there are no more. They cannot be freed.
 */
void *memory_take(uint64_t size, uint64_t align);

/* Return how many times memory_take(@size, @align) would still succeed. */
uint64_t memory_left(uint64_t size, uint64_t align);

/* Read every page of the probe, so that the host maps those that it has unmapped. */
void memory_touch_image(void);

#endif
