// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/downsample.h"

#include <math.h>
#include <stdlib.h>

#include "lib/message.h"

size_t bucket_count(const struct group *group)
{
	return group->run_count < PLOT_POINTS ? group->run_count : PLOT_POINTS;
}

size_t bucket_first(const struct group *group, size_t bucket)
{
	size_t count = bucket_count(group);

	/* Rounded up, so that bucket_of() is the inverse. */
	return (bucket * group->run_count + count - 1) / count;
}

size_t bucket_last(const struct group *group, size_t bucket)
{
	return bucket_first(group, bucket + 1) - 1;
}

size_t bucket_of(const struct group *group, size_t run)
{
	return run * bucket_count(group) / group->run_count;
}

/* @count points of one bucket, at least one. */
static void fill(struct bucket *b, const struct point *const *points, size_t count,
		 enum history_metric metric, int64_t *values)
{
	double sums[PART_COUNT] = { 0 };

	b->has_value = true;
	b->known = 0xff;
	for (size_t i = 0; i < count; i++) {
		analysis_value(points[i], metric, &values[i]);
		b->low = !i || values[i] < b->low ? values[i] : b->low;
		b->high = !i || values[i] > b->high ? values[i] : b->high;
		b->known &= points[i]->known;
		for (int p = 0; p < PART_COUNT; p++)
			sums[p] += (double)points[i]->parts[p];
	}
	b->median = merge_median(values, count);
	if (count == 1 && metric == HISTORY_P50) {
		b->low = points[0]->ci_low;
		b->high = points[0]->ci_high;
	}
	for (int p = 0; p < PART_COUNT; p++)
		b->parts[p] = llround(sums[p] / (double)count);
}

struct bucket *buckets_of(const struct analysis *a, const struct history_op *op)
{
	struct bucket *buckets = xcalloc(bucket_count(a->group) + 1, sizeof(*buckets));
	int64_t *values = xcalloc(op->count + 1, sizeof(*values));

	for (size_t i = 0, end; i < op->count; i = end) {
		size_t bucket = bucket_of(a->group, op->points[i]->run);

		for (end = i + 1; end < op->count; end++)
			if (bucket_of(a->group, op->points[end]->run) != bucket)
				break;
		fill(&buckets[bucket], op->points + i, end - i, a->metric, values);
	}
	free(values);
	return buckets;
}
