// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "lib/message.h"
#include "lib/output.h"
#include "profile_fields.h"
#include "results/reader.h"
#include "results/results.h"

#define MESSAGE_SIZE 512

bool profile_ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), own = strlen(end);

	return length >= own && !strcmp(text + length - own, end);
}

json_t *profile_load(const char *path)
{
	char message[MESSAGE_SIZE];
	json_t *document = input_load(path, message, sizeof(message));
	struct reader r;

	if (!document) {
		error("%s", message);
		return NULL;
	}
	reader_init(&r, path, message, sizeof(message));
	profile_check(&r, document);
	if (!r.failed)
		return document;
	error("%s", message);
	json_decref(document);
	return NULL;
}

static int write_json(FILE *to, const json_t *profile)
{
	return json_dumpf(profile, to, JSON_INDENT(1)) || fputc('\n', to) == EOF ? -1 : 0;
}

int (*profile_writer(const char *path))(FILE *, const json_t *)
{
	if (profile_ends_with(path, ".svg"))
		return profile_svg;
	if (profile_ends_with(path, ".folded"))
		return profile_folded;
	if (profile_ends_with(path, ".json"))
		return write_json;
	error("%s: must end with .svg, .folded or .json", path);
	return NULL;
}

int profile_write(const char *path, const json_t *profile)
{
	int (*writer)(FILE *, const json_t *) = profile_writer(path);
	char message[MESSAGE_SIZE];
	struct output output;

	if (!writer)
		return -1;
	if (output_open(&output, path, message, sizeof(message))) {
		errno = 0;
		if (!writer(output.file, profile)) {
			if (output_commit(&output, message, sizeof(message)))
				return 0;
		} else {
			snprintf(message, sizeof(message), "%s: cannot be written: %s", path,
				 strerror(errno ? errno : EIO));
			output_abandon(&output);
		}
	}
	error("%s", message);
	return -1;
}

static bool same_subject(const json_t *a, const json_t *b)
{
	static const char *const names[] = { FIELD(profile, op), FIELD(profile, kernel),
					     FIELD(profile, modules) };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_equal(json_object_get(a, names[i]), json_object_get(b, names[i])))
			return false;
	return true;
}

/* In the place of one of the same subject, or at the end. */
static bool put(json_t *results, json_t *profile)
{
	json_t *profiles = json_object_get(results, "profiles"), *old;
	size_t i;

	if (!json_is_array(profiles)) {
		profiles = json_array();
		if (json_object_set_new(results, "profiles", profiles))
			return false;
	}
	json_array_foreach(profiles, i, old) {
		if (same_subject(old, profile))
			return !json_array_set(profiles, i, profile);
	}
	return !json_array_append(profiles, profile);
}

/* Whether report would read @document as the file @path. */
static bool is_read(const char *path, const json_t *document, char *message, size_t size)
{
	struct results *results = results_from_json(path, document, message, size);

	results_free(results);
	return results;
}

int profile_add(const char *path, json_t *profile)
{
	char message[MESSAGE_SIZE];
	json_t *results = input_load(path, message, sizeof(message));
	/* Before, so that a file of another kind is called that; after, so that it stays one. */
	bool good = results && is_read(path, results, message, sizeof(message));

	if (good && !put(results, profile))
		out_of_memory(path);
	good = good && is_read(path, results, message, sizeof(message));
	if (good && results_are_too_large(results)) {
		snprintf(message, sizeof(message),
			 "%s: would be larger than %d MiB with the profile, more than is read",
			 path, INPUT_MAX_BYTES >> 20);
		good = false;
	}
	good = good && results_save(results, path, message, sizeof(message));
	if (!good)
		error("%s", message);
	json_decref(results);
	return good ? 0 : -1;
}
