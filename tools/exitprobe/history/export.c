// SPDX-License-Identifier: GPL-2.0-only
/* A history for programs: abi/history.schema.json describes the JSON. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/show.h"
#include "lib/escape.h"
#include "lib/message.h"

#define HISTORY_FORMAT 1
#define TEXT_SIZE      1024

static json_t *made(json_t *value)
{
	if (!value)
		out_of_memory("history");
	return value;
}

static json_t *run_json(const struct record *record, const struct run *run)
{
	return made(json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:I}", "run", run->id, "time",
			      run->time, "group", record->groups[run->group].name, "host",
			      run->host, "kernel", run->kernel, "boots", (json_int_t)run->boots,
			      "complete", run->complete, "measured", (json_int_t)run->measured));
}

/* What is no UTF-8 cannot be in JSON, such as a name, or a text that is cut off within a character. */
static json_t *plain(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value)
		return value;
	copy = xstrdup(text);
	for (char *c = copy; *c; c++)
		*c = (unsigned char)*c < 0x80 ? *c : '?';
	value = json_string(copy);
	free(copy);
	return made(value);
}

/* Ticks, or exits. */
static json_t *value_json(const struct analysis *a, int64_t value)
{
	return made(a->metric == HISTORY_EXITS ? json_real((double)value / 1000)
					       : json_integer((json_int_t)value));
}

static json_t *change_json(const struct analysis *a, const struct history_op *op,
			   const struct history_change *c)
{
	char text[TEXT_SIZE], load[64];
	double percent;
	bool known = analysis_percent(&c->point, &percent);

	record_differences(a->record, a->group, c->first->run, text, sizeof(text));
	return made(json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o, s:s}", "run",
			      record_run(a->record, a->group, c->first->run)->id, "metric",
			      history_metric_names[a->metric], "before",
			      value_json(a, c->point.before), "after",
			      value_json(a, c->point.after), "change",
			      value_json(a, c->point.after - c->point.before), "percent",
			      known ? json_real(percent) : json_null(), "p",
			      a->group->is_exact ? json_null() : json_real(c->point.p), "direction",
			      analysis_direction(a, c), "taken_back", c->is_taken_back, "finding",
			      history_finds(c), "with", plain(text), "load",
			      analysis_load(a, op, c, load, sizeof(load))));
}

static json_t *point_json(const struct analysis *a, const struct point *point)
{
	json_t *parts = made(json_object());

	if (point->outcome != OUTCOME_MEASURED) {
		json_decref(parts);
		return made(json_pack("{s:s, s:s}", "run",
				      record_run(a->record, a->group, point->run)->id, "outcome",
				      outcome_names[point->outcome]));
	}
	for (int p = 0; p < PART_COUNT; p++)
		if (point->known >> p & 1)
			json_object_set_new(parts, part_names[p],
					    made(json_integer((json_int_t)point->parts[p])));
	return made(json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "run",
		record_run(a->record, a->group, point->run)->id, "outcome", "measured", "p50",
		(json_int_t)point->p50, "ci_low", (json_int_t)point->ci_low, "ci_high",
		(json_int_t)point->ci_high, "exits",
		point->counted ? json_real((double)point->exits_milli / 1000) : json_null(),
		"parts", parts));
}

static json_t *op_json(const struct analysis *a, const struct history_op *op,
		       enum history_view view)
{
	json_t *changes = made(json_array()), *points = made(json_array()), *object;

	for (size_t i = 0; i < op->change_count; i++)
		json_array_append_new(changes, change_json(a, op, &op->changes[i]));
	object = made(json_pack("{s:s, s:I, s:o, s:o}", "op", op->series->op, "values",
				(json_int_t)op->count, "changes", changes, "broken",
				op->broken ? json_string(outcome_names[op->broken->outcome])
					   : json_null()));
	for (size_t i = 0; view == HISTORY_SHOW && i < op->series->count; i++)
		json_array_append_new(points, point_json(a, &op->series->points[i]));
	if (view == HISTORY_SHOW)
		json_object_set(object, "points", points);
	json_decref(points);
	return object;
}

static json_t *group_json(const struct analysis *a, enum history_view view)
{
	json_t *operations = made(json_array());
	char text[TEXT_SIZE];

	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(operations, op_json(a, &a->ops[i], view));
	return made(json_pack("{s:s, s:s, s:s, s:b, s:I, s:s, s:f, s:s, s:o}", "group",
			      a->group->name, "title", a->group->title, "unit", a->group->unit,
			      "exact", a->group->is_exact, "runs", (json_int_t)a->group->run_count,
			      "metric", history_metric_names[a->metric], "threshold", a->threshold,
			      "method", analysis_method(a, text, sizeof(text)), "operations",
			      operations));
}

