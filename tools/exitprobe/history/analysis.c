// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/analysis.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define LEAST_FOR_PERCENT 10 /* ticks: below it a tick more is no share of anything */

#define P_LEAST 1e-10

const char *const history_metric_names[HISTORY_METRICS] = { "p50",    "out", "kernel", "user",
							    "halted", "in",  "exits" };

bool analysis_value(const struct point *point, enum history_metric metric, int64_t *value)
{
	if (point->outcome != OUTCOME_MEASURED)
		return false;
	if (metric == HISTORY_P50) {
		*value = point->p50;
		return true;
	}
	if (metric == HISTORY_EXITS) {
		*value = point->exits_milli;
		return point->counted;
	}
	*value = point->parts[metric - HISTORY_PART];
	return point->known >> (metric - HISTORY_PART) & 1;
}

/* The values of @op, allocated. */
static int64_t *values_of(const struct history_op *op, enum history_metric metric)
{
	int64_t *values = xcalloc(op->count + 1, sizeof(*values));

	for (size_t i = 0; i < op->count; i++)
		analysis_value(op->points[i], metric, &values[i]);
	return values;
}

static void take_series(struct analysis *a, struct history_op *op, const struct series *series)
{
	const struct point *last = series->count ? &series->points[series->count - 1] : NULL;
	int64_t value;

	op->series = series;
	op->points = xcalloc(series->count + 1, sizeof(*op->points));
	for (size_t i = 0; i < series->count; i++)
		if (analysis_value(&series->points[i], a->metric, &value))
			op->points[op->count++] = &series->points[i];
	if (op->count && last->run == a->group->run_count - 1 && last->is_broken &&
	    last->outcome != OUTCOME_MEASURED)
		op->broken = last;
}

/* What has one value everywhere cannot change, and is no test. */
static bool is_tested(const struct history_op *op, enum history_metric metric)
{
	int64_t first = 0, value = 0;

	for (size_t i = 1; i < op->count; i++) {
		analysis_value(op->points[0], metric, &first);
		analysis_value(op->points[i], metric, &value);
		if (value != first)
			return true;
	}
	return false;
}

/* By the p of every series together. */
static void set_level(struct analysis *a)
{
	double *p = xcalloc(a->count + 1, sizeof(*p));
	size_t tested = 0;

	for (size_t i = 0; i < a->count; i++)
		tested += is_tested(&a->ops[i], a->metric);
	a->permutations = changes_permutations(tested);
	tested = 0;
	for (size_t i = 0; i < a->count; i++) {
		int64_t *values;

		if (!is_tested(&a->ops[i], a->metric))
			continue;
		values = values_of(&a->ops[i], a->metric);
		p[tested++] = changes_p(values, a->ops[i].count, a->permutations);
		free(values);
	}
	a->level = changes_level(p, tested);
	free(p);
}

static void find(struct analysis *a, struct history_op *op)
{
	struct change_rule rule = { a->group->is_exact, a->level, a->permutations, a->threshold };
	int64_t *values = values_of(op, a->metric);
	struct change_point *points;

	op->change_count = changes_find(values, op->count, &rule, &points);
	op->changes = xcalloc(op->change_count + 1, sizeof(*op->changes));
	for (size_t i = 0; i < op->change_count; i++) {
		struct history_change *c = &op->changes[i];
		double limit = (double)points[i].before;

		limit += fmax(a->threshold * fabs(limit), a->group->is_exact ? 0 : 1);
		c->point = points[i];
		c->first = op->points[points[i].at];
		c->is_worse = points[i].after > points[i].before;
		for (size_t j = i + 1; j < op->change_count; j++)
			c->is_taken_back |= (double)points[j].after <= limit;
	}
	free(points);
	free(values);
}

/* "2026-11-28T04:13" as an id begins; an id stays as it is.  @text: STORE_ID_SIZE bytes. */
static void as_id(const char *since, char *text)
{
	bool is_time = strlen(since) > 4 && since[4] == '-';
	size_t length = 0;

	for (; *since && length < STORE_ID_SIZE - 1; since++)
		if (!is_time || (*since != '-' && *since != ':'))
			text[length++] = *since;
	text[length] = '\0';
}

/* Whether the run of @point is not before the one whose id begins with @id. */
static bool is_since(const struct analysis *a, const struct point *point, const char *id)
{
	return strncmp(record_run(a->record, a->group, point->run)->id, id, strlen(id)) >= 0;
}

static void ask(struct analysis *a, const char *since)
{
	char id[STORE_ID_SIZE] = "";

	if (since)
		as_id(since, id);
	for (size_t i = 0; i < a->count; i++) {
		struct history_op *op = &a->ops[i];

		for (size_t j = 0; j < op->change_count; j++)
			op->changes[j].is_asked = is_since(a, op->changes[j].first, id);
		op->is_broken_asked = op->broken && is_since(a, op->broken, id);
	}
}

