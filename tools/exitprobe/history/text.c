// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "history/show.h"

#define TEXT_SIZE  1024
#define NAME_WIDTH 18

bool history_finds(const struct history_change *change)
{
	return change->is_worse && change->is_asked && !change->is_taken_back;
}

bool history_finds_broken(const struct history *history, size_t g, const struct history_op *op)
{
	return op->is_broken_asked &&
	       (!g || history->groups[g - 1]->group != history->groups[g]->group);
}

size_t history_findings(const struct history *history)
{
	size_t findings = 0;

	for (size_t g = 0; g < history->count; g++)
		for (size_t i = 0; i < history->groups[g]->count; i++) {
			const struct history_op *op = &history->groups[g]->ops[i];

			for (size_t c = 0; c < op->change_count; c++)
				findings += history_finds(&op->changes[c]);
			findings += history_finds_broken(history, g, op);
		}
	return findings;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void list(FILE *to, const struct record *record)
{
	fprintf(to, "%-*s  %-8s  %5s  %8s  %s\n", STORE_ID_SIZE - 1, "run", "group", "boots",
		"measured", "kernel");
	for (size_t i = 0; i < record->run_count; i++) {
		const struct run *run = &record->runs[i];

		fprintf(to, "%s  %s  %5" PRId64 "  %8zu  %s%s\n", run->id,
			record->groups[run->group].name, run->boots, run->measured, run->kernel,
			run->complete ? "" : "  (partial)");
	}
	if (record->group_count)
		fputs("\nRuns of one group are compared with each other:\n", to);
	for (size_t i = 0; i < record->group_count; i++) {
		const struct group *group = &record->groups[i];

		fprintf(to, "%s  %zu run%s  %s\n", group->name, group->run_count,
			plural(group->run_count), group->title);
	}
}

static void head(FILE *to, const struct analysis *a)
{
	const struct run *first = record_run(a->record, a->group, 0);
	const struct run *last = record_run(a->record, a->group, a->group->run_count - 1);
	char text[TEXT_SIZE];

	fprintf(to, "group %s: %s\n%zu run%s, %s to %s; %s in %s\n%s\n", a->group->name,
		a->group->title, a->group->run_count, plural(a->group->run_count), first->time,
		last->time, history_metric_names[a->metric],
		a->metric == HISTORY_EXITS ? "exits" : a->group->unit,
		analysis_method(a, text, sizeof(text)));
}

/* @differences: what else was different at its run than at the one before; "" leaves it out. */
static void tell_change(FILE *to, const struct analysis *a, const struct history_op *op,
			const struct history_change *c, const char *differences)
{
	const struct run *run = record_run(a->record, a->group, c->first->run);
	char text[TEXT_SIZE];

	fprintf(to, "%s: %s", run->time, analysis_words(a, c, text, sizeof(text)));
	if (!a->group->is_exact)
		fprintf(to, ", p %s", analysis_p(&c->point, text, sizeof(text)));
	if (*differences)
		fprintf(to, "; with it: %s", differences);
	if (*analysis_load(a, op, c, text, sizeof(text)))
		fprintf(to, "; how busy the host was: %s", text);
	putc('\n', to);
}

static void tell_change_and_run(FILE *to, const struct analysis *a, const struct history_op *op,
				const struct history_change *c)
{
	char differences[TEXT_SIZE];

	record_differences(a->record, a->group, c->first->run, differences, sizeof(differences));
	tell_change(to, a, op, c, differences);
}

static void overview_row(FILE *to, const struct analysis *a, const struct history_op *op)
{
	char first[32], last[32];
	int64_t begin, end;

	if (!op->count) {
		fprintf(to, "%-*s %6s %12s %12s\n", NAME_WIDTH, op->series->op, "0", "-", "-");
		return;
	}
	analysis_value(op->points[0], a->metric, &begin);
	analysis_value(op->points[op->count - 1], a->metric, &end);
	fprintf(to, "%-*s %6zu %12s %12s %8zu", NAME_WIDTH, op->series->op, op->count,
		analysis_text(a, begin, first, sizeof(first)),
		analysis_text(a, end, last, sizeof(last)), op->change_count);
	if (op->broken)
		fprintf(to, "  %s in the latest run", outcome_names[op->broken->outcome]);
	putc('\n', to);
	for (size_t i = 0; i < op->change_count; i++) {
		fputs("    ", to);
		tell_change(to, a, op, &op->changes[i], "");
	}
}

static bool has_change(const struct analysis *a, size_t place)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t c = 0; c < a->ops[i].change_count; c++)
			if (a->ops[i].changes[c].first->run == place)
				return true;
	return false;
}

