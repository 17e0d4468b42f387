// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/record.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/group.h"
#include "history/host.h"
#include "history/read.h"
#include "lib/message.h"
#include "lib/sha256.h"

#define LOAD_MOST 1e9 /* what a file says may be anything */

/* The one copy of @text, which lives as long as the record. */
static const char *kept(struct record *record, const char *text)
{
	json_t *value = json_object_get(record->texts, text);

	if (value)
		return json_string_value(value);
	value = json_string(text);
	if (!value || json_object_set_new(record->texts, text, value))
		out_of_memory("history");
	return json_string_value(value);
}

static const char *kept_like(struct record *record, const char *text, const char *like)
{
	return like && !strcmp(like, text) ? like : kept(record, text);
}

/*
 * The facts of a run.  @before: a run that is probably alike, so that its texts are these; or
 * NULL.
 */
static void take_facts(struct record *record, struct run *run, const struct summary *summary,
		       const struct run *before)
{
	run->facts = xcalloc(summary->fact_count + 1, sizeof(*run->facts));
	for (size_t i = 0; i < summary->fact_count; i++) {
		const struct fact *from = &summary->facts[i];
		const struct fact *like = before && i < before->fact_count ? &before->facts[i]
									   : NULL;

		run->facts[i] = (struct fact){
			.kind = from->kind,
			.name = kept_like(record, from->name, like ? like->name : NULL),
			.value = kept_like(record, from->value, like ? like->value : NULL),
		};
	}
	run->fact_count = summary->fact_count;
}

static struct group *group_of(struct record *record, const struct summary *summary,
			      const char *host, bool is_same_build)
{
	char *key = group_key(summary, host, is_same_build), hash_text[SHA256_TEXT];
	const char *unit = summary_fact(summary, FACT_RUN, "unit");
	const char *exact = summary_fact(summary, FACT_RUN, "deterministic");
	struct group *group;
	struct sha256 hash;

	/* The latest first: a group's runs come one after the other. */
	for (size_t i = record->group_count; i > 0; i--) {
		group = &record->groups[i - 1];
		if (!strcmp(group->key, key)) {
			free(key);
			return group;
		}
	}
	record->groups = xrealloc(record->groups, (record->group_count + 1) * sizeof(*group));
	group = &record->groups[record->group_count++];
	*group = (struct group){
		.key = key,
		.title = group_title(summary, host),
		.unit = xstrdup(unit ? unit : ""),
		.is_exact = exact && !strcmp(exact, "yes"),
		.index = json_object(),
	};
	sha256_begin(&hash);
	sha256_add(&hash, key, strlen(key));
	sha256_end(&hash, hash_text);
	snprintf(group->name, sizeof(group->name), "%.*s", GROUP_NAME_SIZE - 1, hash_text);
	return group;
}

static bool is_chosen(const char *op, const struct record_choice *choice)
{
	for (size_t i = 0; i < choice->op_count; i++)
		if (!fnmatch(choice->ops[i], op, 0))
			return true;
	return !choice->op_count;
}

/* @hint: its probable place, since runs have the operations in the same order. */
static struct series *series_of(struct group *group, const char *op, size_t hint)
{
	const json_t *place;

	if (hint < group->series_count && !strcmp(group->series[hint].op, op))
		return &group->series[hint];
	place = json_object_get(group->index, op);
	if (place)
		return &group->series[json_integer_value(place)];
	json_object_set_new(group->index, op, json_integer((json_int_t)group->series_count));
	group->series = xrealloc(group->series, (group->series_count + 1) * sizeof(*group->series));
	group->series[group->series_count] = (struct series){ .op = xstrdup(op) };
	return &group->series[group->series_count++];
}

static void take_point(struct series *series, const struct summary_op *op, size_t run)
{
	struct point *point;

	if (series->count && series->points[series->count - 1].run == run)
		return;
	if (series->count == series->room) {
		series->room += series->room / 4 + 16;
		series->points = xrealloc(series->points, series->room * sizeof(*series->points));
	}
	point = &series->points[series->count++];
	*point = (struct point){
		.p50 = op->p50,
		.ci_low = op->ci_low,
		.ci_high = op->ci_high,
		.exits_milli = op->exits_milli,
		.run = (uint32_t)run,
		.outcome = (uint8_t)op->outcome,
		.counted = op->counted,
		.is_broken = op->broken_boots,
	};
	for (int p = 0; p < PART_COUNT; p++) {
		point->parts[p] = op->parts.ticks[p];
		point->known |= (uint8_t)(op->parts.known[p] << p);
	}
}

