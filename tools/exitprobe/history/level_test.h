/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a series has one level or two.
 *
 * The statistic is the maximally selected linear statistic: the standardized sum of scores
 * on one side of a split, at the split where it is largest (Lausen and Schumacher, Maximally
 * selected rank statistics, Biometrics 48, 1992).  No distribution is assumed:
 *
 *  up to LEVEL_TEST_PERMUTED values: the scores are the values' distances from their median in
 *     units of the noise, cut at +-5 (Huber), so that no outlier counts for more; p is the
 *     share of permutations of the series that are as extreme (Pitman, 1937);
 *  above: the scores are normal scores of the values' ranks (van der Waerden), p is equation 4
 *     of Lausen and Schumacher.
 */
#ifndef HISTORY_LEVEL_TEST_H
#define HISTORY_LEVEL_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values on each side of a split at least: one or two are what a busy minute makes. */
#define LEVEL_TEST_SIDE 3

#define LEVEL_TEST_PERMUTED 200

struct level_test {
	size_t split;	  /* the first value of the second level */
	double statistic; /* 0: all values are the same, or there are too few */
	double p;	  /* that one level has a split like this somewhere; 1 if there is none */
};

/*
 * @count values in the order in which they came.  @level: a greater p is of no interest, and
 * is then only some p above it.  The least p of a short series is 1 / (@permutations + 1).  The
 * same values give the same p each time.
 */
struct level_test level_test(const int64_t *values, size_t count, double level,
			     size_t permutations);

/* The standard normal distribution's quantile at 0 < @p < 1, to 7 digits. */
double level_test_quantile(double p);

#endif
