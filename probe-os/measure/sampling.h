/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples of an operation: how many, which of them count, where their time went. */
#ifndef MEASURE_SAMPLING_H
#define MEASURE_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "measure/measurement.h"
#include "measure/sample.h"

/*
 * Take samples of @op, after @warm_up that do not count, until @plan ends it or
 * @room, decide which to keep, and describe them in @m.  If @op gives up @m says so.
 */
void sampling_take(const struct op *op, const struct plan *plan, size_t warm_up, size_t room,
		   struct measurement *m);

/* Where an exit's time goes: @m's parts, of what sampling_take() has just kept. */
void sampling_dissect(struct measurement *m);

/* Median of the counted kernel time; afterwards sampling_values() are of no use. */
int64_t sampling_kernel_median(const struct measurement *m);

/* The samples of the last sampling_take(), in the order they were taken. */
const struct sample *sampling_samples(void);

/* Its kept samples' cycles per operation, sorted; @count is m->kept. */
const int64_t *sampling_values(void);

#endif
