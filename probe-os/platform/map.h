/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the probe maps itself, besides the boot's page tables: entries at the top level
 * (SDM vol. 3A, 4.5; APM vol. 2, 5.3), of 512 GiB each.
 */
#ifndef PLATFORM_MAP_H
#define PLATFORM_MAP_H

#include <stdint.h>

#define MAP_ENTRIES 512 /* of a table */

/* Who uses which entry. Boot's is the first one, and the others are free. */
enum map_slot {
	MAP_SLOT_BOOT,
	MAP_SLOT_PAGE,	/* ops/memory.c: a page that each run maps */
	MAP_SLOT_WALK,	/* ops/walk.c: pages of the same memory */
	MAP_SLOT_ARENA, /* ops/fault.c: the arena, with the default memory type */
};

/* What @slot maps begins here. */
#define MAP_ADDRESS(slot) ((uintptr_t)(slot) << 39)

#define PTE_PRESENT  (1ul << 0)
#define PTE_WRITABLE (1ul << 1)

/* Return the entry that maps the page or the table at @target, writable. */
static inline uint64_t map_entry(const volatile void *target)
{
	return (uintptr_t)target | PTE_PRESENT | PTE_WRITABLE;
}

/* Return where the entry of @slot is. */
volatile uint64_t *map_top(enum map_slot slot);

/* Clear the entry of @slot, and remove from the TLB what it has mapped. */
void map_remove(enum map_slot slot);

#endif
