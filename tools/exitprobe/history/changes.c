// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history/level_test.h"
#include "lib/message.h"
#include "results/merge.h"

struct list {
	size_t count, room;
	struct change_point *points;
};

static void add(struct list *list, struct change_point point)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->points = xrealloc(list->points, list->room * sizeof(*list->points));
	}
	list->points[list->count++] = point;
}

static bool is_large(int64_t before, int64_t after, double threshold)
{
	double size = fabs((double)after - (double)before);

	return size >= 1 && size >= threshold * fabs((double)before);
}

static void find_exact(const int64_t *values, size_t count, const struct change_rule *rule,
		       struct list *list)
{
	for (size_t i = 1; i < count; i++)
		if (is_large(values[i - 1], values[i], rule->threshold))
			add(list, (struct change_point){
					  .at = i, .before = values[i - 1], .after = values[i] });
}

/* The newest values of a series, by themselves. */
#define NEWEST LEVEL_TEST_PERMUTED

#define PERMUTATIONS_LEAST 4999

/* A series that is tested twice has half of the level for each. */
static double level_of(size_t count, double level)
{
	return count > NEWEST ? level / 2 : level;
}

/* Twice as many as there must be, so that one that is as extreme by chance does not matter. */
size_t changes_permutations(size_t series)
{
	double least = level_of(NEWEST + 1, CHANGES_LEVEL / (double)(series ? series : 1));

	return (size_t)fmax(PERMUTATIONS_LEAST, ceil(2 / least));
}

struct range {
	size_t begin, end;
};

/* Every split that the test finds in values @begin to @end, in no order. */
static void find_splits(const int64_t *values, struct range whole, double level,
			size_t permutations, struct list *list)
{
	size_t room = 16, left = 1;
	struct range *ranges = xcalloc(room, sizeof(*ranges));

	ranges[0] = whole;
	while (left) {
		struct range r = ranges[--left];
		struct level_test test =
			level_test(values + r.begin, r.end - r.begin, level, permutations);

		if (test.p > level)
			continue;
		add(list, (struct change_point){ .at = r.begin + test.split, .p = test.p });
		if (left + 2 > room) {
			room *= 2;
			ranges = xrealloc(ranges, room * sizeof(*ranges));
		}
		ranges[left++] = (struct range){ r.begin, r.begin + test.split };
		ranges[left++] = (struct range){ r.begin + test.split, r.end };
	}
	free(ranges);
}

/* As far as they are of one level: the last. */
static void find_newest(const int64_t *values, size_t count, double level, size_t permutations,
			struct list *list)
{
	size_t last = 0;

	for (size_t i = 0; i < list->count; i++)
		last = list->points[i].at > last ? list->points[i].at : last;
	if (count - last > NEWEST)
		find_splits(values, (struct range){ count - NEWEST, count }, level, permutations,
			    list);
}

double changes_p(const int64_t *values, size_t count, size_t permutations)
{
	double p = level_test(values, count, level_of(count, CHANGES_LEVEL), permutations).p,
	       newest;

	if (count <= NEWEST)
		return p;
	newest = level_test(values + count - NEWEST, NEWEST, CHANGES_LEVEL / 2, permutations).p;
	return fmin(1, 2 * fmin(p, newest));
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double changes_level(const double *p, size_t series)
{
	double *sorted = xcalloc(series + 1, sizeof(*sorted)), level = 0;

	if (series)
		memcpy(sorted, p, series * sizeof(*p));
	qsort(sorted, series, sizeof(*sorted), by_number);
	for (size_t i = series; !level && i > 0; i--)
		if (sorted[i - 1] <= CHANGES_LEVEL * (double)i / (double)series)
			level = CHANGES_LEVEL * (double)i / (double)series;
	free(sorted);
	/* None of them changes; then the level is the least. */
	return level > 0 ? level : CHANGES_LEVEL / (double)(series ? series : 1);
}

static int by_place(const void *a, const void *b)
{
	const struct change_point *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* The levels on both sides of point @i, which end at its neighbours. */
static void measure(const int64_t *values, size_t count, struct list *list, size_t i)
{
	struct change_point *p = &list->points[i];
	size_t begin = i ? list->points[i - 1].at : 0;
	size_t end = i + 1 < list->count ? list->points[i + 1].at : count;

	p->before = merge_median(values + begin, p->at - begin);
	p->after = merge_median(values + p->at, end - p->at);
}

static double share(const struct change_point *p)
{
	double size = fabs((double)p->after - (double)p->before);

	return size < 1 ? 0 : size / fmax(1, fabs((double)p->before));
}

/* The smallest goes first, as what it parted is one level then. */
static void remove_small(const int64_t *values, size_t count, double threshold, struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		measure(values, count, list, i);
	for (;;) {
		size_t least = 0;

		for (size_t i = 1; i < list->count; i++)
			if (share(&list->points[i]) < share(&list->points[least]))
				least = i;
		if (!list->count ||
		    is_large(list->points[least].before, list->points[least].after, threshold))
			return;
		list->count--;
		memmove(&list->points[least], &list->points[least + 1],
			(list->count - least) * sizeof(*list->points));
		if (least)
			measure(values, count, list, least - 1);
		if (least < list->count)
			measure(values, count, list, least);
	}
}

size_t changes_find(const int64_t *values, size_t count, const struct change_rule *rule,
		    struct change_point **found)
{
	struct list list = { 0 };

	if (rule->is_exact) {
		find_exact(values, count, rule, &list);
	} else {
		double level = level_of(count, rule->level);

		find_splits(values, (struct range){ 0, count }, level, rule->permutations, &list);
		find_newest(values, count, level, rule->permutations, &list);
		if (list.count)
			qsort(list.points, list.count, sizeof(*list.points), by_place);
		remove_small(values, count, rule->threshold, &list);
	}
	if (!list.count) {
		free(list.points);
		list.points = NULL;
	}
	*found = list.points;
	return list.count;
}
