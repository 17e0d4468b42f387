/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One operation, measured until its median is known or the budget is spent.
 *
 * A sample is set aside, and counted, when the host did something else in it:
 * when its exits are not as many as the operation's own, which is what most
 * samples have, or when the vCPU's thread was not running.
 */
#ifndef MEASURE_MEASURE_H
#define MEASURE_MEASURE_H

#include "measure/measurement.h"
#include "measure/sample.h"

/*
 * Look for the host's counters and find out what the bracket itself costs.  Before any
 * measure().
 */
void measure_init(const struct plan *plan);

/* What the empty bracket costs; cycles are known without counters too. */
const struct bracket *measure_bracket(void);

void measure(const struct op *op, const struct plan *plan, struct measurement *m);

#endif
