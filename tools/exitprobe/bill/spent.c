// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "bill/spent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "lib/message.h"
#include "results/reader.h"
#include "watch/parse.h"

#define LINES_MAX 100000
#define MOST	  ((int64_t)1 << 60)

/* The reason of that name, or a new one; NULL: there are too many. */
static struct spent_reason *reason_of(struct spent *spent, const char *name)
{
	for (size_t i = 0; i < spent->reason_count; i++)
		if (!strcmp(spent->reasons[i].name, name))
			return &spent->reasons[i];
	if (spent->reason_count == SPENT_REASONS_MAX)
		return NULL;
	snprintf(spent->reasons[spent->reason_count].name, SPENT_NAME_SIZE, "%s", name);
	return &spent->reasons[spent->reason_count++];
}

static double count(struct reader *r, const json_t *object, const char *member)
{
	return (double)reader_integer(r, object, member, 0, MOST);
}

static void read_reason(struct reader *r, const json_t *object, struct spent *spent)
{
	char *name = reader_string(r, object, "reason", SPENT_NAME_SIZE - 1);
	struct spent_reason *reason = name ? reason_of(spent, name) : NULL;

	if (name && !reason)
		reader_fail(r, "reason", "more reasons than any processor has");
	if (reason) {
		reason->exits += count(r, object, "exits");
		reason->kernel += count(r, object, "kernel_cycles");
		reason->user += count(r, object, "user_cycles");
		reason->halted += count(r, object, "halted_cycles");
	}
	free(name);
}

/* All objects are of one guest. */
static void read_host(struct reader *r, const json_t *object, struct spent *spent)
{
	static const char *const isa_names[] = { "VMX", "SVM" };
	bool is_svm = reader_choice(r, object, "isa", isa_names, 2);
	double khz = (double)reader_integer(r, object, "tsc_khz", 0, UINT32_MAX);

	if (!r->failed && spent->is_isa_known && spent->is_svm != is_svm)
		reader_fail(r, "isa", "is %s, that of what was read before is not",
			    isa_names[is_svm]);
	if (!r->failed && spent->tsc_khz > 0 && khz > 0 &&
	    (khz > 1.01 * spent->tsc_khz || khz < 0.99 * spent->tsc_khz))
		reader_fail(r, "tsc_khz", "is %.0f, that of what was read before is %.0f", khz,
			    spent->tsc_khz);
	spent->is_isa_known = true;
	spent->is_svm = is_svm;
	spent->tsc_khz = khz > 0 ? khz : spent->tsc_khz;
}

static void read_object(struct reader *r, const json_t *object, struct spent *spent)
{
	json_t *reasons, *reason;
	int64_t own = 0, interval = 0;
	size_t i;

	if (!json_is_object(object) || !json_object_get(object, "reasons")) {
		reader_fail(r, NULL, "is not what exitstat --json prints: it has no reasons");
		return;
	}
	reader_check_text(r, object, INPUT_MAX_TEXT);
	read_host(r, object, spent);
	spent->exits += count(r, object, "exits");
	spent->kernel += count(r, object, "kernel_cycles");
	spent->user += count(r, object, "user_cycles");
	spent->halted += count(r, object, "halted_cycles");
	spent->descheduled += count(r, object, "descheduled_cycles");
	spent->guest += count(r, object, "guest_cycles");
	spent->paused += count(r, object, "paused_cycles");
	reader_optional_integer(r, object, "own_exits", 0, MOST, &own);
	/* What exitstat has of a command or an interval is without them already. */
	reader_optional_integer(r, object, "n", 0, MOST, &interval);
	spent->own_exits += interval ? 0 : (double)own;
	reasons = reader_array(r, object, "reasons", SPENT_REASONS_MAX);
	json_array_foreach(reasons, i, reason) {
		size_t mark = reader_enter(r, "reasons");

		reader_enter_index(r, i);
		read_reason(r, reason, spent);
		reader_leave(r, mark);
		if (r->failed)
			break;
	}
}

