/* SPDX-License-Identifier: GPL-2.0-only */
/* What the difference of two medians says: the probe and the reports decide alike. */
#ifndef DIFFERENCE_H
#define DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "record_fields.h"

/* Two readings of a clock may differ by a tick without a reason. */
#define DIFFERENCE_TICK 1

/* A difference that is somewhere from @low to @high. */
static inline enum difference_kind difference_of(int64_t low, int64_t high)
{
	if (low >= -DIFFERENCE_TICK && high <= DIFFERENCE_TICK)
		return DIFFERENCE_NONE;
	if (low > 0)
		return DIFFERENCE_MORE;
	return high < 0 ? DIFFERENCE_LESS : DIFFERENCE_UNKNOWN;
}

/*
 * The same where the subtrahend is a control, which is from @control_low to @control_high
 * and would be 0 on a machine of steady speed.
 */
static inline enum difference_kind
difference_from_control(int64_t low, int64_t high, int64_t control_low, int64_t control_high)
{
	enum difference_kind control = difference_of(control_low, control_high);

	if (control == DIFFERENCE_MORE || control == DIFFERENCE_LESS)
		return DIFFERENCE_UNKNOWN;
	return difference_of(low, high);
}

#endif
