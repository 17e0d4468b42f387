// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/level_test.h"

#include <math.h>
#include <stdlib.h>

#include "lib/message.h"
#include "results/merge.h"

#define CUT 5.0 /* of a score that is a distance */

/* The median of |a - b| of two values with noise 1 (normal): sqrt(2) times its 75 % quantile. */
#define MEDIAN_DIFFERENCE 0.9539

/* Of the same the mean: 2 / sqrt(pi). */
#define MEAN_DIFFERENCE 1.1284

#define SEED 0x9e3779b97f4a7c15

/* Marsaglia, Xorshift RNGs, Journal of Statistical Software 8, 2003. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Horner's rule, the highest power first. */
static double polynomial(const double *factors, size_t count, double x)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum = sum * x + factors[i];
	return sum;
}

/* Wichura, Algorithm AS 241 (PPND7), Applied Statistics 37, 1988. */
double level_test_quantile(double p)
{
	static const double a[] = { 59.109374720, 159.29113202, 50.434271938, 3.3871327179 };
	static const double b[] = { 67.187563600, 78.757757664, 17.895169469, 1 };
	static const double c[] = { 0.17023821103, 1.3067284816, 2.7568153900, 1.4234372777 };
	static const double d[] = { 0.12021132975, 0.73700164250, 1 };
	static const double e[] = { 0.017337203997, 0.42868294337, 3.0812263860, 6.6579051150 };
	static const double f[] = { 0.012258202635, 0.24197894225, 1 };
	double q = p - 0.5, r, value;

	if (fabs(q) <= 0.425) {
		r = 0.180625 - q * q;
		return q * polynomial(a, 4, r) / polynomial(b, 4, r);
	}
	r = sqrt(-log(q < 0 ? p : 1 - p));
	if (r <= 5)
		value = polynomial(c, 4, r - 1.6) / polynomial(d, 3, r - 1.6);
	else
		value = polynomial(e, 4, r - 5) / polynomial(f, 3, r - 5);
	return copysign(value, q);
}

struct value {
	int64_t value;
	size_t at;
};

static int by_value(const void *a, const void *b)
{
	const struct value *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Normal scores of the midranks; false: all are the same. */
static bool score_ranks(const int64_t *values, size_t count, double *scores)
{
	struct value *sorted = xcalloc(count, sizeof(*sorted));
	bool differ;

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct value){ values[i], i };
	qsort(sorted, count, sizeof(*sorted), by_value);
	differ = sorted[0].value != sorted[count - 1].value;
	for (size_t i = 0, end; differ && i < count; i = end) {
		double quantile;

		for (end = i + 1; end < count && sorted[end].value == sorted[i].value; end++)
			;
		quantile = level_test_quantile(((double)(i + end + 1) / 2) / (double)(count + 1));
		for (size_t j = i; j < end; j++)
			scores[sorted[j].at] = quantile;
	}
	free(sorted);
	return differ;
}

/*
 * The noise, from neighbours: a change of the level is between two of them only.  Where most
 * of them are the same it is their mean distance, as on a control chart of single values.
 */
static double noise_of(const int64_t *values, size_t count)
{
	int64_t *distances = xcalloc(count, sizeof(*distances));
	double sum = 0, noise;

	for (size_t i = 1; i < count; i++) {
		distances[i - 1] = llabs(values[i] - values[i - 1]);
		sum += (double)distances[i - 1];
	}
	noise = (double)merge_median(distances, count - 1) / MEDIAN_DIFFERENCE;
	free(distances);
	return noise > 0 ? noise : sum / (double)(count - 1) / MEAN_DIFFERENCE;
}

/* Distances from the median; false: all values are the same. */
static bool score_distances(const int64_t *values, size_t count, double *scores)
{
	double middle = (double)merge_median(values, count), noise = noise_of(values, count);

	for (size_t i = 0; noise > 0 && i < count; i++)
		scores[i] = fmax(-CUT, fmin(CUT, ((double)values[i] - middle) / noise));
	return noise > 0;
}

/* Make the mean of @scores 0; the sum of their squares. */
static double centre(double *scores, size_t count)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < count; i++)
		mean += scores[i] / (double)count;
	for (size_t i = 0; i < count; i++) {
		scores[i] -= mean;
		squares += scores[i] * scores[i];
	}
	return squares;
}

/* The largest of the splits' squared statistics but for a factor that all have. */
static double largest(const double *scores, const double *weights, size_t count, size_t *split)
{
	double sum = 0, most = 0;

	for (size_t t = 1; t + LEVEL_TEST_SIDE <= count; t++) {
		double now;

		sum += scores[t - 1];
		now = sum * sum * weights[t];
		if (t >= LEVEL_TEST_SIDE && now > most) {
			most = now;
			*split = t;
		}
	}
	return most;
}

/* The p of a statistic @b of @count values; at most 1. */
static double approximate(double b, size_t count)
{
	double e = (double)LEVEL_TEST_SIDE / (double)count,
	       density = exp(-b * b / 2) / sqrt(2 * M_PI);

	if (b <= 1)
		return 1;
	return fmin(1, density * ((b - 1 / b) * log((1 - e) * (1 - e) / (e * e)) + 4 / b));
}

/* Fisher and Yates. */
static void shuffle(double *scores, size_t count, uint64_t *random)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = (size_t)((next_random(random) >> 32) * (i + 1) >> 32);
		double other = scores[i];

		scores[i] = scores[j];
		scores[j] = other;
	}
}

/*
 * The share of permutations that are as extreme as @observed, which counts as one of them
 * (Phipson and Smyth, 2010).  It ends early where it is above @level for sure.
 */
static double permuted(double *scores, const double *weights, size_t count, double observed,
		       double level, size_t permutations)
{
	size_t extreme = 0, done = 0, split;
	uint64_t random = SEED;

	while (done < permutations && (double)(extreme + 1) <= level * (double)(permutations + 1)) {
		shuffle(scores, count, &random);
		/* The same values in another order are the same but for rounding. */
		extreme += largest(scores, weights, count, &split) >= observed * (1 - 1e-9);
		done++;
	}
	return (double)(extreme + 1) / (double)(done + 1);
}

struct level_test level_test(const int64_t *values, size_t count, double level, size_t permutations)
{
	bool is_short = count <= LEVEL_TEST_PERMUTED;
	double *scores, *weights, squares, most;
	struct level_test test = { .p = 1 };

	if (count < 2 * LEVEL_TEST_SIDE)
		return test;
	scores = xcalloc(2 * count, sizeof(*scores));
	weights = scores + count;
	if (is_short ? score_distances(values, count, scores)
		     : score_ranks(values, count, scores)) {
		squares = centre(scores, count);
		for (size_t t = 1; t < count; t++)
			weights[t] = 1 / ((double)t * (double)(count - t));
		most = largest(scores, weights, count, &test.split);
		/* The variance of a sum of t of the scores is squares t (n - t) / n (n - 1). */
		test.statistic = sqrt(most * (double)count * (double)(count - 1) / squares);
		test.p = is_short ? permuted(scores, weights, count, most, level, permutations)
				  : approximate(test.statistic, count);
	}
	free(scores);
	return test;
}