/* JSON objects, each on a line of its own. */
static bool add_json(struct spent *spent, const char *name, const char *text, size_t length,
		     char *message, size_t size)
{
	const char *end = text + length;
	size_t lines = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t bytes = newline ? (size_t)(newline - text) : (size_t)(end - text);
		struct reader reader;
		json_t *object;
		char place[256];

		snprintf(place, sizeof(place), "%.200s: object %zu", name, ++lines);
		if (lines > LINES_MAX) {
			snprintf(message, size, "%s: more than %d objects", name, LINES_MAX);
			return false;
		}
		/* Of a line that is empty, or has only the CR before its end, there is nothing. */
		if (strspn(text, " \t\r") < bytes) {
			object = input_parse(place, text, bytes, message, size);
			if (!object)
				return false;
			reader_init(&reader, place, message, size);
			read_object(&reader, object, spent);
			json_decref(object);
			if (reader.failed)
				return false;
		}
		text += bytes + (newline != NULL);
	}
	return true;
}

static bool add_counters(struct spent *spent, const char *name, const struct watch_counters *from,
			 char *message, size_t size)
{
	spent->exits += (double)from->exits;
	spent->kernel += (double)from->cycles[WATCH_KERNEL];
	spent->user += (double)from->cycles[WATCH_USER];
	spent->halted += (double)from->cycles[WATCH_HALTED];
	spent->guest += (double)from->cycles[WATCH_GUEST];
	spent->descheduled += (double)from->cycles[WATCH_DESCHEDULED];
	spent->paused += (double)from->cycles[WATCH_PAUSED];
	for (size_t i = 0; i < from->reason_count; i++) {
		const struct watch_reason *r = &from->reasons[i];
		struct spent_reason *to = reason_of(spent, r->name);

		if (!to) {
			snprintf(message, size, "%s: more reasons than any processor has", name);
			return false;
		}
		to->exits += (double)r->exits;
		to->kernel += (double)r->cycles[WATCH_KERNEL];
		to->user += (double)r->cycles[WATCH_USER];
		to->halted += (double)r->cycles[WATCH_HALTED];
	}
	return true;
}

bool spent_add_text(struct spent *spent, const char *name, const char *text, size_t length,
		    char *message, size_t size)
{
	size_t blank = strspn(text, " \t\r\n");
	struct watch_counters *counters;
	bool added = false;
	char why[200];

	if (text[blank] == '{')
		return add_json(spent, name, text, length, message, size);
	counters = xcalloc(1, sizeof(*counters));
	switch (watch_parse(text, length, counters, why, sizeof(why))) {
	case WATCH_COUNTED:
		added = add_counters(spent, name, counters, message, size);
		break;
	case WATCH_OFF:
		snprintf(message, size, "%s: is empty", name);
		break;
	case WATCH_BAD:
		snprintf(message, size,
			 "%s: is neither of exitstat --json nor a file exit_stats: %s", name, why);
		break;
	}
	free(counters);
	return added;
}

bool spent_add(struct spent *spent, const char *path, char *message, size_t size)
{
	size_t length = 0;
	char *text = input_read(path, &length, message, size), *ended;
	bool added;

	if (!text)
		return false;
	/* For strspn(), which looks for an end. */
	ended = xrealloc(text, length + 1);
	ended[length] = '\0';
	added = spent_add_text(spent, input_name(path), ended, length, message, size);
	free(ended);
	return added;
}

void spent_remove_own(struct spent *spent)
{
	struct spent_reason *cpuid = spent->own_exits > 0 ? reason_of(spent, "CPUID") : NULL;
	double share, kernel;

	if (!cpuid || cpuid->exits < spent->own_exits)
		return;
	share = spent->own_exits / cpuid->exits;
	kernel = share * cpuid->kernel;
	cpuid->exits -= spent->own_exits;
	cpuid->kernel -= kernel;
	spent->exits -= spent->own_exits;
	spent->kernel -= kernel;
	spent->own_exits = 0;
}

double spent_time(const struct spent *s)
{
	return s->kernel + s->user + s->halted + s->descheduled + s->guest + s->paused;
}
