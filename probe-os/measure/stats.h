/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics of integer samples, without floating point and without allocation. */
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
 * One bucket of a histogram has @count values from @low up to the next bucket's
 * @low. Below 256 every value has a bucket of its own. Above, 128 buckets of equal
 * width lie between two powers of two, so a bucket spans at most 0.8 % of the value.
 */
struct bucket {
	int64_t low;
	size_t count;
};

/* Sort in place and ascending, in O(n log n) for any order. */
void stats_sort(int64_t *values, size_t count);

/*
 * Return the @percent-th percentile of @count > 0 sorted values by nearest rank:
 * the smallest value that at least this share of all values does not exceed.
 */
int64_t stats_percentile(const int64_t *sorted, size_t count, unsigned int percent);

/*
 * Sort @values and describe them, with all zeros for @count 0. The median's
 * interval needs no assumption about the distribution: it uses the order
 * statistics that bound a binomial B(count, 1/2) (David and Nagaraja, Order
 * Statistics, 7.1). With fewer than six values it is the range.
 */
struct stats stats_of(int64_t *values, size_t count);

/*
 * Call @emit with @context and each bucket of @count sorted values that is not
 * empty, in order.
 */
void stats_histogram(const int64_t *sorted, size_t count,
		     void (*emit)(void *context, const struct bucket *bucket), void *context);

/* Return @sum / @count, @count > 0, rounded to nearest, halves away from zero. */
int64_t stats_rounded(int64_t sum, int64_t count);

/* Return half the width of the median's interval, rounded up. */
int64_t stats_half_interval(const struct stats *s);

/* Sort @count > 0 values and return the most frequent one, or the smallest of several. */
int64_t stats_mode(int64_t *values, size_t count);

#endif
