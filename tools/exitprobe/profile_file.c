// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "message.h"
#include "reader.h"

#define MESSAGE_SIZE 512

/* Of a results document: docs/results-file.schema.json. */
#define RESULTS_FORMAT	"exitprobe_results"
#define RESULTS_VERSION 1

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

/* @document by @writer to @path. */
static int replace(const char *path, const json_t *document, int (*writer)(FILE *, const json_t *))
{
	char *temporary = xasprintf("%s.%d", path, (int)getpid());
	FILE *to = fopen(temporary, "w");
	int bad = !to || writer(to, document);

	if (to && fclose(to))
		bad = 1;
	if (bad || rename(temporary, path)) {
		error("%s: cannot be written: %s", path, strerror(errno));
		unlink(temporary);
		bad = 1;
	}
	free(temporary);
	return bad ? -1 : 0;
}

int profile_write(const char *path, const json_t *profile)
{
	int (*writer)(FILE *, const json_t *) = profile_writer(path);

	return writer ? replace(path, profile, writer) : -1;
}

static bool same_subject(const json_t *a, const json_t *b)
{
	static const char *const names[] = { "op", "kernel", "modules" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_equal(json_object_get(a, names[i]), json_object_get(b, names[i])))
			return false;
	return true;
}

int profile_add(const char *path, const json_t *profile)
{
	json_error_t why;
	json_t *results = json_load_file(path, 0, &why), *profiles, *old;
	size_t i;
	int bad;

	if (!results) {
		error("%s: %s", path, why.text);
		return -1;
	}
	if (json_integer_value(json_object_get(results, RESULTS_FORMAT)) != RESULTS_VERSION) {
		error("%s: not a results document of format %d; exitprobe run -o makes one", path,
		      RESULTS_VERSION);
		json_decref(results);
		return -1;
	}
	profiles = json_object_get(results, "profiles");
	if (!profiles) {
		profiles = json_array();
		json_object_set_new(results, "profiles", profiles);
	}
	json_array_foreach(profiles, i, old) {
		if (same_subject(old, profile))
			break;
	}
	if (i < json_array_size(profiles))
		json_array_set(profiles, i, (json_t *)profile);
	else
		json_array_append(profiles, (json_t *)profile);
	bad = replace(path, results, write_json);
	json_decref(results);
	return bad;
}