/* What is no host's name is said, and the run is one of no known host. */
static const char *host_of(struct record *record, const struct store_run *run)
{
	char host[HOST_NAME_SIZE], message[1024];

	if (!host_load(record->directory, run->id, host, message, sizeof(message)))
		store_leave_out(&record->store, false, xstrdup(message));
	return kept(record, host);
}

static void take_run(struct record *record, const struct store_run *from,
		     const struct summary *summary, const struct record_choice *choice)
{
	const char *host = host_of(record, from);
	struct group *group = group_of(record, summary, host, choice->is_same_build);
	struct run *run = &record->runs[record->run_count];
	const char *boots = summary_fact(summary, FACT_RUN, "boots");
	const char *complete = summary_fact(summary, FACT_RUN, "complete");
	const char *kernel = summary_fact(summary, FACT_MACHINE, "kernel");
	const char *load = summary_fact(summary, FACT_MACHINE, "load_1min");
	size_t place = group->run_count++, hint = 0;

	*run = (struct run){ .group = (size_t)(group - record->groups) };
	memcpy(run->id, from->id, sizeof(run->id));
	store_time(run->id, run->time);
	take_facts(record, run, summary, place ? &record->runs[group->runs[place - 1]] : NULL);
	run->kernel = kernel ? kept(record, kernel) : "";
	run->host = host;
	run->load = load ? fmin(strtod(load, NULL), LOAD_MOST) : -1;
	run->boots = boots ? strtoll(boots, NULL, 10) : 0;
	run->complete = complete && !strcmp(complete, "yes");
	if (!(place & (place - 1)))
		group->runs = xrealloc(group->runs, (place ? 2 * place : 1) * sizeof(*group->runs));
	group->runs[place] = record->run_count++;
	for (size_t i = 0; i < summary->op_count; i++) {
		const struct summary_op *op = &summary->ops[i];
		struct series *series;

		run->measured += op->outcome == OUTCOME_MEASURED;
		if (!is_chosen(op->name, choice))
			continue;
		series = series_of(group, op->name, hint);
		hint = (size_t)(series - group->series) + 1;
		take_point(series, op, place);
	}
}

static void read_runs(struct record *record, const struct record_choice *choice)
{
	struct reading *reading = read_begin(record->directory);
	char message[1024];

	record->runs = xcalloc(record->store.count + 1, sizeof(*record->runs));
	for (size_t i = 0; i < record->store.count; i++) {
		const struct store_run *run = &record->store.runs[i];
		const struct summary *summary = read_run(reading, run, message, sizeof(message));

		if (summary)
			take_run(record, run, summary, choice);
		else
			store_leave_out(&record->store, true, xstrdup(message));
	}
	record->unsaved = read_end(reading);
}

static void free_group(struct group *group)
{
	for (size_t i = 0; i < group->series_count; i++) {
		free(group->series[i].op);
		free(group->series[i].points);
	}
	free(group->series);
	free(group->runs);
	free(group->key);
	free(group->title);
	free(group->unit);
	json_decref(group->index);
}

struct record *record_load(const char *directory, const struct record_choice *choice, char *message,
			   size_t size)
{
	struct record *record = xcalloc(1, sizeof(*record));

	record->directory = xstrdup(directory);
	record->texts = json_object();
	if (!store_open(&record->store, directory, message, size)) {
		record_free(record);
		return NULL;
	}
	read_runs(record, choice);
	if (!record_arrange(record, choice, message, size)) {
		record_free(record);
		return NULL;
	}
	return record;
}

void record_free(struct record *record)
{
	for (size_t i = 0; i < record->group_count; i++)
		free_group(&record->groups[i]);
	free(record->groups);
	for (size_t i = 0; i < record->run_count; i++)
		free(record->runs[i].facts);
	free(record->runs);
	json_decref(record->texts);
	store_close(&record->store);
	free(record->directory);
	free(record);
}

const struct run *record_run(const struct record *record, const struct group *group, size_t place)
{
	return &record->runs[group->runs[place]];
}
