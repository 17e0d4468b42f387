// SPDX-License-Identifier: GPL-2.0-only
/* The test for two levels against all permutations, and changes that are there and are not. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history/changes.h"
#include "history/level_test.h"

#define MAX 2000

/* What few series need: changes_permutations(). */
#define PERMUTATIONS 4999

static uint64_t seed = 88172645463325252ull;

/* xorshift64: the same values in every run. */
static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return ((double)(seed >> 11) + 0.5) / (double)(1ull << 53);
}

/* A run's median of 10000 ticks with noise of @sd ticks. */
static int64_t noise(double sd)
{
	return 10000 + llround(sd * level_test_quantile(uniform()));
}

static void quantiles(void **state)
{
	(void)state;
	assert_true(fabs(level_test_quantile(0.5)) < 1e-9);
	for (double x = -6; x <= 6; x += 0.25) {
		double p = 0.5 * erfc(-x / sqrt(2));

		assert_true(fabs(level_test_quantile(p) - x) < 1e-5);
	}
}

/* The statistic by its definition, split by split: of scores whose sum is 0. */
static double plain_statistic(const double *scores, size_t count)
{
	double squares = 0, most = 0;

	for (size_t i = 0; i < count; i++)
		squares += scores[i] * scores[i];
	for (size_t t = LEVEL_TEST_SIDE; t + LEVEL_TEST_SIDE <= count; t++) {
		double sum = 0;

		for (size_t i = 0; i < t; i++)
			sum += scores[i];
		most = fmax(most, fabs(sum) / sqrt(squares * (double)(t * (count - t)) /
						   (double)(count * (count - 1))));
	}
	return most;
}

static void exchange(double *a, double *b)
{
	double other = *a;

	*a = *b;
	*b = other;
}

/* Every order of @values from @from on: how many there are, how many as extreme as @observed. */
static void all_orders(double *values, size_t from, size_t count, double observed, size_t *extreme,
		       size_t *orders)
{
	if (from == count) {
		++*orders;
		*extreme += plain_statistic(values, count) >= observed - 1e-9;
		return;
	}
	for (size_t i = from; i < count; i++) {
		exchange(&values[from], &values[i]);
		all_orders(values, from + 1, count, observed, extreme, orders);
		exchange(&values[from], &values[i]);
	}
}

static void permutations(void **state)
{
	/* Their medians are 0, and half of the neighbours are 1 apart: each is its own score. */
	static const int64_t series[][8] = {
		{ -2, -1, 0, -1, 0, 1, 2, 1 },
		{ 0, 1, 0, 1, -1, 0, -2, -1 },
		{ -1, 0, -1, -1, 1, 2, 2, 0 },
	};

	(void)state;
	for (size_t s = 0; s < sizeof(series) / sizeof(series[0]); s++) {
		size_t extreme = 0, orders = 0;
		double scores[8], mean = 0;
		struct level_test test = level_test(series[s], 8, 1, PERMUTATIONS);

		for (size_t i = 0; i < 8; i++)
			mean += (double)series[s][i] / 8;
		for (size_t i = 0; i < 8; i++)
			scores[i] = (double)series[s][i] - mean;
		assert_true(fabs(test.statistic - plain_statistic(scores, 8)) < 1e-9);
		all_orders(scores, 0, 8, test.statistic, &extreme, &orders);
		assert_int_equal(orders, 40320);
		/* Within four standard deviations. */
		assert_true(fabs(test.p - (double)extreme / 40320) < 4 * sqrt(0.25 / PERMUTATIONS));
	}
	assert_int_equal(level_test(series[0], 8, 1, PERMUTATIONS).split, 5);
	assert_true(level_test(series[0], 8, 1, PERMUTATIONS).p ==
		    level_test(series[0], 8, 1, PERMUTATIONS).p);
}

