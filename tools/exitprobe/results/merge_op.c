// SPDX-License-Identifier: GPL-2.0-only
#include "results/merge_op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t *sorted(const int64_t *values, size_t count)
{
	int64_t *copy = xcalloc(count, sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), by_value);
	return copy;
}

int64_t merge_median(const int64_t *values, size_t count)
{
	int64_t *copy = sorted(values, count), low = copy[(count - 1) / 2], high = copy[count / 2];

	free(copy);
	return low + (high - low) / 2;
}

/*
 * The rank, from 1, of the order statistic that bounds the median from below with
 * at most 2.5 % beyond it (David and Nagaraja, Order Statistics, 7.1): the largest l
 * for which P(B(n, 1/2) < l) <= 0.025.
 */
static size_t interval_rank(size_t n)
{
	double log_half_n = -(double)n * log(2), below = 0;
	size_t rank = 0;

	while (rank < n / 2) {
		below += exp(lgamma((double)n + 1) - lgamma((double)rank + 1) -
			     lgamma((double)(n - rank) + 1) + log_half_n);
		if (below > 0.025)
			break;
		rank++;
	}
	return rank ? rank : 1;
}

void merge_boots_interval(const int64_t *values, size_t count, int64_t *low, int64_t *high)
{
	int64_t *copy = sorted(values, count);
	size_t rank = count >= MERGE_INTERVAL_BOOTS ? interval_rank(count) : 1;

	*low = copy[rank - 1];
	*high = copy[count - rank];
	free(copy);
}

static void merge_interval(struct merged_op *m, const struct sources *from)
{
	struct figures *f = &m->as_one.cycles;

	f->ci_low = from->list[0]->cycles.ci_low;
	f->ci_high = from->list[0]->cycles.ci_high;
	if (from->count >= MERGE_INTERVAL_BOOTS) {
		merge_boots_interval(m->medians, from->count, &f->ci_low, &f->ci_high);
		return;
	}
	for (size_t i = 1; i < from->count; i++) {
		const struct figures *one = &from->list[i]->cycles;

		f->ci_low = one->ci_low < f->ci_low ? one->ci_low : f->ci_low;
		f->ci_high = one->ci_high > f->ci_high ? one->ci_high : f->ci_high;
	}
}

static int64_t median_of(const struct sources *from, size_t offset)
{
	int64_t *values = xcalloc(from->count, sizeof(*values)), median;

	for (size_t i = 0; i < from->count; i++)
		values[i] = *(const int64_t *)((const char *)&from->list[i]->cycles + offset);
	median = merge_median(values, from->count);
	free(values);
	return median;
}

static void merge_figures(struct merged_op *m, const struct sources *from)
{
	struct figures *f = &m->as_one.cycles;
	double sum = 0, samples = 0;

	*f = from->list[0]->cycles;
	m->lowest = m->highest = f->p50;
	m->medians = xcalloc(from->count, sizeof(*m->medians));
	for (size_t i = 0; i < from->count; i++) {
		const struct figures *one = &from->list[i]->cycles;
		double kept = (double)from->list[i]->kept;

		m->medians[i] = one->p50;
		m->lowest = one->p50 < m->lowest ? one->p50 : m->lowest;
		m->highest = one->p50 > m->highest ? one->p50 : m->highest;
		f->min = one->min < f->min ? one->min : f->min;
		f->max = one->max > f->max ? one->max : f->max;
		sum += kept * (double)one->mean;
		samples += kept;
	}
	if (from->count == 1)
		return;
	f->p50 = median_of(from, offsetof(struct figures, p50));
	f->p90 = median_of(from, offsetof(struct figures, p90));
	f->p99 = median_of(from, offsetof(struct figures, p99));
	f->mean = samples > 0 ? llround(sum / samples) : 0;
	merge_interval(m, from);
}

static int by_low(const void *a, const void *b)
{
	return by_value(&((const struct histogram_bucket *)a)->low,
			&((const struct histogram_bucket *)b)->low);
}

