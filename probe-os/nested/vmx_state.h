/* SPDX-License-Identifier: GPL-2.0-only */
/* Fill in the VMCS of an L2 that has L1's registers. */
#ifndef NESTED_VMX_STATE_H
#define NESTED_VMX_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* Return whether L1 may set @bit of the second controls. */
bool vmx_second_allows(uint32_t bit);

/*
 * Fill in the current VMCS. An exit of L2 continues at @exit with the stack @stack,
 * which L2 has too. Return 0, or the first field that VMWRITE does not take.
 */
uint32_t vmx_fill(const void *exit, const void *stack);

#endif
