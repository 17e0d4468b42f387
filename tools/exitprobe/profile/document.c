// SPDX-License-Identifier: GPL-2.0-only
/*
 * The document: abi/profile_fields.h has its fields.
 */
#define _GNU_SOURCE
#include "profile/document.h"

#include <stdlib.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "profile/paths.h"
#include "profile_fields.h"
#include "results/reader.h"
#include "results/results.h"
#include "version.h"

#define MESSAGE_SIZE   512
#define QUERY_FUNCTION "__kvm_exit_stats_cpuid"

/* Windows outside of samples: the queries' by their handler, and others. */
static json_t *outside_of(const struct profile_boot *b)
{
	const struct trace *t = &b->trace;
	unsigned char *is_query = xcalloc(t->header->blocks, 1);
	uint64_t queries = 0, others = 0, inside = 0;

	for (uint32_t i = 0; i < t->header->blocks; i++) {
		const struct symbol *s = symbols_find(&b->symbols, t->codes[i].block->address);

		is_query[i] = !strcmp(b->symbols.functions[s->function].name, QUERY_FUNCTION);
	}
	for (uint32_t i = 0; i < t->header->paths; i++) {
		const struct trace_path *p = t->paths[i];
		bool query = false;

		for (uint64_t k = 0; k < p->steps && !query; k++)
			query = trace_steps(p)[k].block != TRACE_USER &&
				is_query[trace_steps(p)[k].block];
		*(query ? &queries : &others) += p->outside;
		inside += query ? p->windows - p->outside : 0;
	}
	free(is_query);
	return json_pack("{s:I,s:I,s:I,s:I}", FIELD(outside, queries), (json_int_t)queries,
			 FIELD(outside, others), (json_int_t)others,
			 FIELD(outside, queries_in_samples), (json_int_t)inside,
			 FIELD(outside, unkept), (json_int_t)t->header->windows_unkept);
}

static json_t *caveats_of(const struct profile_options *o)
{
	json_t *list = json_array();

	json_array_append_new(list, json_string("The unit is instructions, not cycles."));
	json_array_append_new(
		list, json_string("The emulated AMD-V has neither next-RIP nor decode assists: KVM "
				  "fetches and decodes the instruction itself, about a third of a "
				  "CPUID exit, which a real processor does not need."));
	if (!o->user)
		json_array_append_new(list, json_string("Userspace is shown as one block; --user "
							"shows its functions."));
	return list;
}

static json_int_t integer(const json_t *record, const char *group, const char *name)
{
	if (group)
		record = json_object_get(record, group);
	return json_integer_value(json_object_get(record, name));
}

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The median, by nearest rank, of the samples with @exits: as the probe's. */
static uint64_t median_round_trip(const struct trace *t, uint64_t taken, uint64_t exits)
{
	const uint32_t *log = t->log + t->header->log_entries - taken;
	uint64_t *values = xcalloc(taken, sizeof(*values)), count = 0, median;

	for (uint64_t i = 0; i < taken; i++)
		if (t->samples[log[i]]->exits == exits)
			values[count++] = t->samples[log[i]]->insns;
	qsort(values, count, sizeof(*values), compare_numbers);
	median = count ? values[(count - 1) / 2] : 0;
	free(values);
	return median;
}

