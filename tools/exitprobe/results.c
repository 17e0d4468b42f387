// SPDX-License-Identifier: GPL-2.0-only
#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "output.h"
#include "reader.h"
#include "records.h"

#define STRING_MAX     4096 /* bytes of any text */
#define PROPERTIES_MAX 1000
#define WORDS_MAX      1000 /* of the command */
#define LOST_MAX       1000
#define PROFILES_MAX   1000
#define READ_AT_ONCE   (64 << 10)
#define NESTING_MAX    64 /* jansson's own limit is 2048: for what no profile needs */

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

static void read_command(struct reader *r, const json_t *document, struct results *results)
{
	json_t *words = reader_array(r, document, "command", WORDS_MAX), *word;
	size_t mark = reader_enter(r, "command"), i, inner;
	char *text = xstrdup("");

	json_array_foreach(words, i, word) {
		char *longer;

		inner = reader_enter_index(r, i);
		if (!json_is_string(word))
			reader_fail(r, NULL, "must be a string");
		reader_leave(r, inner);
		if (r->failed)
			break;
		longer = xasprintf("%s%s%s", text, i ? " " : "", json_string_value(word));
		free(text);
		text = longer;
	}
	reader_leave(r, mark);
	results->command = text;
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

static void read_boots(struct reader *r, const json_t *document, struct results *results)
{
	json_t *boots = reader_array(r, document, "boots", RESULTS_MAX_BOOTS), *boot;
	size_t mark = reader_enter(r, "boots"), i, inner;

	results->boots = xcalloc(json_array_size(boots), sizeof(*results->boots));
	json_array_foreach(boots, i, boot) {
		if (r->failed)
			break;
		inner = reader_enter_index(r, i);
		results->boot_count = i + 1;
		read_boot(r, boot, &results->boots[i]);
		reader_leave(r, inner);
	}
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
	reader_check_text(r, document, STRING_MAX);
	if (r->failed)
		return;
	results->version = reader_string(r, document, "version", 64);
	results->created = reader_string(r, document, "created", 64);
	results->complete = reader_bool(r, document, "complete");
	results->deterministic = reader_bool(r, document, "deterministic");
	results->accel = reader_choice(r, document, "accel", accel_names, ACCEL_LAB + 1);
	results->unit = reader_string(r, document, "unit", 32);
	read_command(r, document, results);
	read_machine(r, document, results);
	read_boots(r, document, results);
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

/* What the JSON parser would follow down, counted without it. */
static bool is_too_deep(const char *text, size_t length)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && (text[i] == '}' || text[i] == ']') && depth)
			depth--;
		if (depth > NESTING_MAX)
			return true;
	}
	return false;
}

struct results *results_from_text(const char *name, const char *text, size_t length, char *message,
				  size_t size)
{
	struct results *results;
	json_error_t error;
	json_t *document;

	if (is_too_deep(text, length)) {
		snprintf(message, size, "%s: nested more than %d deep", name, NESTING_MAX);
		return NULL;
	}
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!document) {
		/* The parser's own text can quote the input. */
		for (char *c = error.text; *c; c++)
			if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
				*c = '?';
		snprintf(message, size, "%s: line %d, column %d: not JSON, or cut off: %s", name,
			 error.line, error.column, error.text);
		return NULL;
	}
	results = results_from_json(name, document, message, size);
	json_decref(document);
	return results;
}

/* All of @file, of at most RESULTS_MAX_BYTES; NULL with @message. */
static char *read_all(FILE *file, const char *name, size_t *length, char *message, size_t size)
{
	size_t room = READ_AT_ONCE, used = 0, got;
	char *text = xmalloc(room);

	while ((got = fread(text + used, 1, room - used, file)) > 0) {
		used += got;
		if (used > RESULTS_MAX_BYTES) {
			snprintf(message, size, "%s: larger than %d MiB, which no results file is",
				 name, RESULTS_MAX_BYTES >> 20);
			free(text);
			return NULL;
		}
		if (used == room) {
			room *= 2;
			text = xrealloc(text, room);
		}
	}
	if (ferror(file)) {
		snprintf(message, size, "%s: cannot be read: %s", name, strerror(errno));
		free(text);
		return NULL;
	}
	*length = used;
	return text;
}

struct results *results_load(const char *path, char *message, size_t size)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	FILE *file = name == path ? fopen(path, "re") : stdin;
	struct results *results = NULL;
	size_t length = 0;
	char *text;

	if (!file) {
		snprintf(message, size, "%s: cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	text = read_all(file, name, &length, message, size);
	if (file != stdin)
		fclose(file);
	if (text && !length)
		snprintf(message, size, "%s: is empty", name);
	else if (text)
		results = results_from_text(name, text, length, message, size);
	free(text);
	return results;
}

bool results_save(const json_t *document, const char *path, char *message, size_t size)
{
	struct output output;

	if (!output_open(&output, path, message, size))
		return false;
	if (json_dumpf(document, output.file, JSON_COMPACT | JSON_REAL_PRECISION(15)) ||
	    putc('\n', output.file) == EOF) {
		snprintf(message, size, "%s: cannot be written: %s", path,
			 strerror(errno ? errno : EIO));
		output_abandon(&output);
		return false;
	}
	return output_commit(&output, message, size);
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
	free(results->file);
	free(results->version);
	free(results->created);
	free(results->unit);
	free(results->command);
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
