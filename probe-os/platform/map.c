// SPDX-License-Identifier: GPL-2.0-only
#include "platform/map.h"

#define CR3_ADDRESS 0x000ffffffffff000ul

volatile uint64_t *map_top(enum map_slot slot)
{
	uint64_t cr3;

	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	return (volatile uint64_t *)(cr3 & CR3_ADDRESS) + slot;
}

void map_remove(enum map_slot slot)
{
	*map_top(slot) = 0;
	/* It is not global, so this removes it from the TLB (SDM 4.10.4.1). */
	asm volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");
}
