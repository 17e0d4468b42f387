/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many runs of an operation between two readings of every reason's counter:
 * exits by reason, and what one costs back to back.
 */
#ifndef MEASURE_BATCH_H
#define MEASURE_BATCH_H

#include <stdint.h>

#include "measure/reasons.h"
#include "ops/ops.h"

/* At most so often, until the host puts in nothing. */
#define BATCH_TRIES 4

/* Of all runs together; times in TSC ticks, the last three counted. */
struct batch {
	unsigned int runs;
	int64_t cycles, kernel, user, halted;
	int64_t exits[SLOTS_MAX];
};

/*
 * Find out what the readings around a batch cost, with @runs of nothing.
 * Before any batch_run(), after reasons_init(); only where exits are counted.
 */
void batch_init(unsigned int runs);

/*
 * Run @op @runs times.  @all has everything, the operation's preparing and
 * finishing included, @own what is left when as many runs that only prepare and
 * finish are taken off.  Both are repeated, BATCH_TRIES times and only within @tsc
 * ticks, as long as the host put in exits of its own that are not the operation's, as
 * @expected tells.
 */
void batch_run(const struct op *op, unsigned int runs, uint64_t tsc,
	       const struct expectation *expected, struct batch *all, struct batch *own);

#endif
