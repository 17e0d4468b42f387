// SPDX-License-Identifier: GPL-2.0-only
/* The main table: what each operation costs, and where one exit's time goes. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "escape.h"
#include "message.h"
#include "page.h"
#include "tick.h"
#include "wording.h"

#define TEXT_SIZE 1024

/* A full bar is as long as so many medians. */
#define FULL_MEDIANS 3

static const char *const part_titles[] = { "way out", "kernel", "userspace", "halted", "way in" };

/* What all rows share. */
struct scale {
	double full; /* length of a full bar */
	double ns;   /* of a tick; 0: not known */
};

/* The parts that are known, together; negative ones do not count. */
static double total_of(const struct op_result *op)
{
	double total = 0;

	for (int p = 0; p < PART_COUNT; p++)
		if (op->parts.known[p] && op->parts.ticks[p] > 0)
			total += (double)op->parts.ticks[p];
	return total;
}

static bool has_bar(const struct op_result *op)
{
	return op->outcome == OUTCOME_MEASURED && op->counted && op->exits_milli;
}

/* Of an operation without exits, or a host that does not count: the whole of it. */
static double length_of(const struct op_result *op)
{
	if (has_bar(op))
		return total_of(op);
	return op->cycles.p50 > 0 ? (double)op->cycles.p50 : 0;
}

