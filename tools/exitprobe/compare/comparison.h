/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two merged results, operation by operation.
 *
 * Where both are deterministic the difference is exact.  Else p50 by Mann and
 * Whitney's test on the merged histograms, and a part, of which each boot has one
 * mean, by the same test on the boots' means; over all operations by Holm, at 5 %.
 *
 *  slower, faster  significant, its 95 % interval without 0, at least the threshold
 *                  and a tick, and more than lies between the boots of either file
 *  same            the whole interval within the threshold or one tick
 *  can't tell      anything else, and why: first of all with fewer than three boots
 *                  in either file (docs/results.md has what that would lead to)
 */
#ifndef COMPARE_COMPARISON_H
#define COMPARE_COMPARISON_H

#include <stdbool.h>

#include "compare/mann_whitney.h"
#include "results/merge.h"

#define COMPARISON_LEVEL 0.05 /* significance */
#define COMPARISON_BOOTS 3    /* that each file needs, unless deterministic */

enum verdict { VERDICT_SAME, VERDICT_FASTER, VERDICT_SLOWER, VERDICT_UNSURE, VERDICT_COUNT };

/* The parts are in the order of enum part, behind p50. */
enum metric { METRIC_P50, METRIC_OUT, METRIC_KERNEL, METRIC_USER, METRIC_HALTED, METRIC_IN };

extern const char *const verdict_names[VERDICT_COUNT];
extern const char *const metric_names[];

struct change {
	const struct merged_op *base, *now;
	int64_t base_value, now_value;
	struct interval interval; /* of the difference, in ticks */
	bool tested;		  /* p means something */
	double p;		  /* by Holm */
	int64_t spread;		  /* the larger of the boots' */
	enum verdict verdict;
	const char *why; /* it is not told; NULL if it is */
};

/* A thing that differs; one of the two may be NULL: it is not there. */
struct difference {
	char *name, *base, *now;
};

struct difference_list {
	size_t count;
	struct difference *list;
};

struct comparison {
	const struct merged *base, *now;
	enum metric metric;
	double threshold; /* a share: 0.01; of the deterministic 0 if not given */
	bool deterministic;
	struct difference_list obstacles; /* for which the two cannot be compared */
	struct difference_list machines;  /* what else differs between machines and builds */
	struct difference_list loads;	  /* how busy they were: of the day, not of the machine */
	struct difference_list exits;	  /* operations of both with other exits or outcomes */
	size_t other_exits;		  /* of those, counted in both */
	bool more_exits;		  /* or no longer measured: any of those is for the worse */
	size_t alone_count[2];		  /* operations that the base, or the other, has alone */
	char *alone[2];			  /* the first of their names */
	size_t count;
	struct change *changes; /* of what both measured and the metric is known of */
	size_t untold;		/* measured by both, but without the metric */
	size_t verdicts[VERDICT_COUNT];
};

/* Several with one base. */
struct comparisons {
	size_t count;
	struct comparison **list; /* all of the same base and metric */
	bool force;		  /* figures are shown though there are obstacles */
};

/* For @threshold: 0 between two deterministic runs, else 1 %. */
#define COMPARISON_THRESHOLD_DEFAULT (-1.0)

struct comparison *comparison_of(const struct merged *base, const struct merged *now,
				 enum metric metric, double threshold);
void comparison_free(struct comparison *comparison);

/* An exit_status: 0 same or faster; 1 something slower, or exits more often; 2. */
int comparison_status(const struct comparison *comparison, bool force);

/* Of all: not comparable before slower before same. */
int comparisons_status(const struct comparisons *all);

/*
 * Of the base, in per cent; false: the base is less than the empty bracket, or the other
 * not above 0, so that what is left after that is taken off is no measure for a change.
 * The ticks then say more.
 */
bool comparison_percent(const struct comparison *comparison, const struct change *change,
			double ticks, double *percent);

/* The same as a text, "+1.25%" with that @sign for per cent; without it the ticks, "+5". */
const char *comparison_percent_text(const struct comparison *comparison,
				    const struct change *change, double ticks, const char *sign,
				    char *text, size_t size);

/* ", ..." where only the first of the names of @side are in alone, else "". */
const char *comparison_more(const struct comparison *comparison, int side);

/* How the verdicts come about, in one line. */
const char *comparison_method(const struct comparison *comparison);

/* What differs beside the figures: in differences.c. */
void comparison_find_obstacles(struct comparison *comparison);
void comparison_find_machines(struct comparison *comparison);
void comparison_find_exits(struct comparison *comparison);

#endif