static void nothing_to_test(void **state)
{
	static const int64_t same[10] = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 };
	struct level_test test = level_test(same, 10, 0.05, PERMUTATIONS);

	(void)state;
	assert_true(test.p >= 1 && test.statistic <= 0);
	assert_true(level_test(same, 5, 0.05, PERMUTATIONS).p >= 1);
	assert_true(level_test(same, 0, 0.05, PERMUTATIONS).p >= 1);
	assert_true(changes_p(same, 10, PERMUTATIONS) >= 1);
}

/* The approximation is of use where it does not tell smaller p than there are. */
static void approximation(void **state)
{
	static const size_t counts[] = { 201, 1000 };

	(void)state;
	for (size_t c = 0; c < 2; c++) {
		size_t found[2] = { 0 };

		for (int i = 0; i < 2000; i++) {
			int64_t values[1000];
			double p;

			for (size_t j = 0; j < counts[c]; j++)
				values[j] = noise(100);
			p = level_test(values, counts[c], 1, PERMUTATIONS).p;
			found[0] += p <= 0.05;
			found[1] += p <= 0.01;
		}
		/* 2000 times 5 %: 100, two standard deviations are 20; 1 %: 20 and 9. */
		assert_in_range(found[0], 20, 120);
		assert_in_range(found[1], 2, 29);
	}
}

/* Benjamini and Hochberg's own example: four of fifteen (1995, section 4). */
static void levels(void **state)
{
	static const double p[15] = { 0.0459, 0.0001, 0.0004, 0.4262, 0.0019,
				      0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
				      0.3240, 0.5719, 0.6528, 0.7590, 1.0000 };
	static const double none[4] = { 0.02, 0.3, 0.9, 0.5 };

	(void)state;
	assert_true(fabs(changes_level(p, 15) - 0.05 * 4 / 15) < 1e-12);
	assert_true(fabs(changes_level(none, 4) - 0.05 / 4) < 1e-12);
	assert_true(fabs(changes_level(NULL, 0) - 0.05) < 1e-12);
}

/* The share of @series series of @count values with a shift of @shift at @at that show one. */
static double found_in(size_t series, size_t count, size_t at, double sd, double shift,
		       double level)
{
	struct change_rule rule = { .level = level,
				    .permutations = PERMUTATIONS,
				    .threshold = CHANGES_THRESHOLD };
	size_t found = 0;

	for (size_t s = 0; s < series; s++) {
		struct change_point *points;
		int64_t values[MAX];

		for (size_t i = 0; i < count; i++)
			values[i] = noise(sd) + (i >= at ? llround(10000 * shift) : 0);
		found += changes_find(values, count, &rule, &points) > 0;
		free(points);
	}
	return (double)found / (double)series;
}

static void false_alarms(void **state)
{
	(void)state;
	/* Noise of 5 % against a threshold of 1 %, so that the test alone decides. */
	assert_true(found_in(1000, 12, 0, 500, 0, 0.05) <= 0.07);
	assert_true(found_in(1000, 40, 0, 500, 0, 0.05) <= 0.07);
	assert_true(found_in(500, 300, 0, 500, 0, 0.05) <= 0.07);
	/* As one of a hundred operations. */
	assert_true(found_in(1000, 40, 0, 500, 0, 0.0005) <= 0.005);
}

static void shifts(void **state)
{
	(void)state;
	/* As one of 100 operations, noise 0.5 %: 2 % with ten runs after it, of 40 and of 1000. */
	assert_true(found_in(100, 40, 30, 50, 0.02, 0.0005) >= 0.95);
	assert_true(found_in(20, 1000, 990, 50, 0.02, 0.0005) >= 0.9);
	/* Four runs are enough where the change is far beyond the noise. */
	assert_true(found_in(100, 40, 36, 50, 0.1, 0.0005) >= 0.95);
	assert_true(found_in(20, 1000, 996, 50, 0.1, 0.0005) >= 0.95);
	/* Less than the threshold is no change, however sure. */
	assert_true(found_in(20, 200, 100, 5, 0.005, 0.05) <= 0);
}

