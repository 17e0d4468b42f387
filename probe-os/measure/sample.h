/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One operation, measured many times in a bracket that tells each exit apart:
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
 *
 * A sample is set aside, and counted, when the host did something else in it:
 * when its exits are not as many as the operation's own, which is what most
 * samples have, or when the vCPU's thread was not running.
 */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/stats.h"
#include "ops/ops.h"

#define SAMPLES_MAX 10000
#define REASONS_MAX 4

/* TSC ticks of this guest; host's where it says counted. */
struct sample {
	uint64_t start, exit, entry, end;
	int64_t exits;		/* the bracket's own taken off */
	int64_t kernel_counted; /* counters' view of kernel time, likewise */
	int64_t user, halted;	/* counted */
	int64_t away;		/* counted: descheduled or paused */
	bool kept;
};

struct reason_count {
	uint32_t reason; /* the processor's number */
	unsigned int exits;
};

/* Of one operation.  Everything but cycles and taken needs the counters. */
struct measurement {
	const char *skipped; /* why nothing was measured, or NULL */
	bool hangs;	     /* it never ended and was broken off */
	int fault;	     /* vector, -1 for none */
	size_t taken, kept;
	int64_t exits;	     /* per operation: of every kept sample */
	struct stats cycles; /* per operation, the empty bracket's taken off */

	/*
	 * Means over the middle half of the kept samples, by round trip: a
	 * host interrupt served during an exit lengthens it without another
	 * exit, and would move a mean over all.  Way out and way in hold the
	 * bracket's own cycles and are told only where there is one exit.
	 */
	int64_t out, kernel, user, halted, in;

	unsigned int reason_count;
	struct reason_count reasons[REASONS_MAX];
};

/*
 * Find out whether the counters are there and what the bracket itself costs,
 * with @samples of it.  Before any measure().
 */
void measure_init(size_t samples);
bool measure_counted(void);

/* What the empty bracket costs: TSC ticks, and exits where counted. */
int64_t measure_bracket_cycles(void);
int64_t measure_bracket_exits(void);

/* Measure @op with 1 to SAMPLES_MAX @samples. */
void measure(const struct op *op, size_t samples, struct measurement *m);

/* The samples of the last measure(), in the order they were taken. */
const struct sample *measure_samples(void);

#endif
