// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "results/redact.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "lib/message.h"
#include "op_name.h"
#include "profile_fields.h"
#include "results/records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- words ------------------------------------------------------------------ */

static bool is_among(const char *word, size_t length, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(word, list[i], length))
			return true;
	return false;
}

static bool is_number(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return length;
}

/* Words of the distributions' kernels; another is its builder's own. */
static bool is_flavour(const char *word, size_t length)
{
	static const char *const known[] = { "amd64", "x86",   "generic", "cloud", "rt",
					     "deb12", "deb13", "bpo12",	  "bpo13", "default",
					     "azure", "aws",   "gcp",	  "kvm",   "lowlatency",
					     "rc1",   "rc2",   "rc3",	  "rc4",   "rc5",
					     "rc6",   "rc7",   "rc8",	  "fc40",  "fc41",
					     "fc42",  "fc43",  "el8",	  "el9",   "el10" };

	return is_number(word, length) || is_among(word, length, known, COUNT(known));
}

/* Of "6.1.0-56-amd64" all, of "6.18.44-fc-v669" what is before the first own word. */
static size_t release_length(const char *release)
{
	size_t at = 0, end = 0;

	for (;;) {
		size_t length = strcspn(release + at, "-.+_~ ");

		if (!is_flavour(release + at, length))
			return end;
		end = at + length;
		if (!release[end])
			return end;
		at = end + 1;
	}
}

/* @prefix and the release behind it, as far as @text has it; NULL: there is no such prefix. */
static char *release_behind(const char *text, const char *prefix)
{
	size_t length = strlen(prefix), told;

	if (strncmp(text, prefix, length))
		return NULL;
	told = release_length(text + length);
	return told ? xasprintf("%s%.*s", prefix, (int)told, text + length) : xstrdup(REDACTED);
}

static void set(json_t *object, const char *name, char *text)
{
	json_object_set_new(object, name, json_string(text));
	free(text);
}

/* --- the command ------------------------------------------------------------- */

/* Their values are numbers, operations and words of a few. */
static const char *const told_options[] = { "--accel",	"--cpu",    "--kernel", "--smp",
					    "--pin",	"--ops",    "--skip",	"--samples",
					    "--budget", "--settle", "--boots",	"--hang",
					    "--limit",	"--counts" };

/* Without a value. */
static const char *const told_words[] = { "exitprobe", "exitprobe run", "run",	    "-q",
					  "-v",	       "-qv",		"-vq",	    "--quiet",
					  "--verbose", "--redact",	"--stream", "--hyperv",
					  REDACTED };

/* Their values are a user's words: files, and what goes to QEMU. */
static const char *const other_options[] = { "--qemu", "--qemu-arg", "--probe", "--modules",
					     "--output" };

static bool is_plain_value(const char *text)
{
	return !text[strspn(text, OP_NAME_CHARACTERS ".,*?")];
}

/* getopt_long(3) takes any beginning of an option's name. */
static bool is_other_option(const char *text, size_t length)
{
	for (size_t i = 0; i < COUNT(other_options); i++)
		if (length > 2 && length <= strlen(other_options[i]) &&
		    !strncmp(text, other_options[i], length))
			return true;
	return false;
}

/* What @text, which is no value, becomes; whether the next word is its value. */
static char *told_word(const char *text, bool *has_value, bool *is_told)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);

	*has_value = *is_told = false;
	if (is_among(text, strlen(text), told_words, COUNT(told_words)))
		return xstrdup(text);
	if (is_among(text, length, told_options, COUNT(told_options))) {
		*has_value = *is_told = !equals;
		return equals && !is_plain_value(equals + 1)
			       ? xasprintf("%.*s=%s", (int)length, text, REDACTED)
			       : xstrdup(text);
	}
	if (!strcmp(text, "-o") || is_other_option(text, length)) {
		*has_value = !equals;
		return equals ? xasprintf("%.*s=%s", (int)length, text, REDACTED) : xstrdup(text);
	}
	return xstrdup(REDACTED);
}

static void redact_command(json_t *words)
{
	bool is_value = false, is_told = false;
	json_t *word;
	size_t i;

	json_array_foreach(words, i, word) {
		const char *text = json_string_value(word);
		char *told;

		if (is_value) {
			told = xstrdup(is_told && is_plain_value(text) ? text : REDACTED);
			is_value = false;
		} else {
			told = told_word(text, &is_value, &is_told);
		}
		json_array_set_new(words, i, json_string(told));
		free(told);
	}
}

/* --- the machine -------------------------------------------------------------- */

/* The others' names as vm/describe.c has them; the rest nobody here knows. */
static const char *const told_properties[] = {
	"cpu",	       "cpu_vendor",	"family",      "model",
	"stepping",    "microcode",	"cpus",	       "memory_kib",
	"nested",      "kvm_module",	"governor",    "turbo",
	"smt",	       "isolated_cpus", "clocksource", "transparent_hugepages",
	"hugepages",   "ksm",		"load_1min",   "qemu",
	"pinned_cpus", "memory_locked"
};
static const char *const told_groups[] = { "kvm.", "kvm_amd.", "kvm_intel.", "mitigations." };

