// SPDX-License-Identifier: GPL-2.0-only
/* The table as Markdown, and as CSV with all that there is of each operation. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "lib/escape.h"
#include "report/report.h"
#include "results/tick.h"
#include "results/warnings.h"
#include "results/ways.h"
#include "results/wording.h"

#define TEXT_SIZE 1024
#define UNIT_SIZE 33

/* --- Markdown -------------------------------------------------------------- */

static void markdown_warning(void *context, const char *line)
{
	FILE *to = context;

	fputs("> **Warning:** ", to);
	escape_markdown(to, line);
	fputs("\n>\n", to);
}

static void markdown_part(FILE *to, const struct op_result *op, enum part part)
{
	if (op->counted && op->exits_milli && op->parts.known[part])
		fprintf(to, "%" PRId64 " | ", op->parts.ticks[part]);
	else
		fputs("- | ", to);
}

static void markdown_row(FILE *to, const struct merged *merged, const struct merged_op *m,
			 double ns)
{
	const struct op_result *op = &m->as_one;
	char text[TEXT_SIZE];

	fprintf(to, "| %s | ", op->op);
	if (op->outcome == OUTCOME_MEASURED) {
		if (merged->counted)
			fprintf(to, "%.2f | ", (double)op->exits_milli / 1000);
		fprintf(to, "%" PRId64 " | %" PRId64 " | ", op->cycles.min, op->cycles.p50);
		if (ns > 0)
			fprintf(to, "%s | ",
				tick_text(ns * (double)op->cycles.p50, text, sizeof(text)));
		fprintf(to, "%" PRId64 " | %" PRId64 " | ", op->cycles.p99,
			merge_half_interval(&op->cycles));
		if (merged->results->boot_count > 1)
			fprintf(to, "%.1f | ", merge_spread_percent(m));
		for (int p = 0; merged->sampled && p < PART_COUNT; p++)
			markdown_part(to, op, (enum part)p);
		fprintf(to, "%" PRId64 "/%" PRId64 "%s | ", op->kept, op->taken,
			wording_unsettled(op) ? "\\*" : "");
		escape_markdown(to, wording_why(op, text, sizeof(text)));
		if (*wording_notes(m, ", ", text, sizeof(text)))
			putc(' ', to);
		escape_markdown(to, text);
	} else {
		if (merged->counted)
			fputs("| ", to);
		fputs(ns > 0 ? "| | | | | " : "| | | | ", to);
		fputs(merged->results->boot_count > 1 ? "| " : "", to);
		fputs(merged->sampled ? "| | | | | " : "", to);
		fputs("| ", to);
		escape_markdown(to, wording_outcome(op, text, sizeof(text)));
	}
	fputs(" |\n", to);
}

void report_markdown(FILE *to, const struct merged *merged)
{
	const struct results *results = merged->results;
	double ns = tick_ns(results);
	char text[TEXT_SIZE];

	fputs("## exitprobe ", to);
	escape_markdown(to, results->version);
	fputs("\n\n", to);
	escape_markdown(to, wording_headline(results, text, sizeof(text)));
	fprintf(to, "; %zu boot%s, ", results->boot_count, results->boot_count == 1 ? "" : "s");
	escape_markdown(to, results->created);
	fputs("\n\n", to);
	warnings_tell(merged, markdown_warning, to);
	fprintf(to,
		"\n| operation |%s min | p50 |%s p99 | +-95%% |%s%s kept | %s |\n|---|%s---:|---:|"
		"%s---:|---:|%s%s---:|---|\n",
		merged->counted ? " exits/op |" : "", ns > 0 ? " ns |" : "",
		results->boot_count > 1 ? " boots % |" : "",
		merged->sampled ? " out | kernel | user | halted | in |" : "",
		merged->counted ? "reason" : "", merged->counted ? "---:|" : "",
		ns > 0 ? "---:|" : "", results->boot_count > 1 ? "---:|" : "",
		merged->sampled ? "---:|---:|---:|---:|---:|" : "");
	for (size_t i = 0; i < merged->count; i++)
		markdown_row(to, merged, &merged->ops[i], ns);
}

/* --- CSV ------------------------------------------------------------------- */

/* The unit as a part of a column's name. */
static void unit_name(const struct results *results, char *name)
{
	size_t i = 0;

	for (; i < UNIT_SIZE - 1 && results->unit[i]; i++)
		name[i] = isalnum((unsigned char)results->unit[i]) ? results->unit[i] : '_';
	name[i] = '\0';
}

/* What is in ticks, in the order of csv_ticks(). */
static const char *const csv_times[] = {
	"min", "p50",	 "p90",	 "p99",	   "max", "mean", "p50_low",	     "p50_high",
	"out", "kernel", "user", "halted", "in",  "wait", "lowest_boot_p50", "highest_boot_p50",
};

#define CSV_FIRST_PART 8 /* "out": the parts are in their order */
#define CSV_TIMES      (sizeof(csv_times) / sizeof(csv_times[0]))

