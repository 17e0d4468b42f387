// SPDX-License-Identifier: GPL-2.0-only
/* Rank tests against published examples and slow, plain definitions. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdlib.h>

#include "compare/mann_whitney.h"

#define MAX   200
#define CLOSE 1e-9

static uint64_t seed = 88172645463325252ull;

/* xorshift64: the same values in every run. */
static int64_t next_value(int64_t range)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)range);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A histogram of one sample to a value, in @buckets. */
static struct histogram histogram(int64_t *values, size_t count, struct histogram_bucket *buckets)
{
	struct histogram h = { .buckets = buckets, .samples = (int64_t)count };

	qsort(values, count, sizeof(values[0]), by_value);
	for (size_t i = 0; i < count; i++) {
		if (h.count && buckets[h.count - 1].low == values[i])
			buckets[h.count - 1].count++;
		else
			buckets[h.count++] = (struct histogram_bucket){ values[i], 1 };
	}
	return h;
}

static struct mann_whitney test_of(int64_t *a, size_t na, int64_t *b, size_t nb)
{
	static struct histogram_bucket in_a[MAX], in_b[MAX];
	struct histogram ha = histogram(a, na, in_a), hb = histogram(b, nb, in_b);

	return mann_whitney(&ha, &hb);
}

static void close_to(double got, double wanted, double by)
{
	if (!(fabs(got - wanted) <= by))
		fail_msg("%.9g is not %.9g", got, wanted);
}

/*
 * Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69: permeability
 * of a membrane at term and before; U = 35, one-sided p = 0.1272.
 */
static void test_hollander_and_wolfe(void **state)
{
	int64_t term[] = { 80, 83, 189, 104, 145, 138, 191, 164, 73, 146 };
	int64_t before[] = { 115, 88, 90, 74, 121 };
	struct mann_whitney t = test_of(term, 10, before, 5);

	(void)state;
	assert_true(t.exact);
	close_to(t.u, 35, CLOSE);
	close_to(t.p, 2 * 0.1272, 0.0001);
}

/* The tables' ends: all of one set below all of the other, 2 of C(n1 + n2, n1). */
static void test_complete_separation(void **state)
{
	int64_t low[] = { 1, 2, 3, 4, 5 }, high[] = { 6, 7, 8, 9, 10 };

	(void)state;
	close_to(test_of(low, 5, high, 5).p, 2.0 / 252, CLOSE);
	close_to(test_of(low, 4, high, 4).p, 2.0 / 70, CLOSE);
	close_to(test_of(low, 3, high, 3).p, 2.0 / 20, CLOSE);
	close_to(test_of(low, 5, high, 5).u, 0, CLOSE);
	close_to(test_of(high, 5, low, 5).u, 25, CLOSE);
}

/* Mann and Whitney (1947), table I: n = m = 5, P(U <= 2) = 0.016. */
static void test_mann_and_whitney(void **state)
{
	int64_t a[] = { 1, 2, 3, 5, 6 }, b[] = { 4, 7, 8, 9, 10 };
	struct mann_whitney t = test_of(a, 5, b, 5);

	(void)state;
	close_to(t.u, 2, CLOSE);
	close_to(t.p, 2 * 0.016, 0.0005);
}

/* U counts pairs; p of few samples, ties and all, counts every division of them. */
static void test_exact_by_enumeration(void **state)
{
	(void)state;
	for (int round = 0; round < 60; round++) {
		int na = 1 + (int)next_value(5), nb = 1 + (int)next_value(5), n = na + nb;
		int64_t a[5], b[5], all[10];
		double u = 0, mean = na * nb / 2.0;
		int as_uneven = 0, divisions = 0;

		for (int i = 0; i < n; i++)
			all[i] = next_value(6);
		for (int i = 0; i < n; i++)
			*(i < na ? &a[i] : &b[i - na]) = all[i];
		for (int i = 0; i < na; i++)
			for (int j = 0; j < nb; j++)
				u += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
		for (int set = 0; set < 1 << n; set++) {
			double other = 0;

			if (__builtin_popcount((unsigned int)set) != na)
				continue;
			divisions++;
			for (int i = 0; i < n; i++)
				for (int j = 0; j < n; j++)
					if (set >> i & 1 && !(set >> j & 1))
						other += all[i] > all[j]    ? 1
							 : all[i] == all[j] ? 0.5
									    : 0;
			as_uneven += fabs(other - mean) >= fabs(u - mean);
		}
		close_to(test_of(a, (size_t)na, b, (size_t)nb).u, u, CLOSE);
		close_to(test_of(a, (size_t)na, b, (size_t)nb).p, (double)as_uneven / divisions,
			 CLOSE);
	}
}

