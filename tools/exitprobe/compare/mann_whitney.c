// SPDX-License-Identifier: GPL-2.0-only
#include "compare/mann_whitney.h"

#include <math.h>
#include <stdlib.h>

#include "lib/message.h"

#define EXACT_MAX 40 /* samples in both sets */

/* What both sets have of one value, lowest first. */
struct tie {
	double a, b;
};

struct walk {
	const struct histogram *a, *b;
	size_t i, j;
};

static bool next_tie(struct walk *w, struct tie *tie)
{
	bool more_a = w->i < w->a->count, more_b = w->j < w->b->count;
	int64_t value;

	if (!more_a && !more_b)
		return false;
	if (!more_b || (more_a && w->a->buckets[w->i].low <= w->b->buckets[w->j].low))
		value = w->a->buckets[w->i].low;
	else
		value = w->b->buckets[w->j].low;
	*tie = (struct tie){ 0 };
	if (more_a && w->a->buckets[w->i].low == value)
		tie->a = (double)w->a->buckets[w->i++].count;
	if (more_b && w->b->buckets[w->j].low == value)
		tie->b = (double)w->b->buckets[w->j++].count;
	return true;
}

/*
 * Twice the midranks are whole.  ways[k][s]: in how many ways k of the samples have
 * that sum of them.
 */
static double exact_p(const struct histogram *a, const struct histogram *b)
{
	static double ways[EXACT_MAX + 1][EXACT_MAX * (EXACT_MAX + 1) + 1];
	int na = (int)a->samples, n = na + (int)b->samples, most = n * (n + 1);
	struct walk walk = { .a = a, .b = b };
	int below = 0, taken = 0, sum_a = 0, off;
	double as_uneven = 0, all = 0;
	struct tie tie;

	for (int k = 0; k <= na; k++)
		for (int s = 0; s <= most; s++)
			ways[k][s] = !k && !s;
	while (next_tie(&walk, &tie)) {
		int together = (int)(tie.a + tie.b), rank = 2 * below + together + 1;

		sum_a += rank * (int)tie.a;
		below += together;
		for (int i = 0; i < together; i++, taken++)
			for (int k = taken < na ? taken : na - 1; k >= 0; k--)
				for (int s = most - rank; s >= 0; s--)
					ways[k + 1][s + rank] += ways[k][s];
	}
	off = abs(sum_a - na * (n + 1));
	for (int s = 0; s <= most; s++) {
		all += ways[na][s];
		if (abs(s - na * (n + 1)) >= off)
			as_uneven += ways[na][s];
	}
	return as_uneven / all;
}

struct mann_whitney mann_whitney(const struct histogram *a, const struct histogram *b)
{
	double na = (double)a->samples, nb = (double)b->samples, n = na + nb;
	struct mann_whitney test = { .p = 1 };
	struct walk walk = { .a = a, .b = b };
	double below_b = 0, ties = 0, variance, off;
	struct tie tie;

	if (!a->samples || !b->samples)
		return test;
	while (next_tie(&walk, &tie)) {
		double together = tie.a + tie.b;

		test.u += tie.a * (below_b + tie.b / 2);
		below_b += tie.b;
		ties += together * together * together - together;
	}
	if (n <= EXACT_MAX) {
		test.exact = true;
		test.p = exact_p(a, b);
		return test;
	}
	variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
	off = fabs(test.u - na * nb / 2) - 0.5;
	if (variance > 0 && off > 0)
		test.p = erfc(off / sqrt(2 * variance));
	return test;
}

struct indexed {
	double p;
	size_t index;
};

static int by_p(const void *a, const void *b)
{
	double x = ((const struct indexed *)a)->p, y = ((const struct indexed *)b)->p;

	return (x > y) - (x < y);
}

void mann_whitney_holm(double *p, size_t count)
{
	struct indexed *order = xcalloc(count, sizeof(*order));
	double least = 0;

	for (size_t i = 0; i < count; i++)
		order[i] = (struct indexed){ p[i], i };
	qsort(order, count, sizeof(*order), by_p);
	for (size_t i = 0; i < count; i++) {
		double adjusted = fmin(1, order[i].p * (double)(count - i));

		/* No smaller than one before it. */
		least = fmax(least, adjusted);
		p[order[i].index] = least;
	}
	free(order);
}

struct interval mann_whitney_difference(double a, struct interval of_a, double b,
					struct interval of_b)
{
	return (struct interval){
		.low = b - a - hypot(b - of_b.low, of_a.high - a),
		.high = b - a + hypot(of_b.high - b, a - of_a.low),
	};
}
