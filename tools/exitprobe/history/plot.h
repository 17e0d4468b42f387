/* SPDX-License-Identifier: GPL-2.0-only */
/* The plots of a history's page: small ones as SVG, and the data of which the script makes large ones. */
#ifndef HISTORY_PLOT_H
#define HISTORY_PLOT_H

#include <stdio.h>

#include "history/downsample.h"

/* One operation: a line of medians in the band from the lowest to the highest, and its changes. */
void plot_small(FILE *to, const struct analysis *analysis, const struct history_op *op,
		const struct bucket *buckets);

/* The same figures with the parts, for history.js; plot_begin() and plot_end() enclose them. */
void plot_data_begin(FILE *to, const struct analysis *analysis);
void plot_data(FILE *to, const struct analysis *analysis, const struct history_op *op,
	       const struct bucket *buckets, bool is_first);
void plot_data_end(FILE *to);

#endif