/* The columns of what is measured, before those times and behind them. */
#define CSV_BEFORE_TIMES                                                                           \
	"operations_per_sample,taken_samples,kept_samples,set_aside_exits_samples,"                \
	"set_aside_away_samples,exits_per_operation"
#define CSV_BEHIND_TIMES "reasons,expected,agrees,stop,descheduled"

static size_t columns_of(const char *names)
{
	size_t count = 1;

	for (; (names = strchr(names, ',')); names++)
		count++;
	return count;
}

static void csv_empty(FILE *to, size_t columns)
{
	while (columns--)
		putc(',', to);
}

static void csv_head(FILE *to, const char *unit, double ns)
{
	fputs("operation,outcome,boots," CSV_BEFORE_TIMES, to);
	for (size_t i = 0; i < CSV_TIMES; i++)
		fprintf(to, ",%s_%s", csv_times[i], unit);
	fputs("," CSV_BEHIND_TIMES ",fault,text,counts", to);
	/* Last, so that the others stand where they do in files of the lab. */
	for (size_t i = 0; ns > 0 && i < CSV_TIMES; i++)
		fprintf(to, ",%s_ns", csv_times[i]);
	fputs("\r\n", to);
}

static void csv_counted(FILE *to, const struct op_result *op)
{
	char text[TEXT_SIZE];

	putc(',', to);
	escape_csv(to, wording_why(op, text, sizeof(text)));
	putc(',', to);
	if (op->has_expected) {
		escape_csv(to, wording_expected(&op->expected, text, sizeof(text)));
		fprintf(to, ",%s", op->agrees ? "yes" : "no");
	} else {
		putc(',', to);
	}
	fprintf(to, ",%s,%s", stop_names[op->stop], op->descheduled ? "yes" : "no");
}

/* In ticks, or with @ns in nanoseconds; empty where it is not known. */
static void csv_ticks(FILE *to, const struct merged_op *m, double ns)
{
	const struct op_result *op = &m->as_one;
	const struct figures *f = &op->cycles;
	const int64_t *parts = op->parts.ticks;
	const int64_t ticks[CSV_TIMES] = {
		f->min,		  f->p50,
		f->p90,		  f->p99,
		f->max,		  f->mean,
		f->ci_low,	  f->ci_high,
		parts[PART_OUT],  parts[PART_KERNEL],
		parts[PART_USER], parts[PART_HALTED],
		parts[PART_IN],	  op->wait,
		m->lowest,	  m->highest,
	};

	for (size_t i = 0; i < CSV_TIMES; i++) {
		size_t part = i - CSV_FIRST_PART;

		putc(',', to);
		if (part < PART_COUNT && !(op->counted && op->parts.known[part]))
			continue;
		if (ns > 0)
			fprintf(to, "%.2f", ns * (double)ticks[i]);
		else
			fprintf(to, "%" PRId64, ticks[i]);
	}
}

static void csv_measured(FILE *to, const struct merged_op *m)
{
	const struct op_result *op = &m->as_one;

	fprintf(to, "%zu,%" PRId64 ",%" PRId64 ",%" PRId64, m->measured_boots, op->operations,
		op->taken, op->kept);
	if (op->counted)
		fprintf(to, ",%" PRId64 ",%" PRId64 ",%" PRId64 ".%03" PRId64, op->aside_exits,
			op->aside_away, op->exits_milli / 1000, op->exits_milli % 1000);
	else
		fputs(",,,", to);
	csv_ticks(to, m, 0);
	csv_counted(to, op);
}

static void csv_row(FILE *to, const struct merged_op *m, const char *way, double ns)
{
	const struct op_result *op = &m->as_one;
	bool measured = op->outcome == OUTCOME_MEASURED;
	char text[TEXT_SIZE];

	fprintf(to, "%s,%s,", op->op, outcome_names[op->outcome]);
	if (measured) {
		csv_measured(to, m);
	} else {
		fprintf(to, "%zu", m->boots);
		csv_empty(to,
			  columns_of(CSV_BEFORE_TIMES) + CSV_TIMES + columns_of(CSV_BEHIND_TIMES));
	}
	putc(',', to);
	escape_csv(to, op->fault ? op->fault : "");
	putc(',', to);
	if (!measured)
		escape_csv(to, wording_outcome(op, text, sizeof(text)));
	fprintf(to, ",%s", way);
	if (ns > 0 && measured)
		csv_ticks(to, m, ns);
	else if (ns > 0)
		csv_empty(to, CSV_TIMES);
	fputs("\r\n", to);
}

void report_csv(FILE *to, const struct merged *merged)
{
	double ns = tick_ns(merged->results);
	char unit[UNIT_SIZE];

	unit_name(merged->results, unit);
	csv_head(to, unit, ns);
	for (size_t i = 0; i < merged->count; i++)
		csv_row(to, &merged->ops[i], way_names[merged->results->way], ns);
}
