// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/follow.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "profile_fields.h"
#include "results/redact.h"
#include "results/results.h"
#include "vm/lab.h"

#define MESSAGE_SIZE 512

/* What a results file of the lab was measured with. */
struct subject {
	struct results *results;
	const char *release; /* of the kernel */
	char *modules;	     /* their directory, or NULL: the lab's own */
};

static void free_subject(struct subject *s)
{
	results_free(s->results);
	free(s->modules);
}

/* The value of --modules, which getopt_long(3) takes by any beginning from --m on. */
static char *modules_of(const json_t *document)
{
	const json_t *words = json_object_get(document, "command"), *word;
	char *modules = NULL;
	size_t i;

	json_array_foreach(words, i, word) {
		const char *text = json_string_value(word), *value = strchr(text, '=');
		size_t length = value ? (size_t)(value - text) : strlen(text);

		if (length < strlen("--m") || length > strlen("--modules") ||
		    strncmp(text, "--modules", length))
			continue;
		value = value ? value + 1 : json_string_value(json_array_get(words, ++i));
		free(modules);
		modules = value ? xstrdup(value) : NULL;
	}
	return modules;
}

/* False, and why not in @why, if no profile can be of the same. */
static bool can_be_profiled(struct subject *s, const char **why)
{
	const struct property *kernel = results_property(s->results, "kernel");
	const struct meta *meta = results_meta(s->results);
	static const char linux_mark[] = "Linux ";

	if (s->results->accel != ACCEL_LAB)
		*why = "was not measured in the lab; a profile shows what the lab's KVM executes";
	else if (meta && strcmp(meta->vendor, "AuthenticAMD"))
		*why = "was measured on the lab's Intel processor; a profile shows its AMD processor";
	else if (!kernel || !kernel->value ||
		 strncmp(kernel->value, linux_mark, sizeof(linux_mark) - 1))
		*why = "does not say on which kernel it was measured";
	else if (s->modules && !strcmp(s->modules, REDACTED))
		*why = "was measured with other modules, whose directory is redacted";
	else
		s->release = kernel->value + sizeof(linux_mark) - 1;
	return s->release;
}

static bool read_subject(const char *path, struct subject *s)
{
	char message[MESSAGE_SIZE];
	json_t *document = input_load(path, message, sizeof(message));
	const char *why = NULL;

	*s = (struct subject){ 0 };
	if (document)
		s->results = results_from_json(path, document, message, sizeof(message));
	if (s->results) {
		s->modules = modules_of(document);
		if (can_be_profiled(s, &why)) {
			json_decref(document);
			return true;
		}
	}
	if (why)
		error("%s: %s", path, why);
	else
		error("%s", message);
	json_decref(document);
	free_subject(s);
	return false;
}

static bool is_same_directory(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];

	if (!a || !b || !strcmp(a, b))
		return a && b ? true : a == b;
	return realpath(a, real_a) && realpath(b, real_b) && !strcmp(real_a, real_b);
}

/* Version @version of the lab's is of @release. */
static bool is_release(const char *version, const char *release)
{
	char *its = lab_release(version);
	bool same = its && !strcmp(its, release);

	free(its);
	return same;
}

/* The version for which the lab was built with @release, or NULL. */
static char *version_of(const char *release)
{
	char *pattern = paths_cache("lab/release-*"), *version = NULL;
	glob_t found;

	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; !version && i < found.gl_pathc; i++) {
			const char *end = strrchr(found.gl_pathv[i], '-') + 1;

			if (is_release(end, release))
				version = xstrdup(end);
		}
		globfree(&found);
	}
	free(pattern);
	return version;
}

static bool follow_kernel(const char *path, const struct subject *s, struct profile_options *o)
{
	if (!o->kernel) {
		o->kernel = version_of(s->release);
		if (!o->kernel)
			error("%s: was measured on Linux %s, for which no lab is built here", path,
			      s->release);
		return o->kernel;
	}
	if (is_release(o->kernel, s->release))
		return true;
	error("%s: was measured on Linux %s, which is not the lab's %s", path, s->release,
	      o->kernel);
	return false;
}

static bool follow_modules(const char *path, struct subject *s, struct profile_options *o)
{
	if (o->modules && !is_same_directory(o->modules, s->modules)) {
		error("%s: was measured with %s, not with %s", path,
		      s->modules ? s->modules : "the lab's own modules", o->modules);
		return false;
	}
	if (s->modules && access(s->modules, R_OK)) {
		error("%s: was measured with %s, which is not there", path, s->modules);
		return false;
	}
	if (!o->modules) {
		o->modules = s->modules;
		s->modules = NULL;
	}
	return true;
}

bool profile_follow(const char *path, struct profile_options *o)
{
	struct subject s;
	bool good;

	if (!paths_need_cache() || !read_subject(path, &s))
		return false;
	good = follow_kernel(path, &s, o) && follow_modules(path, &s, o);
	free_subject(&s);
	return good;
}

bool profile_fits(const char *path, const json_t *profile)
{
	const char *kernel = json_string_value(json_object_get(profile, FIELD(profile, kernel)));
	const char *modules = json_string_value(json_object_get(profile, "modules"));
	struct subject s;
	bool good = false;

	if (!read_subject(path, &s))
		return false;
	if (!kernel || strcmp(kernel, s.release))
		error("%s: was measured on Linux %s, the profile on %s", path, s.release,
		      kernel ? kernel : "an unknown kernel");
	else if (!is_same_directory(modules, s.modules))
		error("%s: was measured with %s, the profile with %s", path,
		      s.modules ? s.modules : "the lab's own modules",
		      modules ? modules : "the lab's own");
	else
		good = true;
	free_subject(&s);
	return good;
}
