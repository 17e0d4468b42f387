/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics of integer samples.  No floating point, no memory of its own. */
#ifndef MEASURE_STATS_H
#define MEASURE_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats {
	size_t count;
	int64_t min, p50, p90, p99, max;
	int64_t mean;		 /* of the middle 80 %, rounded to nearest */
	int64_t ci_low, ci_high; /* 95 % interval of the median */
};

/*
 * One bucket of a histogram: @count values from @low up to the next bucket's.
 * Below 256 every value has its own; above, 128 buckets are as wide as each
 * other from one power of two to the next: at most 0.8 % of the value.
 */
struct bucket {
	int64_t low;
	size_t count;
};

/* Ascending, in place, O(n log n) whatever the order was. */
void stats_sort(int64_t *values, size_t count);

/*
 * The @percent-th percentile of @count > 0 sorted values by nearest rank: the
 * smallest value with at least that share of all at or below it.
 */
int64_t stats_percentile(const int64_t *sorted, size_t count, unsigned int percent);

/*
 * Sort @values and describe them; all zeros for @count 0.  The median's interval
 * is distribution-free, from the order statistics that bound a binomial
 * B(count, 1/2) (David and Nagaraja, Order Statistics, 7.1); with fewer than
 * six values it is the range.
 */
struct stats stats_of(int64_t *values, size_t count);

/*
 * The buckets that are not empty, in order, of @count sorted values: calls
 * @emit with each and @context.
 */
void stats_histogram(const int64_t *sorted, size_t count,
		     void (*emit)(void *context, const struct bucket *bucket), void *context);

/* @sum / @count, @count > 0, to the nearest whole, halves away from zero. */
int64_t stats_rounded(int64_t sum, int64_t count);

/* Half of the median's interval, rounded up. */
int64_t stats_half_interval(const struct stats *s);

/* The most frequent of @count > 0 values, the smallest of those at a tie; sorts. */
int64_t stats_mode(int64_t *values, size_t count);

#endif
