// SPDX-License-Identifier: GPL-2.0-only
/* exitprobe bill: what a guest's exits cost by the price list of a results file. */
#define _GNU_SOURCE
#include "bill/bill_command.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "bill/show.h"
#include "lib/exit_status.h"
#include "lib/format_choice.h"
#include "lib/message.h"
#include "lib/output.h"
#include "results/redact.h"

#define MESSAGE_SIZE 1024
#define WITHOUT_KEY  0x100
#define IF_KEY	     0x101
#define REDACT_KEY   0x102

struct bill_format {
	struct format format;
	void (*write)(FILE *to, const struct bill_view *view);
};

static const struct bill_format formats[] = {
	{ { "text", { ".txt" } }, bill_text },
	{ { "json", { ".json" } }, bill_json },
	{ { "html", { ".html" } }, bill_html },
	{ .format = { 0 } },
};

struct arguments {
	const char *prices, *against, *output, *format;
	char **exits; /* @exits_count files */
	size_t exits_count, split_count;
	struct split *splits;
	const char **without; /* both end with NULL */
	const struct saving **savings;
	size_t without_count, saving_count;
	bool redact;
};

static const struct saving *saving_named(const char *name)
{
	const struct saving *saving = saving_find(name);
	char known[256] = "";

	if (saving)
		return saving;
	for (const struct saving *s = savings; s->name; s++) {
		strcat(known, *known ? ", " : "");
		strcat(known, s->name);
	}
	die("--if %s: unknown; known are %s", name, known);
}

static void add_split(struct arguments *a, const char *text)
{
	struct split *split = &a->splits[a->split_count];
	char message[MESSAGE_SIZE];

	if (!prices_split(split, text, message, sizeof(message)))
		die("%s", message);
	for (size_t i = 0; i < a->split_count; i++)
		if (!strcmp(a->splits[i].reason, split->reason))
			die("--price %s: %s is there twice; give all of its operations at once, as "
			    "%s=OPERATION:EXITS,...",
			    text, split->reason, split->reason);
	a->split_count++;
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
	case 'p':
		add_split(a, argument);
		return 0;
	case 'a':
		a->against = argument;
		return 0;
	case WITHOUT_KEY:
		a->without[a->without_count++] = argument;
		return 0;
	case IF_KEY:
		a->savings[a->saving_count++] = saving_named(argument);
		return 0;
	case REDACT_KEY:
		a->redact = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!a->prices)
			a->prices = argument;
		else
			a->exits[a->exits_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!a->exits_count)
			die("two files are needed: exitprobe bill PRICES.json EXITS.json");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct loaded {
	struct results *results;
	struct merged *merged;
	struct price_list *prices;
};

static struct loaded load(const struct arguments *a, const char *path, size_t index)
{
	char message[MESSAGE_SIZE];
	struct loaded l = {
		.results =
			redact_load(a->redact, path, redact_file(index), message, sizeof(message)),
	};

	if (!l.results)
		die("%s", message);
	if (l.results->way == WAY_TRACE)
		warning("%s: its exits were counted by tracepoints, and what these cost is in its prices; "
			"prices by --counts leaf are without it",
			l.results->file);
	l.merged = merge_results(l.results);
	l.prices = prices_of(l.merged);
	if (!l.prices->count)
		die("%s: has no prices: no operation whose exits and times were counted (exitprobe "
		    "doctor says how this host counts them)",
		    path);
	return l;
}

static void unload(struct loaded *l)
{
	prices_free(l->prices);
	merge_free(l->merged);
	results_free(l->results);
}

/* Reasons of other processors are other things. */
static void require_isa(const char *path, const struct results *results, const struct spent *spent)
{
	const struct meta *meta = results_meta(results);
	const char *isa = spent->is_svm ? "SVM" : "VMX";

	if (spent->is_isa_known && meta && meta->isa && strcmp(meta->isa, isa))
		die("%s: its prices are of %s, the guest's exits are of %s", path, meta->isa, isa);
}