/* Once for each run, since a change of the kernel, for example, changes most operations. */
static void overview_runs(FILE *to, const struct analysis *a)
{
	char differences[TEXT_SIZE];
	bool has_title = false;

	for (size_t place = 1; place < a->group->run_count; place++) {
		record_differences(a->record, a->group, place, differences, sizeof(differences));
		if (!*differences || !has_change(a, place))
			continue;
		if (!has_title)
			fputs("\nWhat else was different at a run than at the one before:\n", to);
		has_title = true;
		fprintf(to, "    %s: %s\n", record_run(a->record, a->group, place)->time,
			differences);
	}
}

static void overview(FILE *to, const struct analysis *a)
{
	head(to, a);
	fprintf(to, "\n%-*s %6s %12s %12s %8s\n", NAME_WIDTH, "operation", "runs", "first",
		"latest", "changes");
	for (size_t i = 0; i < a->count; i++)
		overview_row(to, a, &a->ops[i]);
	overview_runs(to, a);
}

static void cell(FILE *to, bool known, int64_t value, int width)
{
	if (known)
		fprintf(to, " %*" PRId64, width, value);
	else
		fprintf(to, " %*s", width, "-");
}

static const struct history_change *change_at(const struct history_op *op,
					      const struct point *point)
{
	for (size_t i = 0; i < op->change_count; i++)
		if (op->changes[i].first == point)
			return &op->changes[i];
	return NULL;
}

static void show_point(FILE *to, const struct analysis *a, const struct history_op *op,
		       const struct point *point)
{
	const struct run *run = record_run(a->record, a->group, point->run);
	const struct history_change *change = change_at(op, point);
	bool measured = point->outcome == OUTCOME_MEASURED;

	if (change) {
		fputs("  change at ", to);
		tell_change_and_run(to, a, op, change);
	}
	fprintf(to, "%s", run->id);
	if (!measured) {
		fprintf(to, "  %s\n", outcome_names[point->outcome]);
		return;
	}
	cell(to, true, point->p50, 10);
	cell(to, true, point->ci_low, 10);
	cell(to, true, point->ci_high, 10);
	if (point->counted)
		fprintf(to, " %8.2f", (double)point->exits_milli / 1000);
	else
		fprintf(to, " %8s", "-");
	for (int p = 0; p < PART_COUNT; p++)
		cell(to, point->known >> p & 1, point->parts[p], 8);
	fprintf(to, "  %s\n", run->kernel);
}

static void show(FILE *to, const struct analysis *a)
{
	head(to, a);
	for (size_t i = 0; i < a->count; i++) {
		const struct history_op *op = &a->ops[i];

		fprintf(to, "\n%s\n%-*s %10s %10s %10s %8s", op->series->op, STORE_ID_SIZE - 1,
			"run", "p50", "low", "high", "exits");
		for (int p = 0; p < PART_COUNT; p++)
			fprintf(to, " %8s", part_names[p]);
		fputs("  kernel\n", to);
		for (size_t j = 0; j < op->series->count; j++)
			show_point(to, a, op, &op->series->points[j]);
	}
}

/* A line for each finding: the operation, the run, the size. */
static void check(FILE *to, const struct history *history, size_t g)
{
	const struct analysis *a = history->groups[g];

	for (size_t i = 0; i < a->count; i++) {
		const struct history_op *op = &a->ops[i];

		for (size_t c = 0; c < op->change_count; c++)
			if (history_finds(&op->changes[c])) {
				fprintf(to, "%s: run %s of group %s, ", op->series->op,
					record_run(a->record, a->group, op->changes[c].first->run)
						->id,
					a->group->name);
				tell_change_and_run(to, a, op, &op->changes[c]);
			}
		if (history_finds_broken(history, g, op))
			fprintf(to, "%s: run %s of group %s: %s, was measured before\n",
				op->series->op,
				record_run(a->record, a->group, op->broken->run)->id,
				a->group->name, outcome_names[op->broken->outcome]);
	}
}

void history_text(FILE *to, const struct history *history)
{
	size_t shown = 0;

	if (history->view == HISTORY_LIST) {
		list(to, history->record);
		return;
	}
	if (!history->record->run_count && history->view != HISTORY_CHECK)
		fprintf(to, "%s: no runs\n", history->record->directory);
	for (size_t g = 0; g < history->count; g++) {
		/* A group that has none of the operations. */
		if (!history->groups[g]->count)
			continue;
		if (shown++ && history->view != HISTORY_CHECK)
			putc('\n', to);
		switch (history->view) {
		case HISTORY_SHOW:
			show(to, history->groups[g]);
			break;
		case HISTORY_CHECK:
			check(to, history, g);
			break;
		default:
			overview(to, history->groups[g]);
		}
	}
	if (history->view == HISTORY_CHECK) {
		size_t findings = history_findings(history);

		fprintf(to, "%zu run%s, %zu change%s for the worse\n", history->record->run_count,
			plural(history->record->run_count), findings, plural(findings));
	}
}
