// SPDX-License-Identifier: GPL-2.0-only
/* exitprobe history: a directory of results files, and what changed from run to run. */
#define _GNU_SOURCE
#include "history/history.h"

#include <argp.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "history/host.h"
#include "history/show.h"
#include "lib/exit_status.h"
#include "lib/format_choice.h"
#include "lib/message.h"
#include "lib/output.h"
#include "lib/percent.h"

#define MESSAGE_SIZE 1024
#define SINCE_KEY    0x100
#define BUILD_KEY    0x101
#define KERNEL_KEY   0x102
#define HOST_KEY     0x103

enum action { ACTION_PAGE, ACTION_ADD, ACTION_LIST, ACTION_SHOW, ACTION_CHECK, ACTION_COUNT };

static const char *const action_names[ACTION_COUNT] = { NULL, "add", "list", "show", "check" };

static const enum history_view views[ACTION_COUNT] = {
	[ACTION_PAGE] = HISTORY_OVERVIEW,
	[ACTION_LIST] = HISTORY_LIST,
	[ACTION_SHOW] = HISTORY_SHOW,
	[ACTION_CHECK] = HISTORY_CHECK,
};

struct history_format {
	struct format format;
	void (*write)(FILE *to, const struct history *history);
};

static const struct history_format formats[] = {
	{ { "text", { ".txt" } }, history_text },
	{ { "json", { ".json" } }, history_json },
	{ { "csv", { ".csv" } }, history_csv },
	{ { "html", { ".html" } }, history_html },
	{ .format = { 0 } },
};

struct arguments {
	enum action action;
	bool has_action; /* or the directory that stands in its place */
	const char *directory, *output, *format, *host;
	char **words; /* behind the directory, @count of them */
	size_t count;
	bool has_metric;
	struct analysis_choice analysis;
	struct record_choice record;
};

static enum history_metric metric_named(const char *name)
{
	for (int m = 0; m < HISTORY_METRICS; m++)
		if (!strcmp(name, history_metric_names[m]))
			return (enum history_metric)m;
	die("--metric %s: unknown; known are p50, out, kernel, user, halted, in and exits", name);
}

static void take_word(struct arguments *a, char *word)
{
	for (int i = ACTION_ADD; !a->has_action && i < ACTION_COUNT; i++)
		if (!strcmp(word, action_names[i])) {
			a->action = (enum action)i;
			a->has_action = true;
			return;
		}
	a->has_action = true;
	if (!a->directory)
		a->directory = word;
	else
		a->words[a->count++] = word;
}

