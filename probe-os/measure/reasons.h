/* SPDX-License-Identifier: GPL-2.0-only */
/* Read the counters of all exit reasons. */
#ifndef MEASURE_REASONS_H
#define MEASURE_REASONS_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/host_counts.h"
#include "ops/ops.h"
#include "platform/counters.h"

#define SLOTS_MAX 256

/* The exits so far in every slot, and where a program on the host counts their times. */
struct reading {
	uint64_t exits[SLOTS_MAX];
	struct host_times times;
};

/*
 * Find out which reason the host counts in each slot, or without @info, where a program
 * on the host counts those of @isa, give each reason a slot when it first comes.
 */
void reasons_init(const struct counters_info *info, unsigned int isa);

unsigned int reasons_slots(void);

/* Return the number of CPUID's reason. Every reading of the leaf uses CPUID. */
uint32_t reasons_cpuid(void);

/* Return the reason that @slot counts. */
uint32_t reasons_number(unsigned int slot);

/* Return whether @op's exits are counted on all vCPUs and not only on this one. */
bool reasons_of_vm(const struct op *op);

/*
 * Read all counters of this vCPU or, with @vm, of the VM. A reading of the leaf executes one
 * CPUID per slot. Between two readings lie that many exits for CPUID in addition
 * to those of the code between them.
 */
void reasons_read(struct reading *r, bool vm);

/* Return the exits in @slot from @before to @after, without those of the reading. */
int64_t reasons_between(const struct reading *before, const struct reading *after,
			unsigned int slot);

/* Return whether the host causes exits for @reason: its interrupts, SMIs and timers. */
bool reason_is_hosts(uint32_t reason);

#endif