static void require_operations(const struct arguments *a, const struct price_list *prices)
{
	for (size_t i = 0; i < a->split_count; i++)
		for (size_t j = 0; j < a->splits[i].count; j++) {
			const struct price *price = prices_find(prices, a->splits[i].parts[j].op);

			if (!price || strcmp(price->reason, a->splits[i].reason))
				die("--price %s=%s: no operation of %s has this name and this reason "
				    "alone",
				    a->splits[i].reason, a->splits[i].parts[j].op, a->prices);
		}
}

/* A file that is read is not to be lost by what is made of it. */
static void require_other_output(const struct arguments *a)
{
	if (output_is_input(a->output, a->prices) ||
	    (a->against && output_is_input(a->output, a->against)))
		die("%s: is a price list; give another name to -o", a->output);
	for (size_t i = 0; i < a->exits_count; i++)
		if (output_is_input(a->output, a->exits[i]))
			die("%s: is one of the files of exits; give another name to -o", a->output);
}

static int bill(const struct arguments *a)
{
	const struct bill_format *format;
	struct loaded prices, other = { 0 };
	struct spent *spent;
	char message[MESSAGE_SIZE];
	struct bill_view view;
	struct output output;
	struct bill *made;

	format = format_choose(formats, sizeof(formats[0]), a->format, a->output, message,
			       sizeof(message));
	if (!format)
		die("%s", message);
	prices = load(a, a->prices, 0);
	if (a->against)
		other = load(a, a->against, 1);
	spent = xcalloc(1, sizeof(*spent));
	for (size_t i = 0; i < a->exits_count; i++)
		if (!spent_add(spent, a->exits[i], message, sizeof(message)))
			die("%s", message);
	spent_remove_own(spent);
	require_isa(a->prices, prices.results, spent);
	if (a->against)
		require_isa(a->against, other.results, spent);
	require_operations(a, prices.prices);
	made = bill_of(prices.prices, other.prices, spent, a->splits, a->split_count);
	view = (struct bill_view){ made, a->without, a->savings };
	if (!output_open(&output, a->output, message, sizeof(message)))
		die("%s", message);
	format->write(output.file, &view);
	if (!output_commit(&output, message, sizeof(message)))
		die("%s", message);
	bill_free(made);
	free(spent);
	unload(&prices);
	if (a->against)
		unload(&other);
	return STATUS_OK;
}

int bill_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "price", 'p', "REASON=OP[:EXITS],...", 0,
		  "the operation whose price the exits of REASON have, or how they are divided among "
		  "several",
		  0 },
		{ "against", 'a', "PRICES", 0, "what would be saved by another price list", 0 },
		{ "without", WITHOUT_KEY, "REASON", 0, "what would be saved without these exits",
		  0 },
		{ "if", IF_KEY, "FEATURE", 0,
		  "what would be saved by hv-time, hv-vapic, hv-stimer, hv-synic, hv-tlbflush, hv-ipi, "
		  "kvm-pv-eoi or apicv",
		  0 },
		{ "redact", REDACT_KEY, 0, 0, "leave out the price lists' names", 0 },
		{ "format", 'f', "FORMAT", 0,
		  "text, json or html; by default as FILE's suffix says, else text", 0 },
		{ "output", 'o', "FILE", 0, "write to FILE instead of standard output", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "PRICES EXITS...",
		.doc = "What the exits of a guest cost, by reason. PRICES is a results file of exitprobe "
		       "run on the same host, EXITS what exitstat --json has printed in the guest, or the "
		       "file exit_stats of a vCPU in the host's debugfs; several are added up.\v"
		       "Exit status: 0, or 2 for wrong usage or input.",
	};
	struct arguments a = { 0 };
	int status;

	a.exits = xcalloc((size_t)argc + 1, sizeof(*a.exits));
	a.splits = xcalloc((size_t)argc + 1, sizeof(*a.splits));
	a.without = xcalloc((size_t)argc + 1, sizeof(*a.without));
	a.savings = xcalloc((size_t)argc + 1, sizeof(*a.savings));
	argp_err_exit_status = STATUS_ERROR;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	require_other_output(&a);
	status = bill(&a);
	free(a.exits);
	free(a.splits);
	free(a.without);
	free(a.savings);
	return status;
}
