/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether two sets of samples differ, and by how much; no distribution is assumed. */
#ifndef COMPARE_MANN_WHITNEY_H
#define COMPARE_MANN_WHITNEY_H

#include <stdbool.h>
#include <stddef.h>

#include "results/results.h"

struct mann_whitney {
	double u;   /* of the first set: pairs in which it is the larger, a tie half */
	double p;   /* two-sided */
	bool exact; /* by the permutation distribution, else the normal one */
};

/*
 * Mann and Whitney's U (1947) of two histograms; what is in one bucket is a tie.
 * Up to 40 samples together p is exact, ties included: the share of all divisions
 * of their midranks that are at least as uneven.  Above, by the normal
 * approximation with the correction for ties and for continuity (Lehmann,
 * Nonparametrics, 1.2 and 1.4).  p is 1 if either is empty.
 */
struct mann_whitney mann_whitney(const struct histogram *a, const struct histogram *b);

/*
 * Holm (1979): @p of @count tests, in place, so that among all of them a false
 * finding is as likely as each p says.
 */
void mann_whitney_holm(double *p, size_t count);

struct interval {
	double low, high;
};

/*
 * The interval of b - a from that of each, by the method of variance estimates
 * recovery (Zou and Donner, Statistics in Medicine 27, 2008): the squares of the
 * distances to the bounds add up.
 */
struct interval mann_whitney_difference(double a, struct interval of_a, double b,
					struct interval of_b);

#endif
