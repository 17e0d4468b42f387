// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe bisect: good or bad, for git bisect run, by the instructions that an
 * operation's exit takes with the checked-out KVM.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "profile/bisect.h"
#include "profile/profile.h"

#include "default_kernel.h" /* made by the Makefile from lab/default-kernel */

/* What git bisect run makes of an exit status (git-bisect(1)). */
enum bisect_status {
	BISECT_GOOD = 0,
	BISECT_BAD = 1,
	BISECT_SKIP = 125,  /* this commit cannot be tested */
	BISECT_ABORT = 128, /* none can */
};

#define SAMPLES 100
#define SECONDS 300

struct arguments {
	struct profile_options options;
	const char *op, *source, *headers;
	json_int_t most, least; /* instructions; 0 is not given */
};

static const struct argp_option options[] = {
	{ "most", 'm', "N", 0, "Good is an exit of at most N instructions", 0 },
	{ "least", 'l', "N", 0, "Good is one of at least N, to find what made it shorter", 0 },
	{ "kernel", 'k', "VERSION", 0, "Linux of the lab's host (" DEFAULT_KERNEL ")", 0 },
	{ "headers", 'H', "DIR", 0,
	  "Configured tree or headers to build against (those of the lab's kernel)", 0 },
	{ "source", 's', "DIR", 0, "The Linux tree under test (.)", 0 },
	{ 0 },
};

static json_int_t number(const char *name, const char *value)
{
	char *end;
	long long n = strtoll(value, &end, 10);

	if (!*value || *end || n < 1)
		die("--%s=%s: must be a number of instructions", name, value);
	return n;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'm':
		a->most = number("most", value);
		return 0;
	case 'l':
		a->least = number("least", value);
		return 0;
	case 'k':
		a->options.kernel = value;
		return 0;
	case 'H':
		a->headers = value;
		return 0;
	case 's':
		a->source = value;
		return 0;
	case ARGP_KEY_ARG:
		if (a->op)
			return ARGP_ERR_UNKNOWN;
		a->op = value;
		return 0;
	case ARGP_KEY_END:
		if (!a->op || (!a->most && !a->least))
			argp_error(state, "an operation and --most or --least are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"OP",
	"Says whether the Linux tree's KVM is good, for git bisect run: builds its modules with "
	"exit statistics, boots the lab with them and counts the instructions from the "
	"operation's exit to the next entry."
	"\v"
	"  git bisect run exitprobe bisect cpuid --most 3165\n\n"
	"Exit status: 0 good, 1 bad, 125 this commit cannot be built or measured, 128 none can.",
	NULL,
	NULL,
	NULL,
};

/* BISECT_GOOD, with the modules' directory in *@modules; or why there is none has been said. */
static enum bisect_status build_modules(const struct arguments *a, char **modules)
{
	char *script = paths_data("lab/build-commit"), *anchor = paths_cache("lab"), *line = NULL;
	const char *arguments[8] = { script, "-k", a->options.kernel };
	size_t room = 0, n = 3;
	int ends[2], status = 0;
	ssize_t length;
	pid_t child;
	FILE *from;

	if (a->headers) {
		arguments[n++] = "-H";
		arguments[n++] = a->headers;
	}
	arguments[n++] = a->source;
	*strrchr(anchor, '/') = '\0';
	if (pipe(ends) || (child = fork()) < 0) {
		error("%s: %s", script, strerror(errno));
		free(script);
		free(anchor);
		return BISECT_ABORT;
	}
	if (!child) {
		setenv("BUILD", anchor, 1);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(script, (char *const *)arguments);
		error("%s: %s", script, strerror(errno));
		_exit(BISECT_ABORT);
	}
	close(ends[1]);
	from = fdopen(ends[0], "r");
	length = from ? getline(&line, &room, from) : -1;
	if (from)
		fclose(from);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	free(script);
	free(anchor);
	if (WIFEXITED(status) && !WEXITSTATUS(status) && length > 0) {
		line[strcspn(line, "\n")] = '\0';
		*modules = line;
		return BISECT_GOOD;
	}
	free(line);
	return WIFEXITED(status) && WEXITSTATUS(status) == BISECT_ABORT ? BISECT_ABORT
									: BISECT_SKIP;
}

/* What a profile's end is for git where there is no profile. */
static int status_of(enum profile_end end)
{
	switch (end) {
	case PROFILE_INTERRUPTED:
		return STATUS_INTERRUPTED;
	case PROFILE_IMPOSSIBLE:
		return BISECT_ABORT;
	default:
		return BISECT_SKIP;
	}
}

/* What must be there whatever the commit; or the bisection ends. */
static bool can_begin(const struct arguments *a)
{
	char *kvm = xasprintf("%s/arch/x86/kvm", a->source);
	bool good = !access(kvm, R_OK);

	if (!good)
		error("%s: not a Linux tree (no arch/x86/kvm); run it there or give -s DIR",
		      a->source);
	else if (a->headers && access(a->headers, R_OK)) {
		error("%s: %s", a->headers, strerror(errno));
		good = false;
	}
	free(kvm);
	return good && profile_ready(&a->options);
}

int bisect_command(int argc, char **argv)
{
	struct arguments a = {
		.options = { .kernel = DEFAULT_KERNEL,
			     .samples = SAMPLES,
			     .seconds = SECONDS,
			     .vcpus = 1 },
		.source = ".",
	};
	enum bisect_status built;
	enum profile_end end;
	json_int_t insns;
	json_t *profile;
	char *modules;
	bool good;

	/* git takes most others, a full disk's too, for a bad commit. */
	argp_err_exit_status = BISECT_ABORT;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a))
		return BISECT_ABORT;
	a.options.op = a.op;
	if (!can_begin(&a))
		return BISECT_ABORT;
	built = build_modules(&a, &modules);
	if (built)
		return built;
	a.options.modules = modules;
	end = profile_take(&a.options, &profile);
	free(modules);
	if (end != PROFILE_TAKEN)
		return status_of(end);
	insns = profile_instructions(profile);
	json_decref(profile);
	good = (!a.most || insns <= a.most) && (!a.least || insns >= a.least);
	printf("%s: %lld instructions from exit to entry: %s\n", a.op, insns,
	       good ? "good" : "bad");
	return good ? BISECT_GOOD : BISECT_BAD;
}