/* Many samples: Lehmann's variance, written out by its definition. */
static void test_normal_with_ties(void **state)
{
	(void)state;
	for (int round = 0; round < 40; round++) {
		size_t na = 21 + (size_t)next_value(60), nb = 21 + (size_t)next_value(60);
		double n = (double)(na + nb), u = 0, ties = 0, variance, z;
		int64_t a[MAX], b[MAX];
		struct mann_whitney t;

		for (size_t i = 0; i < na; i++)
			a[i] = next_value(20);
		for (size_t i = 0; i < nb; i++)
			b[i] = next_value(20) + round % 3;
		for (size_t i = 0; i < na; i++)
			for (size_t j = 0; j < nb; j++)
				u += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
		for (int64_t v = 0; v < 25; v++) {
			double same = 0;

			for (size_t i = 0; i < na; i++)
				same += a[i] == v;
			for (size_t i = 0; i < nb; i++)
				same += b[i] == v;
			ties += same * same * same - same;
		}
		variance = (double)na * (double)nb * (n + 1) / 12 -
			   (double)na * (double)nb * ties / (12 * n * (n - 1));
		z = fmax(fabs(u - (double)na * (double)nb / 2) - 0.5, 0) / sqrt(variance);
		t = test_of(a, na, b, nb);
		assert_false(t.exact);
		close_to(t.u, u, CLOSE);
		close_to(t.p, erfc(z / sqrt(2)), CLOSE);
	}
}

static void test_nothing_and_no_difference(void **state)
{
	int64_t a[50] = { 0 }, b[50] = { 0 };

	(void)state;
	close_to(test_of(a, 0, b, 5).p, 1, 0);
	close_to(test_of(a, 5, b, 0).p, 1, 0);
	close_to(test_of(a, 5, b, 5).p, 1, CLOSE);
	close_to(test_of(a, 50, b, 50).p, 1, 0);
}

/* Of 1000 pairs of sets from one distribution about 50 are significant at 5 %. */
static void test_level(void **state)
{
	int significant = 0;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		int64_t a[60], b[60];

		for (int i = 0; i < 60; i++) {
			a[i] = next_value(100);
			b[i] = next_value(100);
		}
		significant += test_of(a, 60, b, 60).p < 0.05;
	}
	assert_in_range(significant, 25, 75);
}

/* Holm (1979) by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and no smaller than that. */
static void test_holm(void **state)
{
	double p[] = { 0.01, 0.04, 0.03, 0.005 }, high[] = { 0.9, 0.8 };

	(void)state;
	mann_whitney_holm(p, 4);
	close_to(p[0], 0.03, CLOSE);
	close_to(p[1], 0.06, CLOSE);
	close_to(p[2], 0.06, CLOSE);
	close_to(p[3], 0.02, CLOSE);
	mann_whitney_holm(high, 2);
	close_to(high[0], 1, 0);
	close_to(high[1], 1, 0);
	mann_whitney_holm(NULL, 0);
}

static void test_difference(void **state)
{
	struct interval i = mann_whitney_difference(10, (struct interval){ 7, 14 }, 15,
						    (struct interval){ 11, 18 });

	(void)state;
	close_to(i.low, 5 - sqrt(4 * 4 + 4 * 4), CLOSE);
	close_to(i.high, 5 + sqrt(3 * 3 + 3 * 3), CLOSE);
	i = mann_whitney_difference(10, (struct interval){ 10, 10 }, 9, (struct interval){ 9, 9 });
	close_to(i.low, -1, 0);
	close_to(i.high, -1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hollander_and_wolfe),
		cmocka_unit_test(test_complete_separation),
		cmocka_unit_test(test_mann_and_whitney),
		cmocka_unit_test(test_exact_by_enumeration),
		cmocka_unit_test(test_normal_with_ties),
		cmocka_unit_test(test_nothing_and_no_difference),
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_holm),
		cmocka_unit_test(test_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
