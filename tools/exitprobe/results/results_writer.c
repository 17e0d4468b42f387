// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "results/results_writer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/exit_status.h"
#include "lib/input.h"
#include "lib/message.h"
#include "op_name.h"
#include "results/reader.h"
#include "results/records.h"
#include "results/results.h"
#include "results/ways.h"
#include "version.h"

/* json_pack() of what cannot fail but for lack of memory. */
static json_t *made(json_t *value)
{
	if (!value)
		out_of_memory("results");
	return value;
}

static void emit(struct results_writer *writer, json_t *event)
{
	if (writer->stream) {
		json_dumpf(event, writer->stream, JSON_COMPACT | JSON_ENSURE_ASCII);
		putc('\n', writer->stream);
		fflush(writer->stream);
	}
	json_decref(event);
}

void results_writer_begin(struct results_writer *writer, const char *accel, const char *unit,
			  char **command)
{
	json_t *words = made(json_array());
	char created[32];
	time_t now = time(NULL);

	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	for (; *command && json_array_size(words) < RESULTS_MAX_WORDS; command++) {
		char *fit = reader_fit_text(*command, INPUT_MAX_TEXT);
		/* What is no UTF-8 cannot be in JSON. */
		json_t *word = json_string(fit);

		json_array_append_new(words, word ? word : json_string("?"));
		free(fit);
	}
	writer->root =
		made(json_pack("{s:i, s:s, s:s, s:b, s:o, s:s, s:s, s:b, s:{}, s:[]}",
			       "exitprobe_results", RESULTS_FORMAT, "version", VERSION, "created",
			       created, "complete", 0, "command", words, "accel", accel, "unit",
			       unit, "deterministic", !strcmp(accel, "lab"), "machine", "boots"));
}

void results_writer_machine(struct results_writer *writer, json_t *machine)
{
	emit(writer, made(json_pack("{s:s, s:O}", "event", "machine", "machine", machine)));
	json_object_set_new(writer->root, "machine", machine);
}

void results_writer_fingerprint(struct results_writer *writer, json_t *fingerprint)
{
	if (fingerprint)
		json_object_set_new(writer->root, "fingerprint", fingerprint);
}

void results_writer_counts(struct results_writer *writer, enum way way)
{
	json_t *counts = made(json_pack("{s:s}", "way", way_names[way]));

	emit(writer, made(json_pack("{s:s, s:O}", "event", "counts", "counts", counts)));
	json_object_set_new(writer->root, "counts", counts);
}

static void set_current(struct results_writer *writer, json_t *name)
{
	json_decref(writer->current);
	writer->current = name;
}

void results_writer_begin_boot(struct results_writer *writer)
{
	emit(writer, made(json_pack("{s:s}", "event", "boot")));
	writer->boot = made(json_pack("{s:b, s:i, s:f, s:[], s:n, s:[]}", "complete", 0, "status",
				      0, "seconds", 0.0, "records", "crosscheck", "lost"));
	json_array_append_new(json_object_get(writer->root, "boots"), writer->boot);
	set_current(writer, NULL);
	if (writer->watch)
		writer->watch(writer->watch_data, NULL);
}

/* It goes to the terminal and into the probe's keys: nothing else may. */
static bool is_name_or_none(const json_t *op)
{
	const char *name = json_string_value(op);

	return !op || (name && op_name_is_good(name));
}

void results_writer_record(struct results_writer *writer, json_t *record)
{
	json_t *records = json_object_get(writer->boot, "records");

	if (!json_is_string(json_object_get(record, FIELD(start, record))) || !records ||
	    !is_name_or_none(json_object_get(record, FIELD(start, op)))) {
		json_decref(record);
		return;
	}
	emit(writer, made(json_pack("{s:s, s:O}", "event", "record", "record", record)));
	if (writer->watch)
		writer->watch(writer->watch_data, record);
	if (record_is(record, RECORD_START))
		set_current(writer, json_incref(json_object_get(record, FIELD(start, op))));
	else if (record_is(record, RECORD_OP))
		set_current(writer, NULL);
	if (record_is(record, RECORD_META) && json_array_size(records))
		json_decref(record);
	else
		json_array_append_new(records, record);
}

void results_writer_drop_records(struct results_writer *writer)
{
	emit(writer, made(json_pack("{s:s}", "event", "drop")));
	json_array_clear(json_object_get(writer->boot, "records"));
	set_current(writer, NULL);
}

void results_writer_lost(struct results_writer *writer, const char *how)
{
	if (!writer->current || !writer->boot)
		return;
	emit(writer, made(json_pack("{s:s, s:s}", "event", "lost", "how", how)));
	json_array_append_new(json_object_get(writer->boot, "lost"),
			      made(json_pack("{s:O, s:s}", "op", writer->current, "how", how)));
	set_current(writer, NULL);
}

