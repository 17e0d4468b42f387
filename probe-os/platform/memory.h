/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's memory as the loader tells it, and pages no one has touched. */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/handover.h"

#define PAGE_SIZE	4096ul
#define LARGE_PAGE_SIZE (2ul << 20)

/*
 * Take the ranges of @h.  Only what is mapped, below 4 GiB, is given out.
 * False if they do not hold the probe itself.
 */
bool memory_init(const struct handover *h);

/* Usable RAM in all, in KiB. */
uint64_t memory_kib(void);

/*
 * @size bytes at a multiple of @align, a power of two, that the probe has never
 * touched; NULL when there are no more.  They are not given back.
 */
void *memory_take(uint64_t size, uint64_t align);

/* How many times memory_take(@size, @align) would still succeed. */
uint64_t memory_left(uint64_t size, uint64_t align);

#endif
