// SPDX-License-Identifier: GPL-2.0-only
/* JSON and CSV.  The man page describes every field. */
#include <jansson.h>
#include <math.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "watch/show.h"

/* Milliseconds since 1970 have as many; and a rate times the seconds is the count again. */
#define DIGITS 13

/* --- JSON --------------------------------------------------------------------------- */

static json_t *percent_of(const struct watch_change *c, uint64_t cycles)
{
	double percent;

	return watch_percent(c, cycles, &percent) ? json_real(percent) : json_null();
}

static bool has_times(const struct watch_change *c)
{
	return c->begin == WATCH_GOES_ON && c->vm->way != WATCH_BY_STATS;
}

/* Members of @object: each of the first @count states. */
static void add_states(json_t *object, const struct watch_change *c, const uint64_t *cycles,
		       size_t count)
{
	json_t *ticks = json_object(), *percent = json_object();

	for (size_t i = 0; i < count; i++) {
		json_object_set_new(ticks, watch_state_names[i],
				    json_integer((json_int_t)cycles[i]));
		json_object_set_new(percent, watch_state_names[i], percent_of(c, cycles[i]));
	}
	json_object_set_new(object, "cycles", ticks);
	json_object_set_new(object, "percent", percent);
}

static json_t *reasons_of(const struct watch_change *c)
{
	json_t *reasons = json_array();

	for (size_t i = 0; i < c->counters.reason_count; i++) {
		const struct watch_reason *r = &c->counters.reasons[i];
		json_t *reason;

		if (!r->exits)
			continue;
		reason = json_pack("{s:s, s:I, s:f}", "reason", r->name, "exits",
				   (json_int_t)r->exits, "per_second",
				   watch_per_second(c, r->exits));
		if (has_times(c)) {
			json_object_set_new(reason, "code", json_integer(r->code));
			add_states(reason, c, r->cycles, WATCH_BY_REASON);
		}
		json_array_append_new(reasons, reason);
	}
	return reasons;
}

static json_t *vm_of(const struct watch_change *c)
{
	static const char *const begins[] = { NULL, "new", "anew" };
	json_t *vm = json_pack("{s:s, s:i, s:s?, s:s, s:s?}", "vm", c->vm->id, "pid",
			       (int)c->vm->pid, "name", c->vm->name, "way",
			       watch_way_names[c->vm->way], "begins", begins[c->begin]);

	if (c->begin != WATCH_GOES_ON)
		return vm;
	json_object_set_new(vm, "seconds", json_real(c->seconds));
	json_object_set_new(vm, "exits", json_integer((json_int_t)c->counters.exits));
	json_object_set_new(vm, "per_second", json_real(watch_per_second(c, c->counters.exits)));
	if (has_times(c)) {
		json_object_set_new(vm, "vcpus", json_integer((json_int_t)c->vm->vcpu_count));
		add_states(vm, c, c->counters.cycles, WATCH_STATES);
	}
	json_object_set_new(vm, "reasons", reasons_of(c));
	return vm;
}

static void json_interval(FILE *to, const struct watch_interval *interval)
{
	json_t *vms = json_array(), *ended = json_array(), *all;

	for (size_t i = 0; i < interval->count; i++)
		json_array_append_new(vms, vm_of(&interval->changes[i]));
	for (size_t i = 0; i < interval->ended_count; i++)
		json_array_append_new(ended, json_string(interval->ended[i]->id));
	all = json_pack("{s:f, s:o, s:o}", "time", round(interval->time * 1000) / 1000, "vms", vms,
			"ended", ended);
	if (!all)
		out_of_memory("an interval");
	json_dumpf(all, to, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
	fputc('\n', to);
	json_decref(all);
}

const struct watch_form watch_json = { .interval = json_interval };

/* --- CSV ------------------------------------------------------------------------------ */

static void csv_head(FILE *to)
{
	fputs("time,vm,pid,name,way,seconds,reason,exits,per_second", to);
	for (size_t i = 0; i < WATCH_STATES; i++)
		fprintf(to, ",%s", watch_state_names[i]);
	fputc('\n', to);
}

/* The first @count states; the fields of others are empty. */
static void csv_row(FILE *to, const struct watch_interval *interval, const struct watch_change *c,
		    const char *reason, uint64_t exits, const uint64_t *cycles, size_t count)
{
	double percent;

	fprintf(to, "%.3f,%s,%d,", interval->time, c->vm->id, c->vm->pid);
	escape_csv(to, c->vm->name ? c->vm->name : "");
	fprintf(to, ",%s,%.*g,%s,%llu,%.*g", watch_way_names[c->vm->way], DIGITS, c->seconds,
		reason, (unsigned long long)exits, DIGITS, watch_per_second(c, exits));
	for (size_t i = 0; i < WATCH_STATES; i++) {
		fputc(',', to);
		if (i < count && has_times(c) && watch_percent(c, cycles[i], &percent))
			fprintf(to, "%.6g", percent);
	}
	fputc('\n', to);
}

static void csv_interval(FILE *to, const struct watch_interval *interval)
{
	for (size_t i = 0; i < interval->count; i++) {
		const struct watch_change *c = &interval->changes[i];

		if (c->begin != WATCH_GOES_ON)
			continue;
		csv_row(to, interval, c, "total", c->counters.exits, c->counters.cycles,
			WATCH_STATES);
		for (size_t j = 0; j < c->counters.reason_count; j++) {
			const struct watch_reason *r = &c->counters.reasons[j];

			if (r->exits)
				csv_row(to, interval, c, r->name, r->exits, r->cycles,
					WATCH_BY_REASON);
		}
	}
}

const struct watch_form watch_csv = { .head = csv_head, .interval = csv_interval };
