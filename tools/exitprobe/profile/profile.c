// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe profile: its options, and what is written where.
 */
#define _GNU_SOURCE
#include "profile/profile.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "profile/document.h"
#include "profile/file.h"
#include "profile/follow.h"
#include "profile_fields.h"

#include "default_kernel.h" /* made by the Makefile from lab/default-kernel */

#define SAMPLES_DEFAULT 200
#define SECONDS_DEFAULT 300
#define TOP_DEFAULT	25

enum profile_option {
	OPTION_ADD = 256,
	OPTION_DIFF,
	OPTION_MODULES,
	OPTION_PLUGIN,
	OPTION_SAMPLES,
	OPTION_TIMEOUT,
	OPTION_TOP,
	OPTION_USER,
	OPTION_VCPUS,
};

struct arguments {
	struct profile_options options;
	const char *words[3]; /* OP, or with --diff A B OP */
	unsigned int word_count, top;
	bool diff;
	const char *out, *add;
};

static const struct argp_option options[] = {
	{ "kernel", 'k', "VERSION", 0, "Linux of the lab's host (" DEFAULT_KERNEL ")", 0 },
	{ "modules", OPTION_MODULES, "DIR", 0, "kvm.ko and kvm-amd.ko to run (the lab's own)", 0 },
	{ "diff", OPTION_DIFF, NULL, 0,
	  "A B OP: the difference between two kernel versions, directories of modules or "
	  "profiles (.json)",
	  0 },
	{ "output", 'o', "FILE", 0,
	  "Write a flame graph (.svg), folded stacks (.folded) or the whole profile (.json) "
	  "instead of the table",
	  0 },
	{ "add", OPTION_ADD, "FILE", 0,
	  "Add the profile to a results file of the lab, for its report, instead of the table; "
	  "kernel and modules are that file's",
	  0 },
	{ "top", OPTION_TOP, "N", 0, "Functions to show (25)", 0 },
	{ "user", OPTION_USER, NULL, 0, "Userspace by function", 0 },
	{ "samples", OPTION_SAMPLES, "N", 0, "Samples to take (200)", 0 },
	{ "vcpus", OPTION_VCPUS, "N", 0, "vCPUs of the guest (1)", 0 },
	{ "timeout", OPTION_TIMEOUT, "SECONDS", 0, "Processor time that a boot may take (300)", 0 },
	{ "plugin", OPTION_PLUGIN, "FILE", 0, "Plugin of the emulator (as built)", 0 },
	{ 0 },
};

static unsigned int number(const char *name, const char *value, unsigned int most)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (!*value || *end || !n || n > most)
		die("--%s=%s: must be a number from 1 to %u", name, value, most);
	return (unsigned int)n;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'k':
		a->options.kernel = value;
		return 0;
	case 'o':
		a->out = value;
		return 0;
	case OPTION_ADD:
		a->add = value;
		return 0;
	case OPTION_MODULES:
		a->options.modules = value;
		return 0;
	case OPTION_DIFF:
		a->diff = true;
		return 0;
	case OPTION_TOP:
		a->top = number("top", value, 1000000);
		return 0;
	case OPTION_USER:
		a->options.user = true;
		return 0;
	case OPTION_SAMPLES:
		a->options.samples = number("samples", value, 10000);
		return 0;
	case OPTION_VCPUS:
		a->options.vcpus = number("vcpus", value, 16);
		return 0;
	case OPTION_TIMEOUT:
		a->options.seconds = number("timeout", value, 86400);
		return 0;
	case OPTION_PLUGIN:
		a->options.plugin = value;
		return 0;
	case ARGP_KEY_ARG:
		if (a->word_count == sizeof(a->words) / sizeof(a->words[0]))
			return ARGP_ERR_UNKNOWN;
		a->words[a->word_count++] = value;
		return 0;
	case ARGP_KEY_END:
		if (a->word_count != (a->diff ? 3u : 1u))
			argp_error(state, "%s",
				   a->diff ? "--diff needs A, B and the operation"
					   : "exactly one operation is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"OP\n--diff A B OP",
	"What KVM executes between an operation's exit and the next entry, instruction by "
	"instruction, in the lab's emulated AMD-V processor.",
	NULL,
	NULL,
	NULL,
};

