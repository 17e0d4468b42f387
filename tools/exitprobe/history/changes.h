/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the level of a series changes. */
#ifndef HISTORY_CHANGES_H
#define HISTORY_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANGES_LEVEL	  0.05 /* of all tests of a record together */
#define CHANGES_THRESHOLD 0.01 /* a share of the level before; exact series: 0 */

/* How changes of a series are found. */
struct change_rule {
	bool is_exact;	     /* every difference between two values is one */
	double level;	     /* of the test of this series */
	size_t permutations; /* as changes_permutations() says */
	double threshold; /* a smaller share of the level before is none, nor is less than a tick */
};

/* The values from @at on have another level than those before. */
struct change_point {
	size_t at;
	int64_t before, after; /* the medians of the two levels, up to the next change */
	double p;	       /* 0 where exact */
};

/*
 * Exact: each value that differs from the one before.  Else by binary segmentation
 * (Vostrikova, Soviet Mathematics Doklady 24, 1981): the test of level_test.h on all values,
 * then on either side of each split that it finds.  In a long series the newest values are
 * tested once more by themselves, since a few new ones show better among fewer old ones.  Of
 * the splits, the one with the smallest change is then removed until each has the threshold.
 * Returns their number; @found is allocated, NULL if there are none.
 */
size_t changes_find(const int64_t *values, size_t count, const struct change_rule *rule,
		    struct change_point **found);

/*
 * How many permutations tell the p of one of @series that are tested together: with fewer, a
 * series that changes alone could not have as small a p as its level.
 */
size_t changes_permutations(size_t series);

/* The p that the series has one level. */
double changes_p(const int64_t *values, size_t count, size_t permutations);

/*
 * The level for each of several series that are tested together, by the p of each: that of
 * Benjamini and Hochberg (1995).  Of those that are then said to change, 5 % do not on average;
 * if none changes, the probability of any is 5 %.
 */
double changes_level(const double *p, size_t series);

#endif
