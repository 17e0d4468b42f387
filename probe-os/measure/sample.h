/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sample is one run of an operation between two readings of the counters:
 *
 *	exits, cycles so far		VM total
 *	start				TSC
 *	  the operation
 *	end				TSC
 *	the last exit's two stamps
 *	exits, cycles so far		VM total
 *
 * The exit latency lasts from start until the host gains control. The exit is
 * then resident in the host until the host gives control back. The entry latency
 * lasts from there to end. The three add up to the round trip exactly. Resident
 * time belongs to the kernel, except for the time that the counters attribute to
 * the VMM's userspace or to a halted vCPU.
 */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"

/* TSC ticks of this guest, or of the host where the comment says counted. */
struct sample {
	uint64_t start, exit, entry, end;
	uint64_t wait;		/* the part of end - start that is a deliberate wait */
	int64_t exits;		/* without those of the overhead */
	int64_t kernel_counted; /* counted kernel time, without that of the overhead */
	int64_t user, halted;	/* counted */
	int64_t descheduled;	/* counted: descheduled or paused */
	int64_t watching;	/* the part of the exits' time that it costs to count them */
	bool kept;
};

/* The overhead of a sample: the median sample of an empty operation. */
struct overhead {
	int64_t cycles, exits, kernel;
};

/* Decide whether samples use the counters. Call it after counters_init(), before any sample. */
void sample_init(void);

/* Subtract @overhead from every sample from now on. */
void sample_calibrate(const struct overhead *overhead);

/* Prepare, run and finish @op once. */
void sample_take(const struct op *op, struct sample *s);

/* The number of CPUIDs in one counted sample, with all queries around it. */
#define SAMPLE_QUERIES 11

/* Return the operation's ticks, without the overhead and the deliberate wait. */
int64_t sample_cycles(const struct sample *s);

#endif
