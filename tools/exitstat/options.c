// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/options.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "exitstat/cpuid.h"
#include "exitstat/status.h"
#include "version.h"

#define MAX_INTERVAL_MS 86400000 /* a day */
#define MAX_REPEAT	100000

const char *argp_program_version = "exitstat " VERSION;

enum {
	KEY_CSV = 256,
	KEY_JSON,
	KEY_OPENMETRICS,
	KEY_RAW,
	KEY_VCPU,
	KEY_CPL0,
};

static const struct argp_option options_known[] = {
	{ "verbose", 'v', NULL, 0, "also the time, exits per second, and a line for each reason",
	  0 },
	{ "all", 'a', NULL, 0,
	  "also the reasons without exits: never taken, never enabled by KVM, not defined", 0 },
	{ "repeat", 'r', "N", 0, "run COMMAND N times; figures are means, with their spread", 0 },
	{ "interval", 'I', "MS", 0,
	  "print a line every MS milliseconds; on a terminal, a table that is written again in its place",
	  0 },
	{ "count", 'n', "COUNT", 0, "end after COUNT intervals, or read COUNT times with --raw",
	  0 },
	{ "vcpu", KEY_VCPU, "N", 0,
	  "only vCPU N, on which exitstat and COMMAND then run; or all: each vCPU separately", 0 },
	{ "json", KEY_JSON, NULL, 0, "JSON, one object per line", 0 },
	{ "csv", KEY_CSV, NULL, 0, "comma-separated values", 0 },
	{ "openmetrics", KEY_OPENMETRICS, NULL, 0,
	  "all counters so far for Prometheus, as for a *.prom file of its textfile collector", 0 },
	{ "output", 'o', "FILE", 0,
	  "write to FILE; else to standard output, or with COMMAND to standard error", 0 },
	{ "cpl0", KEY_CPL0, NULL, 0,
	  "read through the guest's kernel, /dev/cpu/N/cpuid (root, modprobe cpuid)", 0 },
	{ "raw", KEY_RAW, "LEAF [SUBLEAF]", 0, "print the four registers that CPUID LEAF returns",
	  0 },
	{ 0 },
};

bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 0);
	return !errno && *end == '\0' && *number >= min && *number <= max;
}

static uint64_t number_or_die(const char *what, const char *text, uint64_t min, uint64_t max)
{
	uint64_t number;

	if (!parse_number(text, min, max, &number))
		die(STATUS_USAGE, "%s %s: must be a number from %llu to %llu", what, text,
		    (unsigned long long)min, (unsigned long long)max);
	return number;
}

static void parse_vcpu(struct options *options, const char *text)
{
	options->who = WHO_ALL_VCPUS;
	if (!strcmp(text, "all"))
		return;
	options->who = WHO_VCPU;
	options->vcpu = (unsigned int)number_or_die("--vcpu", text, 0, MAX_CPUS - 1);
}

static void parse_argument(struct options *options, char *argument, struct argp_state *state)
{
	static bool subleaf_given;

	if (options->raw) {
		if (subleaf_given)
			die(STATUS_USAGE, "%s: --raw takes a leaf and a subleaf and no more",
			    argument);
		options->subleaf =
			(uint32_t)number_or_die("--raw: subleaf", argument, 0, UINT32_MAX);
		subleaf_given = true;
		return;
	}
	/* The rest is COMMAND's. */
	options->command = state->argv + state->next - 1;
	state->next = state->argc;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'v':
		options->verbose = true;
		break;
	case 'a':
		options->all = true;
		break;
	case 'r':
		options->repeat = (unsigned int)number_or_die("-r", argument, 1, MAX_REPEAT);
		break;
	case 'I':
		options->interval_ms =
			(unsigned int)number_or_die("-I", argument, 1, MAX_INTERVAL_MS);
		break;
	case 'n':
		options->count = (unsigned int)number_or_die("-n", argument, 1, INT_MAX);
		break;
	case 'o':
		options->output = argument;
		break;
	case KEY_VCPU:
		parse_vcpu(options, argument);
		break;
	case KEY_JSON:
		options->format = FORMAT_JSON;
		break;
	case KEY_CSV:
		options->format = FORMAT_CSV;
		break;
	case KEY_OPENMETRICS:
		options->format = FORMAT_OPENMETRICS;
		break;
	case KEY_CPL0:
		options->cpl0 = true;
		break;
	case KEY_RAW:
		options->raw = true;
		options->leaf = (uint32_t)number_or_die("--raw", argument, 0, UINT32_MAX);
		break;
	case ARGP_KEY_ARG:
		parse_argument(options, argument, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Help has the exit statuses below the options, as they are written. */
static char *filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_EXTRA ? strdup(status_help) : (char *)(uintptr_t)text;
}

void options_parse(struct options *options, int argc, char **argv)
{
	static const struct argp argp = {
		.options = options_known,
		.parser = parse,
		.args_doc = "\n-- COMMAND [ARGUMENT...]",
		.doc = "Show how many VM exits this virtual machine had, why, and how long they took: so "
		       "far, while COMMAND runs, or in every interval.  The host's KVM needs the exit "
		       "statistics (patch or module) in mode guest.",
		.help_filter = filter,
	};
	bool intervals;

	*options = (struct options){ 0 };
	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, options);
	intervals = options->interval_ms;
	if (intervals && options->command)
		die(STATUS_USAGE, "-I takes no command: run exitstat -I in the background");
	if (options->format == FORMAT_OPENMETRICS &&
	    (intervals || options->command || options->raw || options->verbose || options->all))
		die(STATUS_USAGE, "--openmetrics goes with -o, --vcpu and --cpl0 only: Prometheus "
				  "makes the differences itself");
	if (options->raw &&
	    (intervals || options->verbose || options->all || options->format != FORMAT_TEXT))
		die(STATUS_USAGE, "--raw goes with -n, -o, --vcpu N and --cpl0 only");
	if (options->raw && options->who == WHO_ALL_VCPUS)
		die(STATUS_USAGE, "--raw reads on one vCPU: use --vcpu N, not --vcpu all");
	if (options->count && !intervals && !options->raw)
		die(STATUS_USAGE, "-n counts intervals or raw readings: it needs -I or --raw");
	if (options->repeat && !options->command)
		die(STATUS_USAGE, "-r repeats a command: name the command");
}
