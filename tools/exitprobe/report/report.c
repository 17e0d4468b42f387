// SPDX-License-Identifier: GPL-2.0-only
/* exitprobe report: a results file as a table, a page or another tool's input. */
#include "report/report.h"

#include <argp.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/format_choice.h"
#include "lib/message.h"
#include "lib/output.h"
#include "results/redact.h"

#define MESSAGE_SIZE 512

enum option_key { REDACT_KEY = 256, HOST_KEY, COMMIT_KEY };

struct report_format {
	struct format format;
	void (*write)(FILE *to, const struct merged *merged);
	void (*write_from)(FILE *to, const struct merged *merged,
			   const struct report_origin *origin); /* instead, if it has these */
};

static void write_text(FILE *to, const struct merged *merged)
{
	report_text(to, merged->results, report_wants_colour(to));
}

static const struct report_format formats[] = {
	{ { "text", { ".txt" } }, .write = write_text },
	{ { "html", { ".html", ".htm" } }, .write = report_html },
	{ { "markdown", { ".md", ".markdown" } }, .write = report_markdown },
	{ { "csv", { ".csv" } }, .write = report_csv },
	{ { "junit", { ".xml" } }, .write = report_junit },
	{ { "tap", { ".tap" } }, .write = report_tap },
	{ { "openmetrics", { ".prom", ".om" } }, .write = report_openmetrics },
	{ { "ktap", { ".ktap" } }, .write = report_ktap },
	{ { "lava", { ".lava" } }, .write = report_lava },
	{ { "sql", { ".sql" } }, .write_from = report_sql },
	{ .format = { 0 } },
};

struct arguments {
	const char *input, *output, *format;
	struct report_origin origin;
	bool redact;
};

/* Any text, but text. */
static const char *checked_name(const char *option, const char *text)
{
	json_t *string = json_string(text);

	if (!string || !*text)
		die("--%s %s: must be a text in UTF-8", option, text);
	json_decref(string);
	return text;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'o':
		a->output = argument;
		return 0;
	case 'f':
		a->format = argument;
		return 0;
	case REDACT_KEY:
		a->redact = true;
		return 0;
	case HOST_KEY:
		a->origin.host = checked_name("host", argument);
		return 0;
	case COMMIT_KEY:
		a->origin.commit = checked_name("commit", argument);
		return 0;
	case ARGP_KEY_ARG:
		if (a->input)
			die("%s: one results file only; exitprobe compare takes several", argument);
		a->input = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		die("no results file given; exitprobe run -o results.json makes one");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int report_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "output", 'o', "FILE", 0, "write to FILE instead of standard output", 0 },
		{ "format", 'f', "FORMAT", 0,
		  "text, html, markdown, csv, junit, tap, openmetrics, ktap, lava or sql; by default "
		  "from the suffix of FILE (.html, .md, .csv, .xml, .tap, .prom, .ktap, .lava, "
		  ".sql), else text",
		  0 },
		{ "host", HOST_KEY, "NAME", 0, "with sql: where the run was", 0 },
		{ "commit", COMMIT_KEY, "ID", 0, "with sql: what was measured", 0 },
		{ "redact", REDACT_KEY, 0, 0,
		  "leave out what identifies the machine: the kernel's command line and build "
		  "name, paths, QEMU's arguments",
		  0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS",
		.doc = "Show a results file of exitprobe run; - is standard input.\v"
		       "A results file and its HTML report contain the kernel's command line and the "
		       "command with its paths. Before you share either, use --redact.\n\n"
		       "Exit status: 0, or 2 if the file cannot be read or is not a results file, or the "
		       "output cannot be written.",
	};
	const struct report_format *format;
	struct arguments a = { 0 };
	char message[MESSAGE_SIZE];
	struct results *results;
	struct merged *merged;
	struct output output;
	bool written;

	argp_err_exit_status = STATUS_ERROR;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (output_is_input(a.output, a.input))
		die("%s: is the results file; give another name to -o", a.output);
	format = format_choose(formats, sizeof(formats[0]), a.format, a.output, message,
			       sizeof(message));
	if (!format)
		die("%s", message);
	if (!format->write_from && (a.origin.host || a.origin.commit))
		die("--%s: is for --format sql; %s has no place for it",
		    a.origin.host ? "host" : "commit", format->format.name);
	results = redact_load(a.redact, a.input, "results", message, sizeof(message));
	if (!results)
		die("%s", message);
	if (!output_open(&output, a.output, message, sizeof(message)))
		die("%s", message);
	merged = merge_results(results);
	if (format->write_from)
		format->write_from(output.file, merged, &a.origin);
	else
		format->write(output.file, merged);
	written = output_commit(&output, message, sizeof(message));
	merge_free(merged);
	results_free(results);
	if (!written)
		die("%s", message);
	return STATUS_OK;
}