void history_json(FILE *to, const struct history *history)
{
	const struct record *record = history->record;
	json_t *runs = made(json_array()), *groups = made(json_array()), *left = made(json_array());
	json_t *document;

	for (size_t i = 0; i < record->run_count; i++)
		json_array_append_new(runs, run_json(record, &record->runs[i]));
	for (size_t i = 0; i < record->store.left_count; i++)
		json_array_append_new(left, plain(record->store.left[i]));
	for (size_t i = 0; history->view != HISTORY_LIST && i < history->count; i++)
		json_array_append_new(groups, group_json(history->groups[i], history->view));
	document = made(json_pack("{s:i, s:o, s:o, s:o, s:o}", "exitprobe_history", HISTORY_FORMAT,
				  "directory", plain(record->directory), "runs", runs, "left_out",
				  left, "groups", groups));
	if (history->view == HISTORY_CHECK)
		json_object_set_new(document, "findings",
				    made(json_integer((json_int_t)history_findings(history))));
	json_dumpf(document, to, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putc('\n', to);
	json_decref(document);
}

/* RFC 4180: lines end with CR LF. */
static void field(FILE *to, const char *text, bool last)
{
	escape_csv(to, text);
	fputs(last ? "\r\n" : ",", to);
}

static void number(FILE *to, bool known, int64_t value)
{
	if (known)
		fprintf(to, "%" PRId64, value);
	putc(',', to);
}

static void list_csv(FILE *to, const struct record *record)
{
	fputs("run,time,group,boots,measured,complete,kernel,host\r\n", to);
	for (size_t i = 0; i < record->run_count; i++) {
		const struct run *run = &record->runs[i];

		fprintf(to, "%s,%s,%s,%" PRId64 ",%zu,%s,", run->id, run->time,
			record->groups[run->group].name, run->boots, run->measured,
			run->complete ? "yes" : "no");
		field(to, run->kernel, false);
		field(to, run->host, true);
	}
}

static void points_csv(FILE *to, const struct analysis *a, const struct history_op *op)
{
	for (size_t i = 0; i < op->series->count; i++) {
		const struct point *point = &op->series->points[i];
		const struct run *run = record_run(a->record, a->group, point->run);
		bool measured = point->outcome == OUTCOME_MEASURED;

		fprintf(to, "%s,%s,%s,%s,%s,", op->series->op, a->group->name, run->id, run->time,
			outcome_names[point->outcome]);
		number(to, measured, point->p50);
		number(to, measured, point->ci_low);
		number(to, measured, point->ci_high);
		if (measured && point->counted)
			fprintf(to, "%.3f", (double)point->exits_milli / 1000);
		putc(',', to);
		for (int p = 0; p < PART_COUNT; p++)
			number(to, measured && (point->known >> p & 1), point->parts[p]);
		for (size_t c = 0; c < op->change_count; c++)
			if (op->changes[c].first == point)
				fputs(analysis_direction(a, &op->changes[c]), to);
		putc(',', to);
		field(to, run->kernel, true);
	}
}

static void changes_csv(FILE *to, const struct analysis *a, const struct history_op *op)
{
	char text[TEXT_SIZE];

	for (size_t i = 0; i < op->change_count; i++) {
		const struct history_change *c = &op->changes[i];
		const struct run *run = record_run(a->record, a->group, c->first->run);
		double percent;

		fprintf(to, "%s,%s,%s,%s,%s,", op->series->op, a->group->name, run->id, run->time,
			history_metric_names[a->metric]);
		fprintf(to, "%s,", analysis_text(a, c->point.before, text, sizeof(text)));
		fprintf(to, "%s,", analysis_text(a, c->point.after, text, sizeof(text)));
		if (analysis_percent(&c->point, &percent))
			fprintf(to, "%.4f", percent);
		putc(',', to);
		if (!a->group->is_exact)
			fprintf(to, "%.3g", c->point.p);
		fprintf(to, ",%s,%s,", analysis_direction(a, c), history_finds(c) ? "yes" : "no");
		field(to,
		      record_differences(a->record, a->group, c->first->run, text, sizeof(text)),
		      true);
	}
}

/* Its outcome has changed. */
static void broken_csv(FILE *to, const struct analysis *a, const struct history_op *op)
{
	const struct run *run = record_run(a->record, a->group, op->broken->run);
	char text[TEXT_SIZE];

	fprintf(to, "%s,%s,%s,%s,outcome,%s,%s,,,,yes,", op->series->op, a->group->name, run->id,
		run->time, outcome_names[OUTCOME_MEASURED], outcome_names[op->broken->outcome]);
	field(to, record_differences(a->record, a->group, op->broken->run, text, sizeof(text)),
	      true);
}

void history_csv(FILE *to, const struct history *history)
{
	if (history->view == HISTORY_LIST) {
		list_csv(to, history->record);
		return;
	}
	if (history->view == HISTORY_SHOW) {
		fputs("op,group,run,time,outcome,p50,ci_low,ci_high,exits", to);
		for (int p = 0; p < PART_COUNT; p++)
			fprintf(to, ",%s", part_names[p]);
		fputs(",change,host_kernel\r\n", to);
	} else {
		fputs("op,group,run,time,metric,before,after,percent,p,direction,finding,with\r\n",
		      to);
	}
	for (size_t g = 0; g < history->count; g++)
		for (size_t i = 0; i < history->groups[g]->count; i++) {
			const struct history_op *op = &history->groups[g]->ops[i];

			if (history->view == HISTORY_SHOW)
				points_csv(to, history->groups[g], op);
			else
				changes_csv(to, history->groups[g], op);
			if (history->view != HISTORY_SHOW && history_finds_broken(history, g, op))
				broken_csv(to, history->groups[g], op);
		}
}
