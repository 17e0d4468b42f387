// SPDX-License-Identifier: GPL-2.0-only
/* The report's table of exits by reason: which operations have each, and what it costs. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "report/html/page.h"
#include "results/tick.h"
#include "results/wording.h"

#define TEXT_SIZE 1024

/* An operation's exits of one reason. */
struct cause {
	const struct op_result *op;
	const struct reason *reason;
	size_t order; /* in which it was met */
};

/* The causes of one reason, in order. */
struct row {
	const struct cause *causes;
	size_t count;
};

static int by_number(const void *a, const void *b)
{
	const struct cause *x = a, *y = b;

	if (x->reason->number != y->reason->number)
		return x->reason->number < y->reason->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->causes->order < y->causes->order ? -1 : 1;
}

/* All of them, by reason.  Sorted, not searched: a file may have a million. */
static struct cause *causes_of(const struct merged *merged, size_t *count)
{
	struct cause *causes;
	size_t all = 0;

	for (size_t i = 0; i < merged->count; i++)
		all += merged->ops[i].measured_boots ? merged->ops[i].as_one.reasons.count : 0;
	causes = xcalloc(all, sizeof(*causes));
	*count = 0;
	for (size_t i = 0; i < merged->count; i++) {
		const struct merged_op *m = &merged->ops[i];

		for (size_t r = 0; m->measured_boots && r < m->as_one.reasons.count; r++, ++*count)
			causes[*count] =
				(struct cause){ &m->as_one, &m->as_one.reasons.list[r], *count };
	}
	qsort(causes, *count, sizeof(*causes), by_number);
	return causes;
}

static struct row *rows_of(const struct cause *causes, size_t count, size_t *row_count)
{
	struct row *rows = xcalloc(count, sizeof(*rows));

	*row_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!i || causes[i].reason->number != causes[i - 1].reason->number)
			rows[(*row_count)++].causes = &causes[i];
		rows[*row_count - 1].count++;
	}
	qsort(rows, *row_count, sizeof(*rows), by_order);
	return rows;
}

/* That the operation was not the one before: a file may name a reason twice. */
static bool is_new(const struct row *row, size_t i)
{
	return !i || row->causes[i].op != row->causes[i - 1].op;
}

static void put_row(FILE *to, const struct row *row)
{
	const struct reason *reason = row->causes->reason;
	int64_t low = INT64_MAX, high = INT64_MIN;
	size_t count = 0;

	for (size_t i = 0; i < row->count; i++) {
		const struct op_result *op = row->causes[i].op;

		count += is_new(row, i);
		/* Only where all of the exit's cost is this reason's. */
		if (op->reasons.count != 1 || op->exits_milli != 1000 ||
		    !op->parts.known[PART_KERNEL])
			continue;
		low = op->parts.ticks[PART_KERNEL] < low ? op->parts.ticks[PART_KERNEL] : low;
		high = op->parts.ticks[PART_KERNEL] > high ? op->parts.ticks[PART_KERNEL] : high;
	}
	fputs("<tr><th scope=\"row\">", to);
	escape_xml(to, reason->name);
	fprintf(to, "</th><td data-l=\"number\">%" PRId64 "</td><td data-l=\"operations\">%zu</td>",
		reason->number, count);
	if (low <= high)
		fprintf(to,
			"<td data-l=\"kernel, least\">%" PRId64
			"</td><td data-l=\"kernel, most\">%" PRId64 "</td>",
			low, high);
	else
		fputs("<td></td><td></td>", to);
	fputs("<td class=\"t\" data-l=\"caused by\">", to);
	for (size_t i = 0; i < row->count; i++) {
		int64_t milli = row->causes[i].reason->milli;

		if (!is_new(row, i))
			continue;
		fprintf(to, "%s<span class=\"op\">%s</span>", i ? ", " : "", row->causes[i].op->op);
		if (milli != 1000)
			fprintf(to, " %.5g&#215;", (double)milli / 1000);
	}
	fputs("</td></tr>\n", to);
}

void page_reasons(FILE *to, const struct merged *merged)
{
	struct cause *causes;
	struct row *rows;
	size_t cause_count, row_count;
	char text[TEXT_SIZE];

	if (!merged->sampled)
		return;
	fputs("<section id=\"reasons\"><h2>Exits by reason</h2>\n"
	      "<p>Counted in runs back to back. The kernel's time is of operations that cause one "
	      "exit of that reason and no other.</p>\n<table class=\"cards sortable\"",
	      to);
	page_ticks(to, tick_ns(merged->results));
	fputs(">\n<caption>Kernel time in ", to);
	page_unit(to, merged->results);
	fputs("</caption>\n<thead><tr><th scope=\"col\" class=\"t\">reason</th><th scope=\"col\">"
	      "number</th><th scope=\"col\">operations</th><th scope=\"col\" data-ticks>kernel, "
	      "least</th><th scope=\"col\" data-ticks>kernel, most</th><th scope=\"col\" class=\"t\">caused by</th>"
	      "</tr></thead>\n<tbody>\n",
	      to);
	causes = causes_of(merged, &cause_count);
	rows = rows_of(causes, cause_count, &row_count);
	for (size_t i = 0; i < row_count; i++)
		put_row(to, &rows[i]);
	free(rows);
	free(causes);
	fputs("</tbody></table>\n<p>Host exits: ", to);
	escape_xml(to, wording_foreign(&merged->foreign, text, sizeof(text)));
	fprintf(to,
		". Samples discarded because of them, or because the vCPU was descheduled: %" PRId64
		".</p></section>\n",
		merged->set_aside);
}
