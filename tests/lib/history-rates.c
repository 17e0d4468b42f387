// SPDX-License-Identifier: GPL-2.0-only
/*
 * history-rates DIR: how often exitprobe history finds a change in windows of 60 runs of a
 * history in which nothing was changed, as they were and in a random order; and how often a
 * change that is put into the last runs of one operation. For docs/history-command.md.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/analysis.h"

#define WINDOW	    60
#define STEP	    20
#define SHUFFLES    20
#define LEAST_TICKS 50 /* of an operation whose change in per cent means anything */

static uint64_t seed = 88172645463325252ull;

static size_t random_below(size_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % limit);
}

/* Runs @order[0] to [WINDOW - 1] of @from, as a group of their own. */
static struct group window_of(const struct group *from, const size_t *order)
{
	struct group group = *from;

	group.run_count = WINDOW;
	group.series = calloc(from->series_count, sizeof(*group.series));
	for (size_t s = 0; s < from->series_count; s++) {
		struct series *series = &group.series[s];

		*series = from->series[s];
		series->count = WINDOW;
		series->points = calloc(WINDOW, sizeof(*series->points));
		for (size_t i = 0; i < WINDOW; i++) {
			series->points[i] = from->series[s].points[order[i]];
			series->points[i].run = (uint32_t)i;
		}
	}
	return group;
}

static void free_window(struct group *group)
{
	for (size_t s = 0; s < group->series_count; s++)
		free(group->series[s].points);
	free(group->series);
}

/* How many operations of @group change. */
static size_t changes_in(const struct record *record, const struct group *group)
{
	struct analysis_choice choice = { .metric = HISTORY_P50, .threshold = -1 };
	struct analysis *a = analysis_of(record, group, &choice);
	size_t found = 0;

	for (size_t i = 0; i < a->count; i++)
		found += a->ops[i].change_count > 0;
	analysis_free(a);
	return found;
}

/* Whether the change of @percent in the last @runs of operation @s is found, in its place. */
static bool is_found(const struct record *record, struct group *group, size_t s, double percent,
		     size_t runs)
{
	struct analysis_choice choice = { .metric = HISTORY_P50, .threshold = -1 };
	struct analysis *a;
	bool found = false;

	for (size_t i = WINDOW - runs; i < WINDOW; i++) {
		struct point *p = &group->series[s].points[i];

		p->p50 += llround((double)p->p50 * percent / 100);
	}
	a = analysis_of(record, group, &choice);
	for (size_t c = 0; c < a->ops[s].change_count; c++)
		found |= a->ops[s].changes[c].point.at + runs + 2 >= WINDOW &&
			 a->ops[s].changes[c].is_worse;
	analysis_free(a);
	return found;
}

static void count_alarms(const struct record *record, const struct group *group, size_t shuffles)
{
	size_t windows = 0, alarmed = 0, series = 0, found = 0;

	for (size_t begin = 0; begin + WINDOW <= group->run_count; begin += STEP)
		for (size_t n = 0; n < (shuffles ? shuffles : 1); n++) {
			size_t order[WINDOW], now;
			struct group window;

			for (size_t i = 0; i < WINDOW; i++)
				order[i] = begin + i;
			for (size_t i = WINDOW - 1; shuffles && i > 0; i--) {
				size_t j = random_below(i + 1), other = order[i];

				order[i] = order[j];
				order[j] = other;
			}
			window = window_of(group, order);
			now = changes_in(record, &window);
			windows++;
			alarmed += now > 0;
			series += group->series_count;
			found += now;
			free_window(&window);
		}
	printf("%s: %zu of %zu windows have a change, %zu of %zu series\n",
	       shuffles ? "in a random order" : "as they were", alarmed, windows, found, series);
}

static void count_found(const struct record *record, const struct group *group)
{
	static const size_t runs[] = { 3, 4, 5, 10, 20 };
	static const double percents[] = { 1, 2, 3, 5, 10, 20 };

	printf("%-12s", "per cent");
	for (size_t r = 0; r < sizeof(runs) / sizeof(runs[0]); r++)
		printf("%6zu runs", runs[r]);
	putchar('\n');
	for (size_t p = 0; p < sizeof(percents) / sizeof(percents[0]); p++) {
		printf("%-12g", percents[p]);
		for (size_t r = 0; r < sizeof(runs) / sizeof(runs[0]); r++) {
			size_t tried = 0, found = 0;

			for (size_t begin = 0; begin + WINDOW <= group->run_count; begin += WINDOW)
				for (size_t s = 0; s < group->series_count; s++) {
					size_t order[WINDOW];
					struct group window;

					if (group->series[s].points[begin].p50 < LEAST_TICKS)
						continue;
					for (size_t i = 0; i < WINDOW; i++)
						order[i] = begin + i;
					window = window_of(group, order);
					found += is_found(record, &window, s, percents[p], runs[r]);
					tried++;
					free_window(&window);
				}
			printf("%9.0f %%", tried ? 100 * (double)found / (double)tried : 0);
		}
		putchar('\n');
	}
}

/* Windows are of runs that all have every operation. */
static bool is_complete(const struct group *group)
{
	for (size_t s = 0; s < group->series_count; s++)
		if (group->series[s].count != group->run_count)
			return false;
	return group->run_count >= WINDOW && !group->is_exact;
}

int main(int argc, char **argv)
{
	struct record_choice choice = { 0 };
	char message[512] = "usage: history-rates DIR";
	struct record *record = argc == 2 ? record_load(argv[1], &choice, message, sizeof(message))
					  : NULL;

	if (!record) {
		fprintf(stderr, "%s\n", message);
		return 2;
	}
	for (size_t g = 0; g < record->group_count; g++) {
		const struct group *group = &record->groups[g];

		if (!is_complete(group))
			continue;
		printf("%s: %zu runs of %zu operations\n", group->title, group->run_count,
		       group->series_count);
		count_alarms(record, group, 0);
		count_alarms(record, group, SHUFFLES);
		count_found(record, group);
	}
	record_free(record);
	return 0;
}
