// SPDX-License-Identifier: GPL-2.0-only
#include "results/results.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "lib/message.h"
#include "results/command.h"
#include "results/fingerprint.h"
#include "results/reader.h"
#include "results/records.h"
#include "results/ways.h"

#define PROPERTIES_MAX 1000
#define LOST_MAX       1000
#define PROFILES_MAX   1000

static char *property_text(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return xstrdup(json_string_value(value));
	case JSON_INTEGER:
		return xasprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	case JSON_REAL:
		return xasprintf("%g", json_real_value(value));
	case JSON_TRUE:
		return xstrdup("yes");
	case JSON_FALSE:
		return xstrdup("no");
	default:
		return NULL;
	}
}

static void read_machine(struct reader *r, const json_t *document, struct results *results)
{
	json_t *machine = reader_object(r, document, "machine"), *value;
	size_t mark = reader_enter(r, "machine");
	const char *key;

	if (json_object_size(machine) > PROPERTIES_MAX)
		reader_fail(r, NULL, "has %zu members, at most %d are read",
			    json_object_size(machine), PROPERTIES_MAX);
	results->machine = xcalloc(json_object_size(machine), sizeof(*results->machine));
	json_object_foreach(machine, key, value) {
		if (json_is_object(value) || json_is_array(value))
			reader_fail(r, key, "must be a string, a number, true, false or null");
		if (r->failed)
			break;
		results->machine[results->property_count].name = xstrdup(key);
		results->machine[results->property_count++].value = property_text(value);
	}
	reader_leave(r, mark);
}

static void read_lost(struct reader *r, const json_t *object, struct boot *boot)
{
	json_t *list = reader_optional_array(r, object, "lost", LOST_MAX), *item;
	size_t mark = reader_enter(r, "lost"), i, inner;

	boot->lost = xcalloc(json_array_size(list), sizeof(*boot->lost));
	json_array_foreach(list, i, item) {
		inner = reader_enter_index(r, i);
		boot->lost[i].op = records_name(r, item, "op");
		boot->lost[i].how = reader_string(r, item, "how", 512);
		reader_leave(r, inner);
		boot->lost_count = i + 1;
		if (r->failed)
			break;
	}
	reader_leave(r, mark);
}

static void read_boot(struct reader *r, const json_t *object, struct boot *boot)
{
	json_t *records, *check, *seconds = json_object_get(object, "seconds");
	size_t mark;

	boot->complete = reader_bool(r, object, "complete");
	boot->status = reader_integer(r, object, "status", INT32_MIN, INT32_MAX);
	if (!json_is_number(seconds) || json_number_value(seconds) < 0)
		reader_fail(r, "seconds", "must be a number, 0 or more");
	boot->seconds = json_number_value(seconds);
	check = reader_optional_object(r, object, "crosscheck");
	mark = reader_enter(r, "crosscheck");
	if (check) {
		boot->has_crosscheck = true;
		boot->kvm_exits = reader_integer(r, check, "kvm_exits", 0, INT64_MAX);
		boot->probe_exits = reader_integer(r, check, "probe_exits", 0, INT64_MAX);
	}
	reader_leave(r, mark);
	read_lost(r, object, boot);
	records = reader_array(r, object, "records", RESULTS_MAX_RECORDS);
	mark = reader_enter(r, "records");
	records_read(r, records, boot);
	reader_leave(r, mark);
}

/* Add those of @boot to @names, the file's so far. */
static void count_operations(struct reader *r, const struct boot *boot, json_t *names)
{
	if (r->failed)
		return;
	for (size_t i = 0; i < boot->op_count; i++)
		json_object_set_new(names, boot->ops[i].op, json_true());
	for (size_t i = 0; i < boot->lost_count; i++)
		json_object_set_new(names, boot->lost[i].op, json_true());
	if (json_object_size(names) > RESULTS_MAX_OPERATIONS)
		reader_fail(r, NULL, "is of a file with more than %d different operations",
			    RESULTS_MAX_OPERATIONS);
}

static void read_boots(struct reader *r, const json_t *document, struct results *results)
{
	json_t *boots = reader_array(r, document, "boots", RESULTS_MAX_BOOTS), *boot;
	size_t mark = reader_enter(r, "boots"), i, inner;
	json_t *names = json_object();

	results->boots = xcalloc(json_array_size(boots), sizeof(*results->boots));
	json_array_foreach(boots, i, boot) {
		if (r->failed)
			break;
		inner = reader_enter_index(r, i);
		results->boot_count = i + 1;
		read_boot(r, boot, &results->boots[i]);
		count_operations(r, &results->boots[i], names);
		reader_leave(r, inner);
	}
	json_decref(names);
	reader_leave(r, mark);
}

