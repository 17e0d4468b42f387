/* SPDX-License-Identifier: GPL-2.0-only */
/* What the difference of two rows tells. */
#ifndef MEASURE_DERIVED_H
#define MEASURE_DERIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/measurement.h"

struct derived_row {
	const char *name, *what;
	const char *minuend, *subtrahend; /* operations */
};

/*
 * Difference of the medians, and an interval that holds it when both medians
 * are in theirs: from the lowest to the highest difference of their bounds.
 */
struct derived {
	const struct derived_row *row;
	int64_t cycles, ci_low, ci_high;
};

/*
 * Keep what row @op came to, in case that it is part of a difference; not if the
 * vCPU was descheduled in most of its samples.
 */
void derived_note(const struct op *op, const struct measurement *m);

/*
 * The first difference from *@index on whose operations were both measured; *@index
 * is then the next one's.  False when there are no more.  Begin with 0.
 */
bool derived_next(size_t *index, struct derived *d);

#endif
