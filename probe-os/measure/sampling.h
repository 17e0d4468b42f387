/* SPDX-License-Identifier: GPL-2.0-only */
/* Take an operation's samples, discard the disturbed ones, and divide up their time. */
#ifndef MEASURE_SAMPLING_H
#define MEASURE_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "measure/measurement.h"
#include "measure/sample.h"

/*
 * Take @warm_up samples of @op that do not count, then samples until @plan or
 * @room ends it. Decide which to keep and describe them in @m. If @op gives up,
 * @m says so.
 */
void sampling_take(const struct op *op, const struct plan *plan, size_t warm_up, size_t room,
		   struct measurement *m);

/* Set the parts of an exit's time in @m from the samples that sampling_take() has kept. */
void sampling_dissect(struct measurement *m);

/* Return the median of the counted kernel time. It overwrites sampling_values(). */
int64_t sampling_kernel_median(const struct measurement *m);

/* Return the samples of the last sampling_take() in the order they were taken. */
const struct sample *sampling_samples(void);

/* Return the kept samples' cycles per operation, sorted. There are m->kept. */
const int64_t *sampling_values(void);

#endif