enum profile_end profile_take(const struct profile_options *o, json_t **profile)
{
	struct profile_boot boot;
	enum profile_end end = profile_boot(&boot, o);

	*profile = NULL;
	if (end == PROFILE_TAKEN) {
		*profile = profile_document(&boot, o);
		end = *profile ? PROFILE_TAKEN : PROFILE_FAILED;
	}
	profile_boot_free(&boot);
	return end;
}

/* Of the lab's first kernel where none is named.  Returns an exit_status. */
static int take(struct profile_options *o, json_t **profile)
{
	if (!o->kernel)
		o->kernel = DEFAULT_KERNEL;
	switch (profile_take(o, profile)) {
	case PROFILE_TAKEN:
		return STATUS_OK;
	case PROFILE_INTERRUPTED:
		return STATUS_INTERRUPTED;
	default:
		return STATUS_ERROR;
	}
}

/* The profile in @path.  Returns an exit_status. */
static int load(const char *path, json_t **profile)
{
	*profile = profile_load(path);
	return *profile ? STATUS_OK : STATUS_ERROR;
}

/* The same, if it is one of @op. */
static int load_of(const char *path, const char *op, json_t **profile)
{
	int status = load(path, profile);
	const char *its = json_string_value(json_object_get(*profile, FIELD(profile, op)));

	if (status || !strcmp(its, op))
		return status;
	error("%s: is a profile of %s, not of %s", path, its, op);
	return STATUS_ERROR;
}

/* One side of a difference: a profile's file, a directory of modules, a version. */
static int take_side(const struct arguments *a, const char *side, json_t **profile)
{
	struct profile_options o = a->options;
	struct stat status;

	if (profile_ends_with(side, ".json"))
		return load_of(side, a->words[2], profile);
	if (!stat(side, &status) && S_ISDIR(status.st_mode))
		o.modules = side;
	else
		o.kernel = side;
	o.op = a->words[2];
	return take(&o, profile);
}

/* What a text came to that is to be on standard output; said if it is not there. */
static int told(int bad)
{
	if (!fflush(stdout) && bad >= 0)
		return bad;
	error("standard output: %s", strerror(errno));
	return -1;
}

static int diff(const struct arguments *a)
{
	json_t *before, *after = NULL;
	int status = take_side(a, a->words[0], &before);

	if (!status)
		status = take_side(a, a->words[1], &after);
	if (!status && told(profile_diff(stdout, before, after, a->top)))
		status = STATUS_ERROR;
	json_decref(before);
	json_decref(after);
	return status;
}

int profile_command(int argc, char **argv)
{
	struct arguments a = {
		.options = { .samples = SAMPLES_DEFAULT, .seconds = SECONDS_DEFAULT, .vcpus = 1 },
		.top = TOP_DEFAULT,
	};
	json_t *profile;
	int status, bad;

	if (argp_parse(&argp, argc, argv, 0, NULL, &a))
		return STATUS_ERROR;
	if (a.out && a.add)
		die("-o and --add: use one of them");
	if (a.diff && (a.out || a.add))
		die("--diff: takes neither -o nor --add; make two profiles with -o FILE.json and compare them");
	if (a.diff)
		return diff(&a);
	a.options.op = a.words[0];
	if (a.out && !profile_writer(a.out))
		return STATUS_ERROR;
	if (a.add && access(a.add, R_OK | W_OK))
		die("%s: %s", a.add, strerror(errno));
	if (profile_ends_with(a.words[0], ".json"))
		status = load(a.words[0], &profile);
	else if (a.add && !profile_follow(a.add, &a.options))
		return STATUS_ERROR;
	else
		status = take(&a.options, &profile);
	if (status)
		return status;
	if (a.out)
		bad = profile_write(a.out, profile);
	else if (a.add)
		bad = !profile_fits(a.add, profile) || profile_add(a.add, profile);
	else
		bad = told(profile_table(stdout, profile, a.top));
	json_decref(profile);
	return bad ? STATUS_ERROR : STATUS_OK;
}
