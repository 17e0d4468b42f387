/* SPDX-License-Identifier: GPL-2.0-only */
/* What the difference of two rows tells. */
#ifndef MEASURE_DERIVED_H
#define MEASURE_DERIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/measure.h"

struct derived_row {
	const char *name, *what;
	const char *minuend, *subtrahend; /* operations */
};

extern const struct derived_row derived_rows[];
extern const size_t derived_row_count;

/*
 * Difference of the medians, and an interval that holds it when both medians
 * are in theirs: from the lowest to the highest difference of their bounds.
 */
struct derived {
	const struct derived_row *row;
	int64_t cycles, ci_low, ci_high;
};

/* Keep what row @op came to, in case that it is part of a difference. */
void derived_note(const struct op *op, const struct measurement *m);

/* Row @index of derived_rows; false unless both its operations were measured. */
bool derived_get(size_t index, struct derived *d);

#endif