struct analysis *analysis_of(const struct record *record, const struct group *group,
			     const struct analysis_choice *choice)
{
	struct analysis *a = xcalloc(1, sizeof(*a));

	*a = (struct analysis){
		.record = record,
		.group = group,
		.metric = choice->metric,
		.threshold = choice->threshold,
		.count = group->series_count,
		.ops = xcalloc(group->series_count + 1, sizeof(*a->ops)),
	};
	if (a->threshold < 0)
		a->threshold = group->is_exact ? 0 : CHANGES_THRESHOLD;
	for (size_t i = 0; i < a->count; i++)
		take_series(a, &a->ops[i], &group->series[i]);
	if (!group->is_exact)
		set_level(a);
	for (size_t i = 0; i < a->count; i++)
		find(a, &a->ops[i]);
	ask(a, choice->since);
	return a;
}

void analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	for (size_t i = 0; i < analysis->count; i++) {
		free(analysis->ops[i].points);
		free(analysis->ops[i].changes);
	}
	free(analysis->ops);
	free(analysis);
}

bool analysis_percent(const struct change_point *point, double *percent)
{
	*percent = 100 * ((double)point->after - (double)point->before) / (double)point->before;
	return point->before >= LEAST_FOR_PERCENT;
}

#define IDLE_LOAD 0.5 /* below it a load says that nothing else ran: as compare has it */

/* The median load of the runs of values @begin to @end, in hundredths; false: none is known. */
static bool load_of(const struct analysis *a, const struct history_op *op, size_t begin, size_t end,
		    int64_t *load)
{
	int64_t *loads = xcalloc(end - begin + 1, sizeof(*loads));
	size_t count = 0;

	for (size_t i = begin; i < end; i++) {
		const struct run *run = record_run(a->record, a->group, op->points[i]->run);

		if (run->load >= 0)
			loads[count++] = llround(100 * run->load);
	}
	if (count)
		*load = merge_median(loads, count);
	free(loads);
	return count;
}

const char *analysis_load(const struct analysis *a, const struct history_op *op,
			  const struct history_change *change, char *text, size_t size)
{
	size_t at = change->point.at, begin = 0, end = op->count;
	int64_t before, after;

	text[0] = '\0';
	for (size_t i = 0; i < op->change_count; i++) {
		size_t other = op->changes[i].point.at;

		begin = other < at && other > begin ? other : begin;
		end = other > at && other < end ? other : end;
	}
	if (!a->group->is_exact && load_of(a, op, begin, at, &before) &&
	    load_of(a, op, at, end, &after) && before != after &&
	    (before > 100 * IDLE_LOAD || after > 100 * IDLE_LOAD))
		snprintf(text, size, "load_1min %.2f -> %.2f", (double)before / 100,
			 (double)after / 100);
	return text;
}

const char *analysis_method(const struct analysis *a, char *text, size_t size)
{
	if (a->group->is_exact)
		snprintf(text, size,
			 "exact: the lab is deterministic, every difference is a change");
	else
		snprintf(
			text, size,
			"a change of %g %% or more, by a permutation test, of several operations by "
			"Benjamini and Hochberg at 5 %%",
			100 * a->threshold);
	return text;
}

const char *analysis_text(const struct analysis *a, int64_t value, char *text, size_t size)
{
	if (a->metric == HISTORY_EXITS)
		snprintf(text, size, "%.2f", (double)value / 1000);
	else
		snprintf(text, size, "%" PRId64, value);
	return text;
}

const char *analysis_direction(const struct analysis *a, const struct history_change *change)
{
	if (a->metric == HISTORY_EXITS)
		return change->is_worse ? "more exits" : "fewer exits";
	return change->is_worse ? "slower" : "faster";
}

const char *analysis_p(const struct change_point *point, char *text, size_t size)
{
	if (point->p < P_LEAST)
		snprintf(text, size, "<%g", P_LEAST);
	else
		snprintf(text, size, "%.2g", point->p);
	return text;
}

const char *analysis_words(const struct analysis *a, const struct history_change *c, char *text,
			   size_t size)
{
	char before[32], after[32], change[32], share[32] = "";
	int64_t size_of_it = c->point.after - c->point.before;
	double percent;

	analysis_text(a, c->point.before, before, sizeof(before));
	analysis_text(a, c->point.after, after, sizeof(after));
	analysis_text(a, size_of_it, change, sizeof(change));
	if (analysis_percent(&c->point, &percent))
		snprintf(share, sizeof(share), " (%+.2f %%)", percent);
	snprintf(text, size, "%s -> %s, %s%s%s, %s", before, after, size_of_it > 0 ? "+" : "",
		 change, share, analysis_direction(a, c));
	return text;
}
