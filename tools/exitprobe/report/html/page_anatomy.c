// SPDX-License-Identifier: GPL-2.0-only
/* The main table: what each operation costs, and where one exit's time goes. */
#include <inttypes.h>

#include "lib/escape.h"
#include "report/html/page.h"
#include "report/html/page_bars.h"
#include "results/tick.h"
#include "results/wording.h"

#define TEXT_SIZE 1024

/* What all rows share. */
struct view {
	struct bar_scale scale;
	double ns; /* of a tick; 0: not known */
};

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
	if (op->hints.count)
		escape_xml(to, wording_why(op, text, sizeof(text)));
	if (*wording_notes(m, "; ", text, sizeof(text))) {
		fprintf(to, " <span class=\"%s\">",
			op->has_expected && !op->agrees ? "flag" : "note");
		escape_xml(to, text);
		fputs("</span>", to);
	}
	fputs("</td>", to);
}

static void measured_row(FILE *to, const struct merged *merged, const struct merged_op *m,
			 const struct view *view)
{
	const struct op_result *op = &m->as_one;

	if (merged->counted)
		fprintf(to, "<td data-l=\"exits\">%.2f</td>", (double)op->exits_milli / 1000);
	fprintf(to, "<td data-l=\"p50\" class=\"main\">%" PRId64 "</td>", op->cycles.p50);
	page_ns_cell(to, "p50, ns", op->cycles.p50, view->ns);
	fprintf(to, "<td data-l=\"&#177; 95 %%\">%" PRId64 "</td>",
		merge_half_interval(&op->cycles));
	if (merged->results->boot_count > 1)
		fprintf(to, "<td data-l=\"boots %%\">%.2f</td>", merge_spread_percent(m));
	bar_cell(to, op, &view->scale);
	for (int p = 0; merged->dissected && p < PART_COUNT; p++) {
		fprintf(to, "<td data-l=\"%s\">", part_titles[p]);
		if (bar_has_parts(op) && op->parts.known[p])
			fprintf(to, "%" PRId64, op->parts.ticks[p]);
		fputs("</td>", to);
	}
	fprintf(to, "<td data-l=\"kept\" data-v=\"%" PRId64 "\">%" PRId64 "/%" PRId64 "%s</td>",
		op->kept, op->kept, op->taken,
		wording_unsettled(op) ? "<abbr title=\"sampling stopped before the 95 % interval "
					"reached &#177;0.5 %\">*</abbr>"
				      : "");
	notes(to, m);
}

static void row(FILE *to, const struct merged *merged, const struct merged_op *m,
		const struct view *view)
{
	const struct op_result *op = &m->as_one;
	char text[TEXT_SIZE];
	/* All but the name. */
	int cells = 5 + (merged->results->boot_count > 1) + (view->ns > 0) + merged->counted +
		    (merged->dissected ? PART_COUNT : 0);

	fprintf(to, "<tr data-op=\"%s\"%s><th scope=\"row\">%s</th>", op->op,
		m->measured_boots ? "" : " class=\"off\"", op->op);
	if (m->measured_boots) {
		measured_row(to, merged, m, view);
	} else {
		fprintf(to, "<td class=\"t\" colspan=\"%d\"><span class=\"%s\">", cells,
			op->outcome == OUTCOME_SKIPPED ? "note" : "flag");
		escape_xml(to, wording_outcome(op, text, sizeof(text)));
		fputs("</span></td>", to);
	}
	fputs("</tr>\n", to);
}

static void heads(FILE *to, const struct merged *merged, const struct view *view)
{
	fputs("<thead><tr><th scope=\"col\" class=\"t\">operation</th>", to);
	if (merged->counted)
		fputs("<th scope=\"col\">exits</th>", to);
	fprintf(to,
		"<th scope=\"col\" data-ticks>p50</th>%s<th scope=\"col\" data-ticks>"
		"&#177; 95 %%</th>",
		view->ns > 0 ? "<th scope=\"col\">ns</th>" : "");
	if (merged->results->boot_count > 1)
		fputs("<th scope=\"col\">boots %</th>", to);
	/* Without an exit a bar has no parts: it says how long, not where. */
	fprintf(to, "<th scope=\"col\" class=\"t\" data-sort=\"no\">%s",
		merged->dissected ? "where it goes" : "round trip");
	bar_axis(to, &view->scale);
	fputs("</th>", to);
	for (int p = 0; merged->dissected && p < PART_COUNT; p++)
		fprintf(to, "<th scope=\"col\" data-ticks><span class=\"key %s\"></span>%s</th>",
			part_names[p], part_titles[p]);
	fprintf(to,
		"<th scope=\"col\">kept</th><th scope=\"col\" class=\"t\">%s</th></tr></thead>\n",
		merged->counted ? "reason" : "note");
}

void page_anatomy(FILE *to, const struct merged *merged)
{
	const struct view view = { bar_scale_of(merged), tick_ns(merged->results) };

	fputs("<section id=\"operations\"><h2>Operations</h2>\n<p>", to);
	if (merged->dissected)
		fputs("<b>p50</b> is the median round trip as the guest sees it, <b>&#177; 95 %</b> "
		      "half the width of its 95 % interval. The bar and its figures are means of the "
		      "middle half of the samples. <b>Out</b>, the exit latency, is the time until "
		      "KVM's first line of C. <b>Kernel</b>, <b>userspace</b> (the VMM) and "
		      "<b>halted</b> are times in the host. <b>In</b>, the entry latency, is the time "
		      "until the guest runs again. Where an operation causes several exits, only the "
		      "times in the host are known.",
		      to);
	else
		fputs("<b>p50</b> is the median round trip as the guest sees it, <b>&#177; 95 %</b> "
		      "half the width of its 95 % interval. The bar shows p50. ",
		      to);
	if (!merged->dissected)
		fputs(merged->sampled	? "None of the operations leaves the guest."
		      : merged->counted ? "Where the time goes is not known."
					: "This host does not count exits. Where the time goes is "
					  "not known.",
		      to);
	fputs("</p>\n", to);
	bar_legend(to, merged, &view.scale);
	page_tools(to, merged->dissected, view.ns > 0);
	fputs("<table class=\"ops cards sortable\" data-scale=\"auto\"", to);
	page_ticks(to, view.ns);
	fputs(">\n<caption>All times in ", to);
	page_unit(to, merged->results);
	fputs(" per operation</caption>\n", to);
	heads(to, merged, &view);
	fputs("<tbody>\n", to);
	for (size_t i = 0; i < merged->count; i++)
		row(to, merged, &merged->ops[i], &view);
	fputs("</tbody></table></section>\n", to);
}