static bool any_counted(const struct results *results)
{
	for (size_t i = 0; i < results->boot_count; i++)
		for (size_t j = 0; j < results->boots[i].op_count; j++)
			if (results->boots[i].ops[j].counted)
				return true;
	return false;
}

/* Files of before there was a choice do not say. */
static void read_way(struct reader *r, const json_t *document, struct results *results)
{
	json_t *counts = reader_optional_object(r, document, "counts");
	size_t mark = reader_enter(r, "counts");

	if (counts)
		results->way = reader_choice(r, counts, "way", way_names, WAY_COUNT);
	else
		results->way = any_counted(results) ? WAY_LEAF : WAY_NONE;
	reader_leave(r, mark);
}

static void read_document(struct reader *r, const json_t *document, struct results *results)
{
	int64_t format;

	if (!json_is_object(document)) {
		reader_fail(r, NULL, "is not a results file: no JSON object");
		return;
	}
	if (!json_object_get(document, "exitprobe_results")) {
		reader_fail(r, NULL, "is not a results file: it has no exitprobe_results member");
		return;
	}
	format = reader_integer(r, document, "exitprobe_results", 0, INT32_MAX);
	if (!r->failed && format != RESULTS_FORMAT) {
		reader_fail(r, "exitprobe_results",
			    "is %" PRId64 "; this exitprobe reads version %d only", format,
			    RESULTS_FORMAT);
		return;
	}
	reader_check_text(r, document, INPUT_MAX_TEXT);
	if (r->failed)
		return;
	results->version = reader_string(r, document, "version", 64);
	results->created = reader_string(r, document, "created", 64);
	results->complete = reader_bool(r, document, "complete");
	results->deterministic = reader_bool(r, document, "deterministic");
	results->accel = reader_choice(r, document, "accel", accel_names, ACCEL_LAB + 1);
	results->unit = reader_string(r, document, "unit", 32);
	command_read(r, document, results);
	read_machine(r, document, results);
	fingerprint_read(r, document, results);
	read_boots(r, document, results);
	read_way(r, document, results);
	results->profiles =
		json_incref(reader_optional_array(r, document, "profiles", PROFILES_MAX));
}

struct results *results_from_json(const char *name, const json_t *document, char *message,
				  size_t size)
{
	struct results *results = xcalloc(1, sizeof(*results));
	struct reader reader;

	reader_init(&reader, name, message, size);
	results->file = xstrdup(name);
	read_document(&reader, document, results);
	if (!reader.failed)
		return results;
	results_free(results);
	return NULL;
}

struct results *results_from_text(const char *name, const char *text, size_t length, char *message,
				  size_t size)
{
	json_t *document = input_parse(name, text, length, message, size);
	struct results *results = document ? results_from_json(name, document, message, size)
					   : NULL;

	json_decref(document);
	return results;
}

struct results *results_load(const char *path, char *message, size_t size)
{
	json_t *document = input_load(path, message, size);
	struct results *results =
		document ? results_from_json(input_name(path), document, message, size) : NULL;

	json_decref(document);
	return results;
}

void results_free(struct results *results)
{
	if (!results)
		return;
	for (size_t i = 0; i < results->boot_count; i++) {
		struct boot *boot = &results->boots[i];

		records_free(boot);
		for (size_t l = 0; l < boot->lost_count; l++) {
			free(boot->lost[l].op);
			free(boot->lost[l].how);
		}
		free(boot->lost);
	}
	free(results->boots);
	for (size_t i = 0; i < results->property_count; i++) {
		free(results->machine[i].name);
		free(results->machine[i].value);
	}
	free(results->machine);
	fingerprint_free(results);
	free(results->file);
	free(results->version);
	free(results->created);
	free(results->unit);
	free(results->command);
	free(results->modules);
	free(results->qemu_args);
	json_decref(results->profiles);
	free(results);
}

const struct meta *results_meta(const struct results *results)
{
	for (size_t i = 0; i < results->boot_count; i++)
		if (results->boots[i].has_meta)
			return &results->boots[i].meta;
	return NULL;
}

const struct property *results_property(const struct results *results, const char *name)
{
	for (size_t i = 0; i < results->property_count; i++)
		if (!strcmp(results->machine[i].name, name))
			return &results->machine[i];
	return NULL;
}
