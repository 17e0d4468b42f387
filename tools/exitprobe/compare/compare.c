// SPDX-License-Identifier: GPL-2.0-only
/* exitprobe compare: what changed between results files, and whether it did. */
#include "compare/compare.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/format_choice.h"
#include "lib/message.h"
#include "lib/output.h"
#include "lib/percent.h"
#include "results/redact.h"
#include "results/results.h"
#include "results/ways.h"

#define MESSAGE_SIZE   512
#define METRIC_CHOICES 6
#define FORCE_KEY      0x100
#define REDACT_KEY     0x101

struct compare_format {
	struct format format;
	void (*write)(FILE *to, const struct comparisons *all);
};

static const struct compare_format formats[] = {
	{ { "text", { ".txt" } }, compare_text },
	{ { "json", { ".json" } }, compare_json },
	{ { "html", { ".html" } }, compare_html },
	{ .format = { 0 } },
};

struct arguments {
	const char *base, *output, *format;
	const char **now; /* @count of them */
	size_t count;
	enum metric metric;
	double threshold;
	bool force, redact;
};

static enum metric metric_named(const char *name)
{
	for (int m = 0; m < METRIC_CHOICES; m++)
		if (!strcmp(name, metric_names[m]))
			return (enum metric)m;
	die("--metric %s: unknown; known are p50, kernel, out, in, user and halted", name);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *a = state->input;
	char message[MESSAGE_SIZE];

	switch (key) {
	case 'o':
		a->output = argument;
		return 0;
	case 'f':
		a->format = argument;
		return 0;
	case 'm':
		a->metric = metric_named(argument);
		return 0;
	case 't':
		if (!percent_read("--threshold", argument, &a->threshold, message, sizeof(message)))
			die("%s", message);
		return 0;
	case FORCE_KEY:
		a->force = true;
		return 0;
	case REDACT_KEY:
		a->redact = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!a->base)
			a->base = argument;
		else
			a->now[a->count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!a->count)
			die("two results files are needed: the base and the new one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One file, and its boots as one. */
struct loaded {
	struct results *results;
	struct merged *merged;
};

static struct loaded load(const struct arguments *a, size_t index)
{
	const char *path = index ? a->now[index - 1] : a->base;
	char message[MESSAGE_SIZE];
	struct loaded loaded = {
		.results =
			redact_load(a->redact, path, redact_file(index), message, sizeof(message)),
	};

	if (!loaded.results)
		die("%s", message);
	loaded.merged = merge_results(loaded.results);
	return loaded;
}

static void unload(struct loaded *loaded)
{
	merge_free(loaded->merged);
	results_free(loaded->results);
}

/*
 * The parts of an exit begin and end where the statistics are kept: those of the patch and
 * those of a module are no two figures of one thing.  Round trips are the guest's own.
 */
static void require_same_parts(const struct arguments *a, const struct loaded *base,
			       const struct loaded *now, size_t i)
{
	enum way base_way = base->merged->results->way, now_way = now->merged->results->way;
	const struct meta *x = results_meta(base->merged->results);
	const struct meta *y = results_meta(now->merged->results);

	if (a->metric != METRIC_P50 && base_way != now_way)
		die("--metric %s: exits of %s are counted by %s, those of %s by %s, and their parts "
		    "begin and end elsewhere; compare p50",
		    metric_names[a->metric], a->base, way_title(base_way), a->now[i],
		    way_title(now_way));
	if (a->metric == METRIC_P50 || !x || !y || !x->keeper || !y->keeper ||
	    !strcmp(x->keeper, y->keeper))
		return;
	die("--metric %s: exit statistics of %s are kept by %s, those of %s by %s, and begin and end elsewhere; compare p50",
	    metric_names[a->metric], a->base, x->keeper, a->now[i], y->keeper);
}

static int compare(const struct arguments *a)
{
	struct comparisons all = { .force = a->force, .count = a->count };
	const struct compare_format *format;
	struct loaded *files; /* the base, and what is compared with it */
	char message[MESSAGE_SIZE];
	struct output output;
	int status;

	if (output_is_input(a->output, a->base))
		die("%s: is the base file; give another name to -o", a->output);
	for (size_t i = 0; i < a->count; i++)
		if (output_is_input(a->output, a->now[i]))
			die("%s: is one of the files to compare; give another name to -o",
			    a->output);
	format = format_choose(formats, sizeof(formats[0]), a->format, a->output, message,
			       sizeof(message));
	if (!format)
		die("%s", message);
	files = xcalloc(a->count + 1, sizeof(*files));
	files[0] = load(a, 0);
	all.list = xcalloc(a->count, sizeof(struct comparison *));
	for (size_t i = 0; i < a->count; i++) {
		files[i + 1] = load(a, i + 1);
		require_same_parts(a, &files[0], &files[i + 1], i);
		all.list[i] = comparison_of(files[0].merged, files[i + 1].merged, a->metric,
					    a->threshold);
	}
	status = comparisons_status(&all);
	if (!output_open(&output, a->output, message, sizeof(message)))
		die("%s", message);
	format->write(output.file, &all);
	if (!output_commit(&output, message, sizeof(message)))
		die("%s", message);
	for (size_t i = 0; i < a->count; i++) {
		comparison_free(all.list[i]);
		unload(&files[i + 1]);
	}
	unload(&files[0]);
	free(files);
	free(all.list);
	return status;
}

int compare_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "threshold", 't', "PERCENT", 0,
		  "verdict same for smaller changes (1%; between two files of the lab 0)", 0 },
		{ "metric", 'm', "METRIC", 0,
		  "p50, the default, or a part of the exit: kernel, out, in, user or halted", 0 },
		{ "redact", REDACT_KEY, 0, 0,
		  "leave out what identifies the machines, and the files' names", 0 },
		{ "force", FORCE_KEY, 0, 0, "compare files that are not comparable", 0 },
		{ "format", 'f', "FORMAT", 0,
		  "text, json or html; by default as FILE's suffix says, else text", 0 },
		{ "output", 'o', "FILE", 0, "write to FILE instead of standard output", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "BASE NEW...",
		.doc = "Compare results files of exitprobe run with the first of them, operation by "
		       "operation. Differences between the machines are shown first.\v"
		       "Exit status: 0 same or faster; 1 something is slower, exits more often, or is in "
		       "both files and no longer measured; 2 not comparable, or wrong usage or "
		       "input.  An operation that only one file has is named and changes no status.",
	};
	struct arguments a = { .threshold = COMPARISON_THRESHOLD_DEFAULT };
	int status;

	a.now = xcalloc((size_t)argc, sizeof(*a.now));
	argp_err_exit_status = STATUS_ERROR;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	status = compare(&a);
	free(a.now);
	return status;
}
