/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of every exit reason, read as a whole. */
#ifndef MEASURE_REASONS_H
#define MEASURE_REASONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"
#include "platform/counters.h"

#define SLOTS_MAX 256

/* Exits so far, slot by slot. */
struct reading {
	uint64_t exits[SLOTS_MAX];
};

/* Learn which reasons the host counts in its slots. */
void reasons_init(const struct counters_info *info);

unsigned int reasons_slots(void);

/* The number for CPUID, by which all of this is read. */
uint32_t reasons_cpuid(void);

/* The reason counted in @slot. */
uint32_t reasons_number(unsigned int slot);

/* Whether @op's exits are looked for on all vCPUs, not just on this one. */
bool reasons_of_vm(const struct op *op);

/*
 * Read them all, for this vCPU or, with @vm, for the VM.  One CPUID for each
 * slot: so many exits of that reason lie between two readings besides what is
 * done there.
 */
void reasons_read(struct reading *r, bool vm);

/* Exits from @before to @after in @slot, less those of the reading itself. */
int64_t reasons_between(const struct reading *before, const struct reading *after,
			unsigned int slot);

/* Whether the host causes such exits by itself: its interrupts, SMIs and timers. */
bool reason_is_hosts(uint32_t reason);

#endif
