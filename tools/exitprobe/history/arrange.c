// SPDX-License-Identifier: GPL-2.0-only
/* The order of a record's groups and of their runs, and what differs between two runs. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/group.h"
#include "history/record.h"
#include "lib/message.h"

struct place {
	size_t old; /* in the group */
	const struct run *run;
};

/* As versions are: 6.9 is before 6.12. */
static int by_kernel(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strverscmp(x->run->kernel, y->run->kernel);

	return order ? order : strcmp(x->run->id, y->run->id);
}

static int by_run(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->run > y->run) - (x->run < y->run);
}

static void order_by_kernel(struct record *record, struct group *group)
{
	struct place *places = xcalloc(group->run_count + 1, sizeof(*places));
	size_t *new_places = xcalloc(group->run_count + 1, sizeof(*new_places));
	size_t *runs = xcalloc(group->run_count + 1, sizeof(*runs));

	for (size_t i = 0; i < group->run_count; i++)
		places[i] = (struct place){ i, record_run(record, group, i) };
	qsort(places, group->run_count, sizeof(*places), by_kernel);
	for (size_t i = 0; i < group->run_count; i++) {
		new_places[places[i].old] = i;
		runs[i] = group->runs[places[i].old];
	}
	free(group->runs);
	group->runs = runs;
	for (size_t s = 0; s < group->series_count; s++) {
		struct series *series = &group->series[s];

		for (size_t i = 0; i < series->count; i++)
			series->points[i].run = (uint32_t)new_places[series->points[i].run];
		qsort(series->points, series->count, sizeof(*series->points), by_run);
	}
	free(new_places);
	free(places);
}

/* Places of runs in the record: that of the latest run is the largest. */
static size_t latest_of(const struct group *group)
{
	size_t latest = 0;

	for (size_t i = 0; i < group->run_count; i++)
		latest = group->runs[i] > latest ? group->runs[i] : latest;
	return latest;
}

static int by_latest(const void *a, const void *b)
{
	size_t x = latest_of(a), y = latest_of(b);

	return (x < y) - (x > y);
}

bool record_arrange(struct record *record, const struct record_choice *choice, char *message,
		    size_t size)
{
	if (record->group_count)
		qsort(record->groups, record->group_count, sizeof(*record->groups), by_latest);
	for (size_t g = 0; g < record->group_count; g++) {
		struct group *group = &record->groups[g];

		for (size_t i = 0; i < group->run_count; i++)
			record->runs[group->runs[i]].group = g;
		if (choice->is_by_kernel)
			order_by_kernel(record, group);
	}
	if (!choice->group)
		return true;
	for (size_t g = 0; g < record->group_count; g++)
		if (!strncmp(record->groups[g].name, choice->group, strlen(choice->group)))
			return true;
	snprintf(message, size,
		 "--group %s: there is no such group in %s; exitprobe history list %s shows them",
		 choice->group, record->directory, record->directory);
	return false;
}

static const struct fact *fact_like(const struct run *run, const struct fact *fact, size_t hint)
{
	if (hint < run->fact_count && run->facts[hint].name == fact->name &&
	    run->facts[hint].kind == fact->kind)
		return &run->facts[hint];
	for (size_t i = 0; i < run->fact_count; i++)
		if (run->facts[i].name == fact->name && run->facts[i].kind == fact->kind)
			return &run->facts[i];
	return NULL;
}

static void append(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? ", " : "", more);
}

const char *record_differences(const struct record *record, const struct group *group, size_t place,
			       char *text, size_t size)
{
	const struct run *now = record_run(record, group, place);
	const struct run *before = place ? record_run(record, group, place - 1) : NULL;

	text[0] = '\0';
	for (size_t i = 0; before && i < now->fact_count; i++) {
		const struct fact *fact = &now->facts[i], *old = fact_like(before, fact, i);
		char line[512];

		/* Texts are kept once, so that the same is at the same place. */
		if ((old && old->value == fact->value) || !group_watches(fact))
			continue;
		if (fact->kind == FACT_BUILD)
			snprintf(line, sizeof(line), "build: %s", fact->name);
		else
			snprintf(line, sizeof(line), "%s %s -> %s", fact->name,
				 old ? old->value : "(none)", fact->value);
		append(text, size, line);
	}
	for (size_t i = 0; before && i < before->fact_count; i++) {
		const struct fact *old = &before->facts[i];
		char line[512];

		if (!fact_like(now, old, i) && group_watches(old)) {
			snprintf(line, sizeof(line), "%s%s -> (none)",
				 old->kind == FACT_BUILD ? "build: " : "", old->name);
			append(text, size, line);
		}
	}
	return text;
}