static int by_length(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The length that fills the bar's room: a few operations take a hundred times the rest. */
static double full_length(const struct merged *merged)
{
	double *lengths = xcalloc(merged->count, sizeof(*lengths)), full = 1;
	size_t count = 0;

	for (size_t i = 0; i < merged->count; i++)
		if (merged->ops[i].measured_boots &&
		    (!merged->counted || has_bar(&merged->ops[i].as_one)))
			lengths[count++] = length_of(&merged->ops[i].as_one);
	qsort(lengths, count, sizeof(*lengths), by_length);
	if (count)
		full = fmin(FULL_MEDIANS * lengths[count / 2], lengths[count - 1]);
	free(lengths);
	return full > 1 ? full : 1;
}

static void segment(FILE *to, const char *class, double ticks, double total, double full)
{
	if (ticks > 0)
		fprintf(to, "<i class=\"%s\" style=\"--t:%.3f;--s:%.3f\"></i>", class,
			100 * ticks / full, total > 0 ? 100 * ticks / total : 0);
}

static void bar(FILE *to, const struct op_result *op, double full)
{
	double total = length_of(op);
	const char *separator = "";

	fprintf(to, "<td class=\"bar%s\"><div class=\"stack\" role=\"img\" aria-label=\"",
		total > full ? " cut" : "");
	if (!has_bar(op)) {
		fprintf(to, "%s, %" PRId64 "\">", op->counted ? "no exit" : "round trip",
			op->cycles.p50);
		segment(to, "whole", total, total, full);
	} else {
		for (int p = 0; p < PART_COUNT; p++) {
			if (!op->parts.known[p])
				continue;
			fprintf(to, "%s%s %" PRId64, separator, part_titles[p], op->parts.ticks[p]);
			separator = ", ";
		}
		fputs("\">", to);
		for (int p = 0; p < PART_COUNT; p++)
			if (op->parts.known[p])
				segment(to, part_names[p], (double)op->parts.ticks[p], total, full);
	}
	fputs("</div></td>", to);
}

static void notes(FILE *to, const struct merged_op *m)
{
	const struct op_result *op = &m->as_one;
	char text[TEXT_SIZE];

	fputs("<td class=\"t\">", to);
	for (size_t i = 0; op->counted && i < op->reasons.count; i++) {
		const struct reasons one = { 1, &op->reasons.list[i] };

		/* A line may end between two. */
		fputs(i ? "+<wbr>" : "", to);
		escape_xml(to, wording_reasons(&one, text, sizeof(text)));
	}
	if (*wording_notes(m, "; ", text, sizeof(text))) {
		fprintf(to, " <span class=\"%s\">",
			op->has_expected && !op->agrees ? "flag" : "note");
		escape_xml(to, text);
		fputs("</span>", to);
	}
	fputs("</td>", to);
}

static void measured_row(FILE *to, const struct merged *merged, const struct merged_op *m,
			 const struct scale *scale)
{
	const struct op_result *op = &m->as_one;

	if (merged->counted)
		fprintf(to, "<td data-l=\"exits\">%.2f</td>", (double)op->exits_milli / 1000);
	fprintf(to, "<td data-l=\"p50\" class=\"main\">%" PRId64 "</td>", op->cycles.p50);
	page_ns_cell(to, "p50, ns", op->cycles.p50, scale->ns);
	fprintf(to, "<td data-l=\"&#177; 95 %%\">%" PRId64 "</td>",
		merge_half_interval(&op->cycles));
	if (merged->results->boot_count > 1)
		fprintf(to, "<td data-l=\"boots %%\">%.2f</td>", merge_spread_percent(m));
	bar(to, op, scale->full);
	for (int p = 0; merged->exited && p < PART_COUNT; p++) {
		fprintf(to, "<td data-l=\"%s\">", part_titles[p]);
		if (has_bar(op) && op->parts.known[p])
			fprintf(to, "%" PRId64, op->parts.ticks[p]);
		fputs("</td>", to);
	}
	fprintf(to, "<td data-l=\"kept\" data-v=\"%" PRId64 "\">%" PRId64 "/%" PRId64 "%s</td>",
		op->kept, op->kept, op->taken,
		wording_unsettled(op) ? "<abbr title=\"out of budget, or of what it needs, before "
					"the median settled\">*</abbr>"
				      : "");
	notes(to, m);
}

static void row(FILE *to, const struct merged *merged, const struct merged_op *m,
		const struct scale *scale)
{
	const struct op_result *op = &m->as_one;
	char text[TEXT_SIZE];
	/* All but the name. */
	int cells = 5 + (merged->results->boot_count > 1) + (scale->ns > 0) + merged->counted +
		    (merged->exited ? PART_COUNT : 0);

	fprintf(to, "<tr data-op=\"%s\"%s><th scope=\"row\">%s</th>", op->op,
		m->measured_boots ? "" : " class=\"off\"", op->op);
	if (m->measured_boots) {
		measured_row(to, merged, m, scale);
	} else {
		fprintf(to, "<td class=\"t\" colspan=\"%d\"><span class=\"%s\">", cells,
			op->outcome == OUTCOME_SKIPPED ? "note" : "flag");
		escape_xml(to, wording_outcome(op, text, sizeof(text)));
		fputs("</span></td>", to);
	}
	fputs("</tr>\n", to);
}

static void legend(FILE *to, const struct merged *merged, double full)
{
	fputs("<ul class=\"legend\">", to);
	for (int p = 0; merged->exited && p < PART_COUNT; p++)
		fprintf(to, "<li><span class=\"key %s\"></span>%s</li>", part_names[p],
			part_titles[p]);
	fprintf(to, "<li><span class=\"key whole\"></span>%s</li></ul>\n",
		merged->exited ? "no exit" : "round trip");
	escape_xml_printf(to, "A full bar is %.0f %s; a longer one is cut, marked \302\273.", full,
			  merged->results->unit);
}

static void heads(FILE *to, const struct merged *merged, double ns)
{
	fputs("<thead><tr><th scope=\"col\" class=\"t\">operation</th>", to);
	if (merged->counted)
		fputs("<th scope=\"col\">exits</th>", to);
	fprintf(to,
		"<th scope=\"col\" data-ticks>p50</th>%s<th scope=\"col\" data-ticks>"
		"&#177; 95 %%</th>",
		ns > 0 ? "<th scope=\"col\">ns</th>" : "");
	if (merged->results->boot_count > 1)
		fputs("<th scope=\"col\">boots %</th>", to);
	/* Without an exit a bar has no parts: it says how long, not where. */
	fprintf(to, "<th scope=\"col\" class=\"t\" data-sort=\"no\">%s</th>",
		merged->exited ? "where it goes" : "round trip");
	for (int p = 0; merged->exited && p < PART_COUNT; p++)
		fprintf(to, "<th scope=\"col\" data-ticks><span class=\"key %s\"></span>%s</th>",
			part_names[p], part_titles[p]);
	fprintf(to,
		"<th scope=\"col\">kept</th><th scope=\"col\" class=\"t\">%s</th></tr></thead>\n",
		merged->counted ? "reason" : "note");
}

void page_anatomy(FILE *to, const struct merged *merged)
{
	const struct scale scale = { full_length(merged), tick_ns(merged->results) };

	fputs("<section id=\"operations\"><h2>Operations</h2>\n<p>", to);
	if (merged->exited)
		fputs("<b>p50</b> is the median round trip as the guest sees it, <b>&#177; 95 %</b> "
		      "half the width of its interval. The bar and its figures are means of the "
		      "middle half of the samples: <b>way out</b> to the host's first line of C, "
		      "<b>kernel</b>, <b>userspace</b> (the VMM) and <b>halted</b> in the host, "
		      "<b>way in</b> back to the guest; with several exits only what the host "
		      "counts.",
		      to);
	else
		fputs("<b>p50</b> is the median round trip as the guest sees it, <b>&#177; 95 %</b> "
		      "half the width of its interval, the bar p50 as a length. ",
		      to);
	if (!merged->exited)
		fputs(merged->counted ? "None of the operations leaves the guest."
				      : "This host does not count exits, so where the time goes is "
					"not known.",
		      to);
	fputs("</p>\n", to);
	legend(to, merged, scale.full);
	page_tools(to, merged->exited, scale.ns > 0);
	fputs("<table class=\"ops cards sortable\"", to);
	page_ticks(to, scale.ns);
	fputs(">\n<caption>All times in ", to);
	page_unit(to, merged->results);
	fputs(" per operation</caption>\n", to);
	heads(to, merged, scale.ns);
	fputs("<tbody>\n", to);
	for (size_t i = 0; i < merged->count; i++)
		row(to, merged, &merged->ops[i], &scale);
	fputs("</tbody></table></section>\n", to);
}
