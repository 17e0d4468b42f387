/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between two rows that answer a question of their own. */
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
 * The difference of two medians and its interval, which reaches from the lowest
 * to the highest difference of their bounds. If both medians are within their
 * intervals, the difference is within this one.
 */
struct derived {
	const struct derived_row *row;
	int64_t cycles, ci_low, ci_high;
	bool control; /* the subtrahend is 0 on a machine of steady speed */
	enum difference_kind says;
	int64_t milli_exits; /* thousandths; 0 if nobody counts */
};

/*
 * Keep the result of @op if a difference uses it. Ignore it if the vCPU was
 * descheduled in most of its samples.
 */
void derived_note(const struct op *op, const struct measurement *m);

/*
 * Find the first difference from *@index on whose operations were both measured,
 * and advance *@index past it. Return false if there are no more. Start with 0.
 */
bool derived_next(size_t *index, struct derived *d);

#endif