/* What the probe of the same run says, and what the trace has beside it. */
static json_t *probe_of(const struct profile_boot *b, uint64_t taken, uint64_t exits)
{
	json_int_t bracket = integer(b->meta, FIELD(meta, bracket), FIELD(bracket, cycles));
	json_int_t operations = integer(b->op, NULL, FIELD(op, operations));
	bool counted = json_is_object(json_object_get(b->meta, FIELD(meta, stats)));
	json_t *parts = counted ? json_object_get(b->op, FIELD(op, parts)) : NULL;

	json_int_t wait = integer(b->op, NULL, FIELD(op, wait));

	return json_pack(
		"{s:I,s:I,s:I,s:I,s:I,s:I,s:O?,s:I}", FIELD(probe, kept),
		integer(b->op, NULL, FIELD(op, kept)), FIELD(probe, operations), operations,
		FIELD(probe, p50), integer(b->op, FIELD(op, cycles), FIELD(cycles, p50)),
		FIELD(probe, bracket), bracket, FIELD(probe, wait), wait, FIELD(probe, round_trip),
		integer(b->op, FIELD(op, cycles), FIELD(cycles, p50)) * operations + bracket + wait,
		FIELD(probe, parts), parts, FIELD(probe, round_trip_traced),
		(json_int_t)median_round_trip(&b->trace, taken, exits));
}

/* What profile and report would refuse to read is not handed out; false after one line. */
static bool is_readable(const json_t *document, const char *op)
{
	char message[MESSAGE_SIZE];
	struct reader r;

	reader_init(&r, op, message, sizeof(message));
	profile_check(&r, document);
	if (r.failed)
		error("internal: the profile made of the trace is invalid: %s", message);
	return !r.failed;
}

json_t *profile_document(struct profile_boot *b, const struct profile_options *o)
{
	const char *outcome = json_string_value(json_object_get(b->op, FIELD(op, outcome)));
	const char *text = json_string_value(json_object_get(b->op, FIELD(op, text)));
	uint64_t taken = (uint64_t)integer(b->op, NULL, FIELD(op, taken));
	json_t *document = NULL, *paths;
	struct group *groups;
	size_t count;

	if (!outcome || strcmp(outcome, outcome_names[OUTCOME_MEASURED])) {
		error("%s: the probe does not measure it here: %s%s%s", o->op,
		      outcome ? outcome : "no outcome", text ? ", " : "", text ? text : "");
		return NULL;
	}
	if (!taken || taken > b->trace.header->log_entries || b->trace.header->samples_unkept) {
		error("%s: the trace has %llu samples, the probe took %llu; take fewer with --samples",
		      o->op, (unsigned long long)b->trace.header->log_entries,
		      (unsigned long long)taken);
		return NULL;
	}
	count = paths_group(&b->trace, taken, &groups);
	/* The trace's own count: KVM without exit statistics can be profiled too. */
	if (!groups[0].sample->exits) {
		error("%s: causes no VM exit; there is nothing to profile", o->op);
		free(groups);
		return NULL;
	}
	paths = paths_describe(b, groups, count);
	if (!paths) {
		free(groups);
		return NULL;
	}
	if (!json_array_size(paths)) {
		error("%s: the trace is too small for its windows; take fewer with --samples",
		      o->op);
		json_decref(paths);
	} else {
		document = json_pack(
			"{s:i,s:s,s:s,s:s,s:s?,s:O?,s:s,s:I,s:o,s:I,s:o,s:o,s:o}",
			FIELD(profile, exitprobe_profile), PROFILE_VERSION, FIELD(profile, version),
			VERSION, FIELD(profile, op), o->op, FIELD(profile, kernel), b->release,
			FIELD(profile, modules), o->modules, FIELD(profile, cpu),
			json_object_get(json_object_get(b->meta, FIELD(meta, cpu)),
					FIELD(cpu, brand)),
			FIELD(profile, unit), "instructions", FIELD(profile, samples),
			(json_int_t)taken, FIELD(profile, paths), paths,
			FIELD(profile, paths_not_told),
			(json_int_t)(count - json_array_size(paths)), FIELD(profile, probe),
			probe_of(b, taken, groups[0].sample->exits), FIELD(profile, outside),
			outside_of(b), FIELD(profile, caveats), caveats_of(o));
		if (!document) {
			error("%s: a name in its profile is no UTF-8; see --modules", o->op);
		} else if (!is_readable(document, o->op)) {
			json_decref(document);
			document = NULL;
		}
	}
	free(groups);
	return document;
}
