/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of an operation, in a bracket that tells each exit apart:
 *
 *	exits, cycles so far		VM total
 *	start				TSC
 *	  the operation
 *	end				TSC
 *	the last exit's two stamps
 *	exits, cycles so far		VM total
 *
 * From start to the host's gaining control is the way out, until it gives
 * control back the exit is resident in the host, and from there to end is the
 * way in: the three add up to the round trip exactly.  Resident time is the
 * kernel's, less what the counters say was spent in the VMM's userspace or
 * halted.
 */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"

/* TSC ticks of this guest; host's where it says counted. */
struct sample {
	uint64_t start, exit, entry, end;
	uint64_t wait;		/* of end - start, on purpose */
	int64_t exits;		/* the bracket's own taken off */
	int64_t kernel_counted; /* counters' view of kernel time, likewise */
	int64_t user, halted;	/* counted */
	int64_t away;		/* counted: descheduled or paused */
	bool kept;
};

/* What the bracket costs by itself: an empty operation's median sample. */
struct bracket {
	int64_t cycles, exits, kernel;
};

/* Before any sample, and after counters_init(): with the counters or without. */
void sample_init(void);

/* Take @bracket off every sample from now on. */
void sample_calibrate(const struct bracket *bracket);

/* Prepare, run and finish @op once. */
void sample_take(const struct op *op, struct sample *s);

/* CPUIDs in one counted sample, all queries around it included. */
#define SAMPLE_QUERIES 11

/* Ticks of the operation alone: less the bracket's and its deliberate wait. */
int64_t sample_cycles(const struct sample *s);

#endif
