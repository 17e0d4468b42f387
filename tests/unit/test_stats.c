// SPDX-License-Identifier: GPL-2.0-only
/* Statistics against slow, plain definitions. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdlib.h>

#include "measure/stats.h"

#define MAX 2000

static uint64_t seed = 88172645463325252ull;

/* xorshift64: the same values in every run. */
static int64_t next_value(int64_t range)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)(2 * range + 1)) - range;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void test_sort_is_qsort(void **state)
{
	static int64_t ours[MAX], libc[MAX];

	(void)state;
	for (size_t count = 0; count < 300; count++) {
		for (size_t i = 0; i < count; i++)
			ours[i] = libc[i] = next_value(count % 3 ? 5 : INT32_MAX);
		stats_sort(ours, count);
		qsort(libc, count, sizeof(libc[0]), by_value);
		assert_memory_equal(ours, libc, count * sizeof(ours[0]));
	}
}

/* Nearest rank by its definition. */
static void test_percentile_is_the_nearest_rank(void **state)
{
	int64_t sorted[101];

	(void)state;
	for (int i = 0; i < 101; i++)
		sorted[i] = 10 * i;
	for (size_t count = 1; count <= 101; count++) {
		for (unsigned int p = 0; p <= 100; p++) {
			size_t rank = 1;

			while (rank * 100 < p * count)
				rank++;
			assert_int_equal(stats_percentile(sorted, count, p), sorted[rank - 1]);
		}
	}
}

static void test_known_values(void **state)
{
	int64_t values[] = { 5, 1, 4, 2, 3, 1000, 6, 7, 8, 9 };
	struct stats s = stats_of(values, 10);

	(void)state;
	assert_int_equal(s.count, 10);
	assert_int_equal(s.min, 1);
	assert_int_equal(s.p50, 5);
	assert_int_equal(s.p99, 1000);
	assert_int_equal(s.max, 1000);
	assert_int_equal(s.p90, 9);
	assert_int_equal(s.mean, 6); /* 2 to 9: 5.5 */
	/* Second of each end: 2 (1 + 10) / 2^10 = 2.1 % outside. */
	assert_int_equal(s.ci_low, 2);
	assert_int_equal(s.ci_high, 9);
}

static void test_negative_values(void **state)
{
	int64_t values[] = { -3, -1, -2, -4 };
	struct stats s = stats_of(values, 4);

	(void)state;
	assert_int_equal(s.min, -4);
	assert_int_equal(s.max, -1);
	assert_int_equal(s.mean, -3); /* -2.5 */
	assert_int_equal(s.p50, -3);
}

static void test_none(void **state)
{
	struct stats s = stats_of(NULL, 0);

	(void)state;
	assert_int_equal(s.count, 0);
	assert_int_equal(s.p50, 0);
}

/* P(B(n, 1/2) < l) */
static double binomial_below(size_t n, size_t l)
{
	double sum = 0;

	for (size_t k = 0; k < l; k++)
		sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
			   lgamma((double)(n - k) + 1) - (double)n * log(2));
	return sum;
}

/* The interval's ranks against the exact binomial: at least 95 %, not much more. */
static void test_interval_covers_the_median(void **state)
{
	static int64_t values[MAX];

	(void)state;
	for (size_t n = 6; n < MAX; n += 1 + n / 50) {
		struct stats s;
		double outside;

		for (size_t i = 0; i < n; i++)
			values[i] = (int64_t)i + 1; /* a value is its rank */
		s = stats_of(values, n);
		assert_int_equal(s.ci_low + s.ci_high, (int64_t)n + 1);
		/* P(median below x_l) is P(B < l): fewer than l values are lower. */
		outside = 2 * binomial_below(n, (size_t)s.ci_low);
		assert_true(outside <= 0.05);
		if (n >= 30)
			assert_true(outside > 0.02);
	}
}

static void test_half_interval_is_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(stats_half_interval(&(struct stats){ .ci_low = 7, .ci_high = 7 }), 0);
	assert_int_equal(stats_half_interval(&(struct stats){ .ci_low = 7, .ci_high = 8 }), 1);
	assert_int_equal(stats_half_interval(&(struct stats){ .ci_low = -3, .ci_high = 7 }), 5);
}

static void test_rounded(void **state)
{
	(void)state;
	for (int64_t sum = -50; sum <= 50; sum++)
		for (int64_t count = 1; count < 12; count++)
			assert_int_equal(stats_rounded(sum, count),
					 llround((double)sum / (double)count));
}

static struct bucket buckets[MAX];
static size_t bucket_count;

static void keep_bucket(void *context, const struct bucket *b)
{
	assert_ptr_equal(context, buckets);
	buckets[bucket_count++] = *b;
}

/* Every value lies in the last bucket that begins at or below it, near its beginning. */
static void test_histogram(void **state)
{
	static int64_t values[MAX];

	(void)state;
	for (int round = 0; round < 50; round++) {
		size_t total = 0;

		for (size_t i = 0; i < MAX; i++)
			values[i] = next_value((int64_t)1 << (1 + round));
		stats_sort(values, MAX);
		bucket_count = 0;
		stats_histogram(values, MAX, keep_bucket, buckets);
		for (size_t b = 0; b < bucket_count; b++) {
			assert_true(buckets[b].count > 0);
			for (size_t i = 0; i < buckets[b].count; i++) {
				int64_t value = values[total + i];

				assert_true(value >= buckets[b].low);
				if (b + 1 < bucket_count)
					assert_true(value < buckets[b + 1].low);
				assert_true(value - buckets[b].low <=
					    (value < 256 ? 0 : value / 128));
			}
			total += buckets[b].count;
		}
		assert_int_equal(total, MAX);
	}
	bucket_count = 0;
	stats_histogram(values, 0, keep_bucket, buckets);
	assert_int_equal(bucket_count, 0);
}

static void test_mode(void **state)
{
	int64_t most[] = { 3, 1, 3, 2, 3, 1 }, tie[] = { 2, 1, 2, 1 }, one[] = { 7 };

	(void)state;
	assert_int_equal(stats_mode(most, 6), 3);
	assert_int_equal(stats_mode(tie, 4), 1);
	assert_int_equal(stats_mode(one, 1), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort_is_qsort),
		cmocka_unit_test(test_percentile_is_the_nearest_rank),
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_negative_values),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_interval_covers_the_median),
		cmocka_unit_test(test_half_interval_is_rounded_up),
		cmocka_unit_test(test_rounded),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
