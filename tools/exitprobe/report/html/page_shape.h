/* SPDX-License-Identifier: GPL-2.0-only */
/* What a plot shows of an operation's samples: points and ranges. */
#ifndef REPORT_HTML_PAGE_SHAPE_H
#define REPORT_HTML_PAGE_SHAPE_H

#include <stddef.h>

#include "results/merge.h"

#define SHAPE_BINS   56
#define SHAPE_POINTS 28 /* more are put into the bins */

struct shape {
	double low, high, step;	 /* bin @b begins at @low + @b * @step */
	double bins[SHAPE_BINS]; /* samples of which only a range is known */
	size_t point_count;
	struct shape_point { /* samples whose value is known to the tick */
		double at, samples;
	} points[SHAPE_POINTS];
};

/* Of the samples of @m, which was measured, each boot's by the boot's own figures. */
void shape_make(struct shape *shape, const struct merged_op *m);

#endif
