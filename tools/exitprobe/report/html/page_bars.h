/* SPDX-License-Identifier: GPL-2.0-only */
/* The bars of the main table: how long one is, and what says so next to them. */
#ifndef REPORT_HTML_PAGE_BARS_H
#define REPORT_HTML_PAGE_BARS_H

#include "results/merge.h"

/*
 * Linear from 0 to the longest bar; logarithmic, from a power of ten to another, where
 * that is many times the usual one, which nobody could see beside it.  No bar is cut.
 */
struct bar_scale {
	bool is_log;
	double low, high; /* ticks at the ends of a bar's room */
	double step;	  /* between two lines, linear: ticks; else a factor of ten is */
};

extern const char *const part_titles[PART_COUNT];

struct bar_scale bar_scale_of(const struct merged *merged);

/* Legend, and the scale in words. */
void bar_legend(FILE *to, const struct merged *merged, const struct bar_scale *scale);

/* The figures at the scale's lines, for the head of the bars' column. */
void bar_axis(FILE *to, const struct bar_scale *scale);

/* The cell of one operation that was measured. */
void bar_cell(FILE *to, const struct op_result *op, const struct bar_scale *scale);

/* Whether the bar has parts: the operation has exits that the host counted. */
bool bar_has_parts(const struct op_result *op);

#endif
