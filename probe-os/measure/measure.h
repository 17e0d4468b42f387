/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measure one operation until its median is known or the budget is spent.
 *
 * A sample is discarded, and counted as such, if the host did something else in
 * it: if it has another number of exits than most samples, or if the vCPU's
 * thread was descheduled.
 */
#ifndef MEASURE_MEASURE_H
#define MEASURE_MEASURE_H

#include "measure/measurement.h"
#include "measure/sample.h"

/* Find the host's counters and measure the overhead. Call it before any measure(). */
void measure_init(const struct plan *plan);

/* Return the overhead of a sample. Its cycles are known without counters too. */
const struct overhead *measure_overhead(void);

/* Return whether the exits of each sample are counted. */
bool measure_is_counted(void);

/*
 * Return the instruction set whose exits are counted, KVM_EXIT_STATS_ISA_*, or 0 if none
 * are or the host does not say.
 */
unsigned int measure_isa(void);

void measure(const struct op *op, const struct plan *plan, struct measurement *m);

#endif
