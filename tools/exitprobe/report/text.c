// SPDX-License-Identifier: GPL-2.0-only
/* The table for people; it looks like the probe's own. */
#define _GNU_SOURCE
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "results/tick.h"
#include "results/wording.h"

#define NAME_WIDTH   18
#define REASON_WIDTH 10 /* left for it before columns are dropped */
#define TEXT_SIZE    1024
#define SHORT_HASH   16	   /* digits: enough to tell two runs of one's own apart */
#define SPREAD_MAX   999.0 /* per cent; of what takes hardly any time it says nothing */

struct look {
	const char *head, *name, *main, *quiet, *warn, *bad, *off;
};

/* ECMA-48 SGR: of the 8 colours only, so that the terminal's own scheme holds. */
static const struct look plain = { "", "", "", "", "", "", "" };
static const struct look coloured = { "\033[1m",  "\033[36m", "\033[1m", "\033[2m",
				      "\033[33m", "\033[31m", "\033[m" };

enum column_group { GROUP_EXITS, GROUP_GUEST, GROUP_PARTS, GROUP_KEPT, GROUP_COUNT };

/* The second where there is no room for the first. */
static const char *const group_titles[][2] = {
	{ "exits", "exits" },
	{ "guest per operation", "guest" },
	{ "where one exit goes", "one exit" },
};

enum column_id {
	COLUMN_EXITS,
	COLUMN_MIN,
	COLUMN_P50,
	COLUMN_NS,
	COLUMN_P99,
	COLUMN_INTERVAL,
	COLUMN_BOOTS,
	COLUMN_OUT,
	COLUMN_KERNEL,
	COLUMN_USER,
	COLUMN_HALTED,
	COLUMN_IN,
	COLUMN_KEPT,
	COLUMN_COUNT,
};

struct column {
	const char *title;
	enum column_group group;
	int width;
	int rank; /* the highest goes first where a terminal is too narrow */
};

static const struct column columns[] = {
	[COLUMN_EXITS] = { "/op", GROUP_EXITS, 5, 1 },
	[COLUMN_MIN] = { "min", GROUP_GUEST, 8, 9 },
	[COLUMN_P50] = { "p50", GROUP_GUEST, 8, 0 },
	[COLUMN_NS] = { "ns", GROUP_GUEST, 8, 4 },
	[COLUMN_P99] = { "p99", GROUP_GUEST, 8, 7 },
	[COLUMN_INTERVAL] = { "+-95%", GROUP_GUEST, 6, 2 },
	[COLUMN_BOOTS] = { "boots%", GROUP_GUEST, 7, 3 },
	[COLUMN_OUT] = { "out", GROUP_PARTS, 6, 5 },
	[COLUMN_KERNEL] = { "kernel", GROUP_PARTS, 8, 1 },
	[COLUMN_USER] = { "user", GROUP_PARTS, 8, 2 },
	[COLUMN_HALTED] = { "halted", GROUP_PARTS, 8, 6 },
	[COLUMN_IN] = { "in", GROUP_PARTS, 6, 5 },
	[COLUMN_KEPT] = { "kept", GROUP_KEPT, 10, 8 },
};

struct table {
	FILE *to;
	const struct merged *merged;
	const struct look *look;
	double ns; /* of a tick; 0: not known */
	int width; /* of the terminal; 0: as wide as it gets */
	bool shown[COLUMN_COUNT];
	int used; /* by the columns shown */
};

bool report_wants_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(to)) && !(no && *no) && term && strcmp(term, "dumb");
}

