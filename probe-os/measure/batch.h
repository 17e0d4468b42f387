/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A batch is many runs of an operation between two readings of every reason's
 * counter. It gives the exits by reason and the cost of a run back to back.
 */
#ifndef MEASURE_BATCH_H
#define MEASURE_BATCH_H

#include <stdint.h>

#include "measure/reasons.h"
#include "ops/ops.h"

/* A batch is repeated until it has no host exits, at most this often. */
#define BATCH_TRIES 4

/*
 * Sums over all runs. Times are in TSC ticks; all but the first come from the
 * host's counters. A program on the host does not count @l2_exits.
 */
struct batch {
	unsigned int runs;
	int64_t cycles, kernel, user, halted;
	int64_t l2_exits; /* of @exits those of L2, a guest of this guest, on this vCPU */
	int64_t exits[SLOTS_MAX];
};

/*
 * Prepare, run and finish @op @runs times. Return the ticks that it takes, without
 * deliberate waits.
 */
int64_t batch_back_to_back(const struct op *op, unsigned int runs);

/*
 * Measure the overhead of the readings around a batch, and of @runs empty runs.
 * Call it after reasons_init() and before any batch_run(), and only if the host
 * counts exits.
 */
void batch_init(unsigned int runs);

/*
 * Run @op @runs times. @all includes the operation's prepare() and finish().
 * @own is what remains after the same number of runs with only prepare() and
 * finish() is subtracted. Both batches are repeated while they contain exits that
 * the host caused and @expected does not explain, at most BATCH_TRIES times and
 * for @tsc ticks.
 */
void batch_run(const struct op *op, unsigned int runs, uint64_t tsc,
	       const struct expectation *expected, struct batch *all, struct batch *own);

#endif
