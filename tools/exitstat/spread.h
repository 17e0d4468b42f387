/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_SPREAD_H
#define EXITSTAT_SPREAD_H

#include <stdint.h>

/* Mean and deviation of values that come one by one (Welford's method). */
struct spread {
	double mean, squares;
	unsigned int n;
};

void spread_add(struct spread *spread, uint64_t value);

/* The sample's standard deviation in percent of the mean; 0 for less than two values. */
double spread_percent(const struct spread *spread);

#endif
