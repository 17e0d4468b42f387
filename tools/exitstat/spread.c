// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/spread.h"

#include <math.h>

void spread_add(struct spread *spread, uint64_t value)
{
	double from_old_mean = (double)value - spread->mean;

	spread->n++;
	spread->mean += from_old_mean / spread->n;
	spread->squares += from_old_mean * ((double)value - spread->mean);
}

double spread_percent(const struct spread *spread)
{
	if (spread->n < 2 || spread->mean <= 0)
		return 0;
	return 100 * sqrt(spread->squares / (spread->n - 1)) / spread->mean;
}