static bool is_told_property(const char *name)
{
	for (size_t i = 0; i < COUNT(told_groups); i++)
		if (!strncmp(name, told_groups[i], strlen(told_groups[i])))
			return true;
	return is_among(name, strlen(name), told_properties, COUNT(told_properties));
}

/* The name of what nobody here knows may say as much as its value. */
static json_t *told_machine(json_t *machine)
{
	json_t *told = json_object(), *value;
	const char *name;

	json_object_foreach(machine, name, value) {
		const char *text = json_string_value(value);
		char *release = text && !strcmp(name, "kernel") ? release_behind(text, "Linux ")
								: NULL;

		if (release)
			set(told, name, release);
		else if (is_told_property(name))
			json_object_set(told, name, value);
		else if (!strcmp(name, "kernel") || !strcmp(name, "kernel_command_line"))
			set(told, name, xstrdup(REDACTED));
	}
	return told;
}

/* --- the probe's records ------------------------------------------------------ */

/* Of its command line, before which loaders put the path of its file, the numbers. */
static char *told_keys(const char *line)
{
	static const char *const keys[] = { "ops=",	  "skip=", "samples=", "budget_ms=",
					    "settle_ms=", "smp=",  "format=",  "serial=",
					    "end=",	  "screen" };
	char *copy = xstrdup(line), *rest = copy, *told = xstrdup(""), *word, *longer;

	while ((word = strsep(&rest, " "))) {
		size_t i = 0;

		while (i < COUNT(keys) && strncmp(word, keys[i], strlen(keys[i])))
			i++;
		if (i == COUNT(keys) || !is_plain_value(word + strlen(keys[i])))
			continue;
		longer = xasprintf("%s%s%s", told, *told ? " " : "", word);
		free(told);
		told = longer;
	}
	free(copy);
	return told;
}

static void redact_meta(json_t *meta)
{
	const char *line = json_string_value(json_object_get(meta, FIELD(meta, command_line)));
	const char *host = json_string_value(json_object_get(meta, FIELD(meta, host)));
	char *told = NULL;

	if (line)
		set(meta, FIELD(meta, command_line), told_keys(line));
	if (!host)
		return;
	told = release_behind(host, "KVM-");
	if (!told)
		told = release_behind(host, "TCG-");
	set(meta, FIELD(meta, host), told ? told : xstrdup(REDACTED));
}

static void redact_boots(json_t *boots)
{
	json_t *boot, *record;
	size_t i, j;

	json_array_foreach(boots, i, boot) {
		json_array_foreach(json_object_get(boot, "records"), j, record) {
			if (record_is(record, RECORD_META))
				redact_meta(record);
		}
	}
}

/* Only the way is known, one of a few words. */
static void redact_counts(json_t *document)
{
	json_t *way = json_object_get(json_object_get(document, "counts"), "way");

	if (way)
		json_object_set_new(document, "counts", json_pack("{s:O}", "way", way));
}

static void redact_profiles(json_t *profiles)
{
	json_t *profile;
	size_t i;

	json_array_foreach(profiles, i, profile) {
		const char *kernel =
			json_string_value(json_object_get(profile, FIELD(profile, kernel)));

		if (json_is_string(json_object_get(profile, FIELD(profile, modules))))
			set(profile, FIELD(profile, modules), xstrdup(REDACTED));
		if (kernel)
			set(profile, FIELD(profile, kernel), release_behind(kernel, ""));
	}
}

/* --- all of it ----------------------------------------------------------------- */

/* What else is in a file is nobody's that reads it, and may be anything. */
static void drop_unknown(json_t *document)
{
	static const char *const known[] = {
		"exitprobe_results", "version", "created", "complete",
		"command",	     "accel",	"unit",	   "deterministic",
		"machine",	     "counts",	"boots",   "profiles",
		"fingerprint"
	};
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(document, next, name, value)
	{
		if (!is_among(name, strlen(name), known, COUNT(known)))
			json_object_del(document, name);
	}
}

void redact_document(json_t *document)
{
	json_t *machine = json_object_get(document, "machine");

	drop_unknown(document);
	redact_command(json_object_get(document, "command"));
	redact_counts(document);
	if (json_is_object(machine))
		json_object_set_new(document, "machine", told_machine(machine));
	redact_boots(json_object_get(document, "boots"));
	redact_profiles(json_object_get(document, "profiles"));
}

struct results *redact_load(bool redact, const char *path, const char *name, char *message,
			    size_t size)
{
	json_t *document;
	struct results *results = NULL;

	if (!redact)
		return results_load(path, message, size);
	document = input_load(path, message, size);
	/* Only of what is a results file it is known what is in it. */
	if (document)
		results = results_from_json(input_name(path), document, message, size);
	if (results) {
		results_free(results);
		redact_document(document);
		results = results_from_json(name, document, message, size);
	}
	json_decref(document);
	return results;
}

const char *redact_file(size_t index)
{
	static char name[32];

	if (index < 2)
		return index ? "new" : "base";
	snprintf(name, sizeof(name), "new %zu", index);
	return name;
}