static int terminal_width(FILE *to)
{
	struct winsize size;

	if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

static void choose_columns(struct table *t)
{
	t->used = NAME_WIDTH;
	for (int c = 0; c < COLUMN_COUNT; c++) {
		enum column_group group = columns[c].group;

		t->shown[c] = group == GROUP_EXITS   ? t->merged->counted
			      : group == GROUP_PARTS ? t->merged->dissected
						     : true;
		if (c == COLUMN_BOOTS && t->merged->results->boot_count < 2)
			t->shown[c] = false;
		if (c == COLUMN_NS && !(t->ns > 0))
			t->shown[c] = false;
		if (t->shown[c])
			t->used += columns[c].width;
	}
	for (int rank = 9; t->width && rank > 0; rank--) {
		for (int c = 0; c < COLUMN_COUNT; c++) {
			if (t->used + REASON_WIDTH <= t->width)
				return;
			if (!t->shown[c] || columns[c].rank != rank)
				continue;
			t->shown[c] = false;
			t->used -= columns[c].width;
		}
	}
}

static void print_heads(const struct table *t)
{
	fprintf(t->to, "%s%-*s", t->look->head, NAME_WIDTH, "");
	for (int g = 0; g < GROUP_KEPT; g++) {
		int width = 0;

		for (int c = 0; c < COLUMN_COUNT; c++)
			if (t->shown[c] && columns[c].group == (enum column_group)g)
				width += columns[c].width;
		if (width)
			fprintf(t->to, "%*s", width,
				group_titles[g][(int)strlen(group_titles[g][0]) > width - 1]);
	}
	fprintf(t->to, "\n%-*s", NAME_WIDTH, "operation");
	for (int c = 0; c < COLUMN_COUNT; c++)
		if (t->shown[c])
			fprintf(t->to, "%*s", columns[c].width, columns[c].title);
	fprintf(t->to, "%s%s\n", t->merged->counted ? "  reason" : "", t->look->off);
}

static void part_text(const struct op_result *op, enum part part, char *text, size_t size)
{
	snprintf(text, size, "-");
	if (op->counted && op->exits_milli && op->parts.known[part])
		snprintf(text, size, "%" PRId64, op->parts.ticks[part]);
}

static void cell_text(const struct table *t, const struct merged_op *m, enum column_id column,
		      char *text, size_t size)
{
	const struct op_result *op = &m->as_one;
	const struct figures *f = &op->cycles;
	int64_t hundredths;
	double spread;

	switch (column) {
	case COLUMN_EXITS:
		hundredths = (op->exits_milli + 5) / 10;
		snprintf(text, size, "-");
		if (op->counted)
			snprintf(text, size, "%" PRId64 ".%02" PRId64, hundredths / 100,
				 hundredths % 100);
		break;
	case COLUMN_MIN:
		snprintf(text, size, "%" PRId64, f->min);
		break;
	case COLUMN_P50:
		snprintf(text, size, "%" PRId64, f->p50);
		break;
	case COLUMN_NS:
		tick_text(t->ns * (double)f->p50, text, size);
		break;
	case COLUMN_P99:
		snprintf(text, size, "%" PRId64, f->p99);
		break;
	case COLUMN_INTERVAL:
		snprintf(text, size, "%" PRId64, merge_half_interval(f));
		break;
	case COLUMN_BOOTS:
		spread = merge_spread_percent(m);
		snprintf(text, size, spread < SPREAD_MAX ? "%.1f" : ">%.0f",
			 spread < SPREAD_MAX ? spread : SPREAD_MAX);
		break;
	case COLUMN_OUT:
	case COLUMN_KERNEL:
	case COLUMN_USER:
	case COLUMN_HALTED:
	case COLUMN_IN:
		part_text(op, (enum part)(PART_OUT + (column - COLUMN_OUT)), text, size);
		break;
	case COLUMN_KEPT:
		snprintf(text, size, "%" PRId64 "/%" PRId64 "%s", op->kept, op->taken,
			 wording_unsettled(op) ? "*" : "");
		break;
	case COLUMN_COUNT:
		break;
	}
}

/* Reasons and notes behind the columns, or on a line of their own. */
static void print_behind(const struct table *t, const struct merged_op *m)
{
	char reasons[TEXT_SIZE] = "", notes[TEXT_SIZE];
	size_t length;
	bool fits;

	if (m->as_one.counted)
		wording_why(&m->as_one, reasons, sizeof(reasons));
	wording_notes(m, "  ", notes, sizeof(notes));
	length = strlen(reasons) + strlen(notes);
	if (!length)
		return;
	length += 2 * (1 + (*reasons && *notes));
	fits = !t->width || (size_t)t->used + length <= (size_t)t->width;
	fputs(fits ? "  " : "\n    ", t->to);
	fprintf(t->to, "%s%s", reasons, *reasons && *notes ? "  " : "");
	if (*notes)
		fprintf(t->to, "%s%s%s", strstr(notes, "EXPECTED") ? t->look->bad : t->look->quiet,
			notes, t->look->off);
}

static void print_row(const struct table *t, const struct merged_op *m)
{
	char text[TEXT_SIZE];
	bool bad = m->as_one.outcome != OUTCOME_SKIPPED;

	fprintf(t->to, "%s%-*s%s", t->look->name, NAME_WIDTH, m->as_one.op, t->look->off);
	if (m->as_one.outcome != OUTCOME_MEASURED) {
		fprintf(t->to, " %s%s%s\n", bad ? t->look->bad : t->look->quiet,
			wording_outcome(&m->as_one, text, sizeof(text)), t->look->off);
		return;
	}
	for (int c = 0; c < COLUMN_COUNT; c++) {
		bool is_main = c == COLUMN_P50;

		if (!t->shown[c])
			continue;
		cell_text(t, m, (enum column_id)c, text, sizeof(text));
		fprintf(t->to, "%s %*s%s", is_main ? t->look->main : "", columns[c].width - 1, text,
			is_main ? t->look->off : "");
	}
	print_behind(t, m);
	putc('\n', t->to);
}

static void print_warning(void *context, const char *line)
{
	const struct table *t = context;

	fprintf(t->to, "%sWARNING: %s%s\n", t->look->warn, line, t->look->off);
}

static void print_derived(const struct table *t)
{
	const struct merged *merged = t->merged;
	char ns[TICK_TEXT_SIZE], text[64];

	if (!merged->derived_count)
		return;
	fprintf(t->to, "\n%s%-*s%13s%s  of%s\n", t->look->head, NAME_WIDTH, "difference of p50", "",
		t->ns > 0 ? "      ns" : "", t->look->off);
	for (size_t i = 0; i < merged->derived_count; i++) {
		const struct derived *d = &merged->derived[i];

		fprintf(t->to, "%-*s%13" PRId64, NAME_WIDTH, d->name, d->cycles);
		if (t->ns > 0)
			fprintf(t->to, "%8s", tick_text(t->ns * (double)d->cycles, ns, sizeof(ns)));
		fprintf(t->to, "  %s - %s%s\n", d->minuend, d->subtrahend,
			wording_more_exits(d, text, sizeof(text)));
	}
}

static bool any_unsettled(const struct merged *merged)
{
	for (size_t i = 0; i < merged->count; i++)
		if (merged->ops[i].measured_boots && wording_unsettled(&merged->ops[i].as_one))
			return true;
	return false;
}

static void print_crosscheck(const struct table *t)
{
	int64_t kvm = 0, probe = 0;
	bool any = false;

	for (size_t i = 0; i < t->merged->results->boot_count; i++) {
		const struct boot *boot = &t->merged->results->boots[i];
		int64_t more_kvm, more_probe;

		/* What overflows is stored nonetheless. */
		if (!boot->has_crosscheck ||
		    __builtin_add_overflow(kvm, boot->kvm_exits, &more_kvm) ||
		    __builtin_add_overflow(probe, boot->probe_exits, &more_probe))
			continue;
		kvm = more_kvm;
		probe = more_probe;
		any = true;
	}
	if (any)
		fprintf(t->to,
			"exits counted by KVM's own statistics: %" PRId64 ", by the probe: %" PRId64
			"\n",
			kvm, probe);
}

static void print_end(const struct table *t)
{
	const struct merged *merged = t->merged;
	const struct meta *meta = results_meta(merged->results);
	char text[TEXT_SIZE];

	putc('\n', t->to);
	if (meta)
		fprintf(t->to, "overhead: %" PRId64 "; min, p50 and p99 are without it%s\n",
			meta->bracket, merged->dissected ? ", out and in include it" : "");
	if (any_unsettled(merged))
		fprintf(t->to, "*: sampling stopped before the 95 %% interval reached +-0.5 %%.\n");
	if (merged->results->boot_count > 1)
		fprintf(t->to,
			"%zu boots: p50 and p99 are those of the median boot; boots%% is the range of "
			"the boots' p50.\n",
			merged->results->boot_count);
	if (merged->sampled)
		fprintf(t->to, "discarded: %" PRId64 " samples; host exits: %s\n",
			merged->set_aside, wording_foreign(&merged->foreign, text, sizeof(text)));
	if (merged->counted)
		fprintf(t->to, "exits as expected: %zu operations, not as expected: %zu\n",
			merged->agreed, merged->differed);
	print_crosscheck(t);
	if (merged->results->fingerprint)
		fprintf(t->to, "fingerprint: %.*s\n", SHORT_HASH, merged->results->fingerprint);
	fprintf(t->to,
		"%s: %zu operations: %zu measured, %zu skipped, %zu faulted, %zu hung, %zu failed\n",
		merged->results->complete ? "complete" : "partial", merged->count,
		merged->outcomes[OUTCOME_MEASURED], merged->outcomes[OUTCOME_SKIPPED],
		merged->outcomes[OUTCOME_FAULTED], merged->outcomes[OUTCOME_HANGS],
		merged->outcomes[OUTCOME_FAILED] + merged->outcomes[OUTCOME_LOST]);
}

void report_text(FILE *to, const struct results *results, bool colour)
{
	struct table t = { .to = to, .look = colour ? &coloured : &plain };
	struct merged *merged = merge_results(results);
	char text[TEXT_SIZE];

	t.merged = merged;
	t.ns = tick_ns(results);
	t.width = terminal_width(to);
	choose_columns(&t);
	fprintf(to, "%sexitprobe %s | %s%s\n", t.look->head, results->version,
		wording_headline(results, text, sizeof(text)), t.look->off);
	wording_warnings(merged, print_warning, &t);
	putc('\n', to);
	print_heads(&t);
	for (size_t i = 0; i < merged->count; i++)
		print_row(&t, &merged->ops[i]);
	print_derived(&t);
	print_end(&t);
	merge_free(merged);
}
