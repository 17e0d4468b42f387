// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a vCPU's exit_stats, up to the first two bytes of value 1 as the reading before,
 * then as the next; and as QEMU's command line.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "watch/change.h"
#include "watch/choose.h"
#include "watch/show.h"

/* Both forms for machines are whole, whatever is in it. */
static void require_shown(const struct watch_form *form, const struct watch_interval *interval)
{
	struct shown shown;

	shown_begin(&shown);
	form->interval(shown.to, interval);
	shown_end(&shown);
	REQUIRE(shown.length && shown.text[shown.length - 1] == '\n');
	shown_free(&shown);
}

/* Each line is a comment, or a sample with a number behind its labels. */
static void require_metrics(const struct watch_list *list)
{
	struct shown shown;
	char *line, *rest;

	shown_begin(&shown);
	watch_openmetrics(shown.to, list);
	shown_end(&shown);
	REQUIRE(shown.length > 6 && !strcmp(shown.text + shown.length - 6, "# EOF\n"));
	for (line = strtok_r(shown.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *end = strrchr(line, '}');

		if (*line == '#')
			continue;
		REQUIRE(!strncmp(line, "exitprobe_vm_", 13) && end && end[1] == ' ');
		REQUIRE(strspn(end + 2, "0123456789") == strlen(end + 2) && end[2]);
	}
	shown_free(&shown);
}

static enum watch_parsed parse(struct watch_counters *c, const uint8_t *data, size_t size)
{
	enum watch_parsed parsed;
	char why[128] = "";

	parsed = watch_parse((const char *)data, size, c, why, sizeof(why));
	REQUIRE((parsed == WATCH_OFF) == !size);
	if (parsed == WATCH_BAD)
		require_one_line(why);
	else
		REQUIRE(!*why);
	REQUIRE(c->reason_count <= WATCH_REASONS_MAX);
	return parsed;
}

static void as_readings(const uint8_t *first, size_t first_size, const uint8_t *second,
			size_t second_size)
{
	struct watch_vcpu old = { 0 }, new = { 0 };
	struct watch_vm before_vm = { .id = "1-1", .vcpu_count = 1, .vcpus = &old };
	struct watch_vm now_vm = { .id = "1-1", .at_ns = 1, .vcpu_count = 1, .vcpus = &new };
	struct watch_list before = { 1, &before_vm }, now = { 1, &now_vm };
	struct watch_interval interval;

	if (parse(&old.counters, first, first_size) == WATCH_BAD ||
	    parse(&new.counters, second, second_size) == WATCH_BAD)
		return;
	watch_interval_make(&interval, &now, &before);
	if (interval.changes[0].begin == WATCH_GOES_ON)
		REQUIRE(interval.changes[0].counters.exits ==
			new.counters.exits - old.counters.exits);
	else
		REQUIRE(interval.changes[0].begin == WATCH_ANEW &&
			!interval.changes[0].counters.exits);
	require_shown(&watch_json, &interval);
	require_shown(&watch_lines, &interval);
	watch_interval_free(&interval);
	require_metrics(&now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memmem(data, size, "\1\1", 2);
	size_t first = cut ? (size_t)(cut - data) : size;
	size_t second = cut ? size - first - 2 : 0;
	char *name = watch_name_of((const char *)data, size);
	uint64_t number;
	char *text;
	pid_t pid;

	REQUIRE(!name || (*name && strlen(name) < size));
	free(name);
	as_readings(data, first, cut ? cut + 2 : data, cut ? second : first);
	text = strndup((const char *)data, first);
	REQUIRE(!watch_parse_number(text, &number) || number <= INT64_MAX);
	REQUIRE(!watch_directory_pid(text, &pid) || (pid > 0 && strlen(text) < WATCH_ID_SIZE));
	free(text);
	return 0;
}
