// SPDX-License-Identifier: GPL-2.0-only
#include "measure/stats.h"

/* Heapsort: let the value at @root sink into the heap below it. */
static void sink(int64_t *heap, size_t root, size_t count)
{
	int64_t value = heap[root];

	for (size_t child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count && heap[child + 1] > heap[child])
			child++;
		if (heap[child] <= value)
			break;
		heap[root] = heap[child];
	}
	heap[root] = value;
}

void stats_sort(int64_t *values, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(values, i, count);
	for (size_t end = count; end-- > 1;) {
		int64_t largest = values[0];

		values[0] = values[end];
		values[end] = largest;
		sink(values, 0, end);
	}
}

int64_t stats_percentile(const int64_t *sorted, size_t count, unsigned int percent)
{
	size_t rank = (count * percent + 99) / 100;

	return sorted[rank ? rank - 1 : 0];
}

static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ull << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= value)
			root |= bit;
	return root;
}

/*
 * The interval runs from the l-th to the (n + 1 - l)-th value, where l is the
 * largest rank for which B(n, 1/2) puts at most 2.5 % below it. The normal
 * approximation of l is (n + 1 - 1.96 sqrt(n)) / 2, rounded down.
 */
static void median_interval(const int64_t *sorted, size_t count, struct stats *s)
{
	/* 1.96 sqrt(n), rounded up: 1.96^2 = 3.8416 */
	uint64_t width = square_root(count * 38416 / 10000) + 1;
	size_t rank = count + 1 > width ? (count + 1 - width) / 2 : 0;

	if (rank < 1)
		rank = 1;
	s->ci_low = sorted[rank - 1];
	s->ci_high = sorted[count - rank];
}

int64_t stats_rounded(int64_t sum, int64_t count)
{
	return (sum + (sum < 0 ? -1 : 1) * (count / 2)) / count;
}

int64_t stats_half_interval(const struct stats *s)
{
	return (s->ci_high - s->ci_low + 1) / 2;
}

static int64_t bucket_low(int64_t value)
{
	unsigned int bits;

	if (value < 256)
		return value;
	bits = 63 - (unsigned int)__builtin_clzll((uint64_t)value);
	return value >> (bits - 7) << (bits - 7);
}

void stats_histogram(const int64_t *sorted, size_t count,
		     void (*emit)(void *context, const struct bucket *bucket), void *context)
{
	struct bucket b = { 0 };

	for (size_t i = 0; i < count; i++) {
		int64_t low = bucket_low(sorted[i]);

		if (b.count && low != b.low) {
			emit(context, &b);
			b.count = 0;
		}
		b.low = low;
		b.count++;
	}
	if (b.count)
		emit(context, &b);
}

struct stats stats_of(int64_t *values, size_t count)
{
	struct stats s = { .count = count };
	size_t cut = count / 10, middle = count - 2 * cut;
	int64_t sum = 0;

	if (!count)
		return s;
	stats_sort(values, count);
	for (size_t i = cut; i < count - cut; i++)
		sum += values[i];
	s.min = values[0];
	s.max = values[count - 1];
	s.p50 = stats_percentile(values, count, 50);
	s.p90 = stats_percentile(values, count, 90);
	s.p99 = stats_percentile(values, count, 99);
	s.mean = stats_rounded(sum, (int64_t)middle);
	median_interval(values, count, &s);
	return s;
}

int64_t stats_mode(int64_t *values, size_t count)
{
	size_t best = 0, run = 0;
	int64_t mode;

	stats_sort(values, count);
	mode = values[0];
	for (size_t i = 0; i < count; i++) {
		run = i && values[i] == values[i - 1] ? run + 1 : 1;
		if (run > best) {
			best = run;
			mode = values[i];
		}
	}
	return mode;
}