/*
 * Of @series that are tested together, how many are found to change; the first one does, by half,
 * in the last @runs of @count values.
 */
static size_t found_of(size_t series, size_t count, size_t runs)
{
	struct change_rule rule = { .permutations = changes_permutations(series),
				    .threshold = CHANGES_THRESHOLD };
	int64_t(*values)[MAX] = calloc(series, sizeof(*values));
	double *p = calloc(series, sizeof(*p));
	size_t found = 0;

	for (size_t s = 0; s < series; s++) {
		for (size_t i = 0; i < count; i++)
			values[s][i] = noise(500) + (!s && i + runs >= count ? 5000 : 0);
		p[s] = changes_p(values[s], count, rule.permutations);
	}
	rule.level = changes_level(p, series);
	for (size_t s = 0; s < series; s++) {
		struct change_point *points;
		size_t changes = changes_find(values[s], count, &rule, &points);

		found += changes > 0;
		if (!s && runs) {
			assert_int_equal(changes, 1);
			assert_int_equal(points[0].at, count - runs);
		}
		free(points);
	}
	free(values);
	free(p);
	return found;
}

/* One operation of many: the more are tested, the smaller its p must be, and can be. */
static void alone(void **state)
{
	size_t alarms = 0;

	(void)state;
	assert_int_equal(changes_permutations(0), 4999);
	assert_int_equal(changes_permutations(62), 4999);
	assert_int_equal(changes_permutations(300), 24000);
	assert_true(found_of(126, 240, 3) <= 2);
	assert_true(found_of(150, 240, 4) <= 2);
	assert_true(found_of(300, 240, 3) <= 2);
	assert_true(found_of(300, 60, 4) <= 2);
	/* 5 % of 60 are 3, and three standard deviations are 5. */
	for (int i = 0; i < 60; i++)
		alarms += found_of(150, 12, 0) > 0;
	assert_in_range(alarms, 0, 8);
}

static void places(void **state)
{
	struct change_rule rule = { .level = 0.01,
				    .permutations = PERMUTATIONS,
				    .threshold = CHANGES_THRESHOLD };
	struct change_point *points;
	int64_t values[300];
	size_t count;

	(void)state;
	for (size_t i = 0; i < 300; i++)
		values[i] = noise(20) + (i >= 250 ? 400 : i >= 100 ? 1000 : 0);
	count = changes_find(values, 300, &rule, &points);
	assert_int_equal(count, 2);
	assert_int_equal(points[0].at, 100);
	assert_int_equal(points[1].at, 250);
	assert_in_range(points[0].before, 9990, 10010);
	assert_in_range(points[0].after, 10990, 11010);
	assert_in_range(points[1].after, 10390, 10410);
	assert_true(points[0].p <= 0.01 && points[1].p <= 0.01);
	free(points);
}

static void exact(void **state)
{
	static const int64_t values[] = { 3169, 3169, 3170, 3170, 3169 };
	struct change_rule rule = { .is_exact = true };
	struct change_point *points;

	(void)state;
	assert_int_equal(changes_find(values, 5, &rule, &points), 2);
	assert_int_equal(points[0].at, 2);
	assert_int_equal(points[0].before, 3169);
	assert_int_equal(points[0].after, 3170);
	assert_int_equal(points[1].at, 4);
	free(points);
	assert_int_equal(changes_find(values, 2, &rule, &points), 0);
	assert_null(points);
	assert_int_equal(changes_find(values, 1, &rule, &points), 0);
	assert_int_equal(changes_find(values, 0, &rule, &points), 0);
	rule.threshold = 0.01;
	assert_int_equal(changes_find(values, 5, &rule, &points), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),	   cmocka_unit_test(permutations),
		cmocka_unit_test(nothing_to_test), cmocka_unit_test(approximation),
		cmocka_unit_test(levels),	   cmocka_unit_test(false_alarms),
		cmocka_unit_test(shifts),	   cmocka_unit_test(alone),
		cmocka_unit_test(places),	   cmocka_unit_test(exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
