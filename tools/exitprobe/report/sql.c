// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows for contrib/fleet/schema.sql: one for each operation of a run, for PostgreSQL.
 * A row that is there already stays, so that a file may be loaded twice.
 */
#include <inttypes.h>

#include "lib/escape.h"
#include "report/report.h"
#include "results/tick.h"
#include "results/ways.h"
#include "results/wording.h"

#define TEXT_SIZE 1024

static void text_or_null(FILE *to, const char *text)
{
	fputs(", ", to);
	if (text && *text)
		escape_sql(to, text);
	else
		fputs("NULL", to);
}

/* What all rows of the run begin with. */
static void of_run(FILE *to, const struct merged *merged, const struct report_origin *origin)
{
	const struct results *results = merged->results;
	const struct meta *meta = results_meta(results);
	double ns = tick_ns(results);

	putc('(', to);
	escape_sql(to, results->created);
	/* Not NULL: they are parts of the key. */
	fputs(", ", to);
	escape_sql(to, origin->host ? origin->host : "");
	fputs(", ", to);
	escape_sql(to, origin->commit ? origin->commit : "");
	fputs(", ", to);
	escape_sql(to, accel_names[results->accel]);
	fputs(", ", to);
	escape_sql(to, meta ? meta->brand : "");
	text_or_null(to, meta ? meta->host : NULL);
	text_or_null(to, results->unit);
	text_or_null(to, way_names[results->way]);
	if (ns > 0)
		fprintf(to, ", %.9g", ns);
	else
		fputs(", NULL", to);
}

static void nulls(FILE *to, int count)
{
	while (count--)
		fputs(", NULL", to);
}

static void figures(FILE *to, const struct op_result *op)
{
	const struct figures *f = &op->cycles;
	char text[TEXT_SIZE];

	fprintf(to, ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64, f->p50, f->p99, f->ci_low,
		f->ci_high);
	if (!op->counted) {
		nulls(to, 1 + PART_COUNT + 2);
		return;
	}
	fprintf(to, ", %" PRId64 ".%03" PRId64, op->exits_milli / 1000, op->exits_milli % 1000);
	for (int p = 0; p < PART_COUNT; p++) {
		if (op->parts.known[p])
			fprintf(to, ", %" PRId64, op->parts.ticks[p]);
		else
			nulls(to, 1);
	}
	text_or_null(to, wording_why(op, text, sizeof(text)));
	fputs(!op->has_expected ? ", NULL" : op->agrees ? ", true" : ", false", to);
}

void report_sql(FILE *to, const struct merged *merged, const struct report_origin *origin)
{
	/* The literals below are safe in this encoding alone: others have bytes of a character
	 * that look like a backslash. */
	fputs("BEGIN;\nSET LOCAL client_encoding = 'UTF8';\n", to);
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		if (!i)
			fputs("INSERT INTO exitprobe_result (time, host, commit, accel, cpu, kvm, unit,\n"
			      "\tcounts, tick_ns, operation, outcome, boots, p50, p99, p50_low, p50_high, exits,\n"
			      "\tout_part, kernel_part, user_part, halted_part, in_part, reason,\n"
			      "\tas_expected) VALUES\n",
			      to);
		of_run(to, merged, origin);
		fputs(", ", to);
		escape_sql(to, op->op);
		fprintf(to, ", '%s', %zu", outcome_names[op->outcome],
			op->outcome == OUTCOME_MEASURED ? merged->ops[i].measured_boots
							: merged->ops[i].boots);
		if (op->outcome == OUTCOME_MEASURED)
			figures(to, op);
		else
			nulls(to, 4 + 1 + PART_COUNT + 2);
		fputs(i + 1 < merged->count ? "),\n" : ")\nON CONFLICT DO NOTHING;\n", to);
	}
	fputs("COMMIT;\n", to);
}