static void merge_histograms(struct histogram *h, const struct sources *from)
{
	size_t room = 0, used = 0;

	*h = (struct histogram){ 0 };
	for (size_t i = 0; i < from->count; i++)
		room += from->list[i]->histogram.count;
	h->buckets = xcalloc(room, sizeof(*h->buckets));
	for (size_t i = 0; i < from->count; i++) {
		const struct histogram *one = &from->list[i]->histogram;

		if (one->count)
			memcpy(h->buckets + used, one->buckets, one->count * sizeof(*h->buckets));
		used += one->count;
		h->samples += one->samples;
	}
	qsort(h->buckets, used, sizeof(*h->buckets), by_low);
	for (size_t i = 0; i < used; i++) {
		if (h->count && h->buckets[h->count - 1].low == h->buckets[i].low)
			h->buckets[h->count - 1].count += h->buckets[i].count;
		else
			h->buckets[h->count++] = h->buckets[i];
	}
}

/* Means over the boots, each by its samples; known only if in all. */
static void merge_parts(struct merged_op *m, const struct sources *from)
{
	m->boot_parts = xcalloc(from->count, sizeof(*m->boot_parts));
	for (size_t i = 0; i < from->count; i++)
		m->boot_parts[i] = from->list[i]->parts;
	for (size_t p = 0; p < PART_COUNT; p++) {
		struct parts *parts = &m->as_one.parts;
		double sum = 0, samples = 0;

		parts->known[p] = true;
		for (size_t i = 0; i < from->count; i++) {
			const struct parts *one = &from->list[i]->parts;
			double kept = (double)from->list[i]->kept;

			parts->known[p] &= one->known[p];
			sum += kept * (double)one->ticks[p];
			samples += kept;
		}
		parts->ticks[p] = samples > 0 ? llround(sum / samples) : 0;
	}
}

static bool same_reasons(const struct reasons *a, const struct reasons *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->list[i].number != b->list[i].number ||
		    llround((double)a->list[i].milli / 1000) !=
			    llround((double)b->list[i].milli / 1000))
			return false;
	return true;
}

static bool same_exits(const struct op_result *a, const struct op_result *b)
{
	return a->counted == b->counted && a->exits_milli == b->exits_milli &&
	       same_reasons(&a->reasons, &b->reasons);
}

/* The boot whose exits are those of most. */
static const struct op_result *usual(const struct sources *from, bool *vary)
{
	const struct op_result *best = from->list[0];
	size_t most = 0;

	for (size_t i = 0; i < from->count && most <= from->count / 2; i++) {
		size_t same = 0;

		for (size_t j = 0; j < from->count; j++)
			same += same_exits(from->list[i], from->list[j]);
		if (same > most) {
			most = same;
			best = from->list[i];
		}
	}
	*vary = most < from->count;
	return best;
}

void merge_op_measured(struct merged_op *m, const struct sources *from)
{
	const struct op_result *first = usual(from, &m->exits_vary);
	struct op_result *one = &m->as_one;
	double wait = 0;

	*one = *first;
	m->measured_boots = from->count;
	m->measured = xcalloc(from->count, sizeof(*m->measured));
	memcpy(m->measured, from->list, from->count * sizeof(*m->measured));
	one->taken = one->kept = one->aside_exits = one->aside_away = 0;
	for (size_t i = 0; i < from->count; i++) {
		const struct op_result *boot = from->list[i];

		one->taken += boot->taken;
		one->kept += boot->kept;
		one->aside_exits += boot->aside_exits;
		one->aside_away += boot->aside_away;
		one->descheduled |= boot->descheduled;
		one->agrees &= boot->agrees;
		wait += (double)boot->wait;
		/* What ended early in one boot did not settle. */
		if (boot->stop == STOP_BUDGET || boot->stop == STOP_ROOM)
			one->stop = boot->stop;
	}
	one->wait = llround(wait / (double)from->count);
	merge_figures(m, from);
	merge_histograms(&one->histogram, from);
	merge_parts(m, from);
}