/* What the probe read as its VM's exits just before it ended, or -1. */
static json_int_t probe_exits(const json_t *boot)
{
	json_t *records = json_object_get(boot, "records");
	json_t *end = json_array_get(records, json_array_size(records) - 1);
	json_t *exits = json_object_get(end, FIELD(end, vm_exits));

	return json_is_integer(exits) ? json_integer_value(exits) : -1;
}

void results_writer_end_boot(struct results_writer *writer, bool complete, int status,
			     double seconds, json_int_t kvm_exits)
{
	json_int_t exits;

	if (!writer->boot)
		return;
	emit(writer,
	     made(json_pack("{s:s, s:b, s:i, s:f, s:I}", "event", "boot-end", "complete", complete,
			    "status", status, "seconds", seconds, "kvm_exits", kvm_exits)));
	json_object_set_new(writer->boot, "complete", json_boolean(complete));
	json_object_set_new(writer->boot, "status", json_integer(status));
	json_object_set_new(writer->boot, "seconds", json_real(seconds));
	exits = probe_exits(writer->boot);
	/* A boot that was resumed is several VMs. */
	if (kvm_exits >= 0 && exits >= 0 && !json_array_size(json_object_get(writer->boot, "lost")))
		json_object_set_new(
			writer->boot, "crosscheck",
			made(json_pack("{s:I, s:I, s:I}", "kvm_exits", kvm_exits, "probe_exits",
				       exits, "difference", kvm_exits - exits)));
	writer->boot = NULL;
	set_current(writer, NULL);
}

bool results_writer_event(struct results_writer *writer, const char *line)
{
	json_t *event = *line == '{' ? json_loads(line, 0, NULL) : NULL;
	const char *name = json_string_value(json_object_get(event, "event"));
	const char *how = NULL;
	int complete = 0, status = 0;
	json_int_t kvm_exits = -1;
	double seconds = 0;

	if (!name) {
		json_decref(event);
		return false;
	}
	if (!strcmp(name, "machine") && json_is_object(json_object_get(event, "machine"))) {
		results_writer_machine(writer, json_incref(json_object_get(event, "machine")));
	} else if (!strcmp(name, "counts") && json_is_object(json_object_get(event, "counts"))) {
		json_object_set(writer->root, "counts", json_object_get(event, "counts"));
	} else if (!strcmp(name, "boot")) {
		results_writer_begin_boot(writer);
	} else if (!strcmp(name, "record")) {
		results_writer_record(writer, json_incref(json_object_get(event, "record")));
	} else if (!strcmp(name, "drop")) {
		results_writer_drop_records(writer);
	} else if (!strcmp(name, "lost") && !json_unpack(event, "{s:s}", "how", &how)) {
		results_writer_lost(writer, how);
	} else if (!strcmp(name, "boot-end") &&
		   !json_unpack(event, "{s:b, s:i, s:F, s:I}", "complete", &complete, "status",
				&status, "seconds", &seconds, "kvm_exits", &kvm_exits)) {
		results_writer_end_boot(writer, complete, status, seconds, kvm_exits);
	}
	json_decref(event);
	return true;
}

void results_writer_end(struct results_writer *writer)
{
	json_t *boots = json_object_get(writer->root, "boots"), *boot;
	bool complete = json_array_size(boots);
	size_t i;

	json_array_foreach(boots, i, boot)
		complete = complete && json_is_true(json_object_get(boot, "complete"));
	json_object_set_new(writer->root, "complete", json_boolean(complete));
	set_current(writer, NULL);
}

bool results_writer_all_done(const struct results_writer *writer)
{
	json_t *records = json_object_get(writer->boot, "records"), *record;
	json_t *all = json_object_get(json_array_get(records, 0), FIELD(meta, operations));
	size_t done = json_array_size(json_object_get(writer->boot, "lost")), i;

	json_array_foreach(records, i, record)
		done += record_is(record, RECORD_OP);
	return (json_int_t)done >= json_integer_value(all);
}

char *results_writer_done(const struct results_writer *writer)
{
	char *names = xstrdup("");
	const char *const lists[] = { "records", "lost" };

	for (size_t list = 0; list < 2; list++) {
		json_t *entries = json_object_get(writer->boot, lists[list]), *entry;
		size_t i;

		json_array_foreach(entries, i, entry) {
			const json_t *kind = json_object_get(entry, FIELD(op, record));
			const char *op = json_string_value(json_object_get(entry, FIELD(op, op)));
			char *longer;

			if (!op || (kind && !record_is(entry, RECORD_OP)))
				continue;
			longer = xasprintf("%s%s%s", names, *names ? "," : "", op);
			free(names);
			names = longer;
		}
	}
	return names;
}