/* What is missing, or is too much. */
static void check_words(const struct arguments *a)
{
	const char *name = a->action == ACTION_PAGE ? "" : action_names[a->action];

	if (!a->directory)
		die("no directory given: exitprobe history %s%sDIR", name, *name ? " " : "");
	if (a->action == ACTION_ADD && !a->count)
		die("no results file given: exitprobe history add %s FILE...", a->directory);
	if (a->action == ACTION_ADD && (a->output || a->format))
		die("add writes into %s and nothing else; --output and --format are for the others",
		    a->directory);
	if (a->action != ACTION_ADD && a->host)
		die("--host %s: is for add, which says whose runs its files are", a->host);
	if (a->action == ACTION_SHOW && !a->count)
		die("no operation given: exitprobe history show %s OPERATION...", a->directory);
	if (a->action == ACTION_LIST && a->count)
		die("%s: list takes a directory only; show takes operations", a->words[0]);
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
		a->analysis.metric = metric_named(argument);
		a->has_metric = true;
		return 0;
	case 't':
		if (!percent_read("--threshold", argument, &a->analysis.threshold, message,
				  sizeof(message)))
			die("%s", message);
		return 0;
	case 'g':
		a->record.group = argument;
		return 0;
	case SINCE_KEY:
		/* Of any other text no run may be later, and a check would find nothing. */
		if (!store_is_since(argument))
			die("--since %s: must be a time like 2026-11-28 or a run's name", argument);
		a->analysis.since = argument;
		return 0;
	case HOST_KEY:
		if (!host_is_name(argument))
			die("--host %s: must be a name of letters, digits, dots, hyphens, underscores "
			    "and colons",
			    argument);
		a->host = argument;
		return 0;
	case BUILD_KEY:
		a->record.is_same_build = true;
		return 0;
	case KERNEL_KEY:
		a->record.is_by_kernel = true;
		return 0;
	case ARGP_KEY_ARG:
		take_word(a, argument);
		return 0;
	case ARGP_KEY_END:
		check_words(a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* All that can be; the status is that of the worst. */
static int add(const struct arguments *a)
{
	char message[MESSAGE_SIZE], id[STORE_ID_SIZE];
	int status = STATUS_OK;

	for (size_t i = 0; i < a->count; i++) {
		switch (store_add(a->directory, a->words[i], a->host, id, message,
				  sizeof(message))) {
		case STORE_ADDED:
			printf("%s: added as %s\n", a->words[i], id);
			break;
		case STORE_WAS_THERE:
			printf("%s: was there already, as %s\n", a->words[i], id);
			break;
		default:
			error("%s", message);
			status = STATUS_ERROR;
		}
	}
	return status;
}

static void warn(const struct record *record)
{
	for (size_t i = 0; i < record->store.left_count; i++)
		warning("left out: %s", record->store.left[i]);
	if (record->unsaved)
		warning("%s/summaries: cannot be written, so %zu results files were read in full",
			record->directory, record->unsaved);
}

/* By --group, if it is given. */
static bool is_chosen(const struct group *group, const struct arguments *a)
{
	const char *name = a->record.group;

	return !name || !strncmp(group->name, name, strlen(name));
}

/* Every group, or that one; a check without a metric looks at the exits as well. */
static void analyze(struct history *history, const struct arguments *a)
{
	const struct record *record = history->record;
	bool with_exits = history->view == HISTORY_CHECK && !a->has_metric;

	history->groups = xcalloc(2 * record->group_count + 1, sizeof(struct analysis *));
	if (history->view == HISTORY_LIST)
		return;
	for (size_t g = 0; g < record->group_count; g++) {
		struct analysis_choice exits = a->analysis;

		exits.metric = HISTORY_EXITS;
		if (!is_chosen(&record->groups[g], a))
			continue;
		history->groups[history->count++] =
			analysis_of(record, &record->groups[g], &a->analysis);
		if (with_exits)
			history->groups[history->count++] =
				analysis_of(record, &record->groups[g], &exits);
	}
}

static bool has_operation(const struct group *group, const char *pattern)
{
	for (size_t i = 0; i < group->series_count; i++)
		if (!fnmatch(pattern, group->series[i].op, 0))
			return true;
	return false;
}

/* An operation that is in no run is a mistyped one, whatever is beside it. */
static void require_operations(const struct record *record, const struct arguments *a)
{
	for (size_t i = 0; record->run_count && i < a->count; i++) {
		bool found = false;

		for (size_t g = 0; !found && g < record->group_count; g++)
			found = is_chosen(&record->groups[g], a) &&
				has_operation(&record->groups[g], a->words[i]);
		if (!found && a->record.group)
			die("%s: no run of group %s in %s has this operation", a->words[i],
			    a->record.group, a->directory);
		if (!found)
			die("%s: no run of %s has this operation", a->words[i], a->directory);
	}
}

/* A run is never replaced. */
static void require_other_output(const struct record *record, const char *output)
{
	for (size_t i = 0; output && i < record->store.count; i++) {
		char *run = xasprintf("%s/%s.json", record->directory, record->store.runs[i].id);

		if (output_is_input(output, run))
			die("%s: is a run of this history; give another name to -o", output);
		free(run);
	}
}

/* A run that cannot be read may be the one that is slower. */
static int check_status(const struct history *history)
{
	if (history->record->store.unread)
		return STATUS_ERROR;
	return history_findings(history) ? STATUS_FINDING : STATUS_OK;
}

static int show(struct arguments *a)
{
	const struct history_format *format;
	char message[MESSAGE_SIZE];
	struct history history = { .view = views[a->action], .metric = a->analysis.metric };
	struct output output;
	struct record *record;
	int status;

	format = format_choose(formats, sizeof(formats[0]), a->format, a->output, message,
			       sizeof(message));
	if (!format)
		die("%s", message);
	if (format->write == history_html && a->action != ACTION_PAGE)
		die("%s: a page is of the whole: exitprobe history %s -o FILE.html",
		    action_names[a->action], a->directory);
	a->record.ops = (const char *const *)a->words;
	a->record.op_count = a->count;
	record = record_load(a->directory, &a->record, message, sizeof(message));
	if (!record)
		die("%s", message);
	require_other_output(record, a->output);
	require_operations(record, a);
	warn(record);
	history.record = record;
	analyze(&history, a);
	if (!output_open(&output, a->output, message, sizeof(message)))
		die("%s", message);
	format->write(output.file, &history);
	if (!output_commit(&output, message, sizeof(message)))
		die("%s", message);
	status = a->action == ACTION_CHECK ? check_status(&history) : STATUS_OK;
	for (size_t i = 0; i < history.count; i++)
		analysis_free(history.groups[i]);
	free(history.groups);
	record_free(record);
	return status;
}

int history_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "output", 'o', "FILE", 0, "write to FILE instead of standard output", 0 },
		{ "format", 'f', "FORMAT", 0,
		  "text, json, csv, or html without an action; by default as FILE's suffix says, "
		  "else text",
		  0 },
		{ "metric", 'm', "METRIC", 0,
		  "p50, the default, exits, or a part of the exit: kernel, out, in, user or halted; "
		  "check looks at p50 and exits",
		  0 },
		{ "threshold", 't', "PERCENT", 0,
		  "smaller changes are none (1%; in the lab 0, which is exact)", 0 },
		{ "since", SINCE_KEY, "RUN", 0,
		  "check: only changes from this run or time on, as 2026-11-28 or a run's name",
		  0 },
		{ "group", 'g', "NAME", 0, "only this group; list shows them", 0 },
		{ "host", HOST_KEY, "NAME", 0,
		  "add: whose runs these are; runs of two hosts are not compared", 0 },
		{ "same-build", BUILD_KEY, 0, 0,
		  "compare only runs with the same kernel, KVM and QEMU", 0 },
		{ "by-kernel", KERNEL_KEY, 0, 0,
		  "in the order of the kernels' versions, not of time", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "DIR [OPERATION...]\nadd DIR FILE...\nlist DIR\nshow DIR OPERATION...\n"
			    "check DIR [OPERATION...]",
		.doc = "A directory of results files of exitprobe run, and what changed from run to "
		       "run.\n\n"
		       "add puts results files into DIR, which is made if it is not there. list shows the "
		       "runs, show an operation in each run, check what changed for the worse. Without "
		       "one of these words the changes of all operations are shown; -o trend.html makes a "
		       "page with a plot for each.\v"
		       "Only runs that can be compared are: of one host (--host), machine, probe, unit and way of "
		       "counting.\n\n"
		       "Exit status: 0; check: 1 if something changed for the worse and was not taken "
		       "back; 2 wrong usage or input, or a file could not be added, or check left out a run.",
	};
	struct arguments a = { .analysis.threshold = -1 };
	int status;

	a.words = xcalloc((size_t)argc + 1, sizeof(*a.words));
	argp_err_exit_status = STATUS_ERROR;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	status = a.action == ACTION_ADD ? add(&a) : show(&a);
	free(a.words);
	return status;
}
