// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <math.h>

#include "bill/show.h"
#include "lib/escape.h"
#include "report/html/page.h"
#include "report/html/page_bars.h"
#include "version.h"

#define TEXT_SIZE 1024

/* What the shares of a line cost together, by part. */
static void parts_of(const struct bill *bill, const struct bill_line *line, double *parts)
{
	for (size_t i = 0; i < line->share_count; i++) {
		const struct price *p = line->shares[i].price;
		double exits = line->shares[i].exits * bill->scale;

		parts[PART_OUT] += exits * p->out;
		parts[PART_KERNEL] += exits * p->kernel;
		parts[PART_USER] += exits * p->user;
		parts[PART_IN] += exits * p->in;
	}
}

/* As long as its share of the most expensive reason. */
static void bar(FILE *to, const struct bill *bill, const struct bill_line *line)
{
	double parts[PART_COUNT] = { 0 }, most = bill->lines[0].cost;

	parts_of(bill, line, parts);
	fprintf(to,
		"<td class=\"bar\"><div class=\"track\" style=\"--l:25\"><div class=\"stack\" "
		"style=\"--w:%.3f\" role=\"img\" aria-label=\"%s: out %.0f, kernel %.0f, userspace %.0f, "
		"in %.0f\">",
		most > 0 ? 100 * line->cost / most : 0, line->spent->name, parts[PART_OUT],
		parts[PART_KERNEL], parts[PART_USER], parts[PART_IN]);
	for (int p = 0; p < PART_COUNT; p++)
		if (parts[p] > 0 && line->cost > 0)
			fprintf(to, "<i class=\"%s\" style=\"--s:%.3f\"></i>", part_names[p],
				100 * parts[p] / line->cost);
	fputs("</div></div></td>", to);
}

/* Nothing where the price list has no row of this. */
static void after_cells(FILE *to, const struct bill *bill, const struct after_cost *after)
{
	if (bill->left.any && after->exits > 0)
		fprintf(to,
			"<td data-l=\"after\">%.0f</td><td data-l=\"at least\">%.0f</td>"
			"<td data-l=\"at most\">%.0f</td>",
			after->ticks, after->low, after->high);
	else if (bill->left.any)
		fputs("<td></td><td></td><td></td>", to);
}

/* What these columns are of, and whose exits are not in them. */
static void left_behind(FILE *to, const struct bill *bill)
{
	if (!bill->left.any)
		return;
	fputs("<p><i>after</i> is what exits leave behind, beyond their cost, from <i>at least</i> to "
	      "<i>at most</i>:</p><ul>\n",
	      to);
	for (int k = 0; k < AFTER_KINDS; k++) {
		const struct derived *by = bill->left.by[k];

		fprintf(to, "<li>%s: ", after_title((enum after_kind)k));
		if (by)
			escape_xml(to, by->name);
		else
			fprintf(to, "%s, so they are not in it (%s)",
				bill->left.is_measured[k] ? "can't tell" : "not measured",
				after_rows((enum after_kind)k));
		if (by)
			fprintf(to, ", %.0f each (%.0f to %.0f)", bill->scale * (double)by->cycles,
				bill->scale * (double)by->low, bill->scale * (double)by->high);
		fputs("</li>\n", to);
	}
	fputs("</ul>\n", to);
}

static void row(FILE *to, const struct bill *bill, const struct bill_line *line)
{
	char text[TEXT_SIZE];
	double share;

	fprintf(to, "<tr data-op=\"%s\"%s><th scope=\"row\">%s</th><td data-l=\"exits\">%.0f</td>",
		line->spent->name, line->share_count ? "" : " class=\"off\"", line->spent->name,
		line->spent->exits);
	if (!line->share_count) {
		fprintf(to,
			"<td></td><td></td><td></td><td></td><td></td><td data-l=\"measured\">%.0f</td>"
			"<td></td>",
			line->spent->kernel);
		after_cells(to, bill, &line->after);
		fputs("<td class=\"t\" data-l=\"by\">no operation has this reason alone</td></tr>\n",
		      to);
		return;
	}
	fprintf(to,
		"<td data-l=\"each\">%.0f</td><td data-l=\"cost\">%.0f</td>"
		"<td class=\"main\" data-l=\"%% of time\">%.2f</td>",
		line->cost / line->spent->exits, line->cost, bill_percent(bill, line->cost));
	bar(to, bill, line);
	fprintf(to, "<td data-l=\"kernel\">%.0f</td><td data-l=\"measured\">%.0f</td>",
		line->kernel, line->spent->kernel);
	if (bill_deviation(line->kernel, line->spent->kernel, &share))
		fprintf(to, "<td data-l=\"off, %%\"%s>%+.1f</td>",
			fabs(share) > BILL_TOLERANCE ? " class=\"flag\"" : "", 100 * share);
	else
		fputs("<td></td>", to);
	after_cells(to, bill, &line->after);
	fputs("<td class=\"t\" data-l=\"by\">", to);
	escape_xml(to, bill_shares(line, text, sizeof(text)));
	fputs("</td></tr>\n", to);
}

static void table(FILE *to, const struct bill *bill)
{
	fputs("<ul class=\"legend\">", to);
	for (int p = 0; p < PART_COUNT; p++)
		if (p != PART_HALTED)
			fprintf(to, "<li><span class=\"key %s\"></span>%s</li>", part_names[p],
				part_titles[p]);
	fputs("</ul>\n", to);
	page_tools(to, false, false);
	fputs("<table class=\"ops cards sortable\"><caption>Times are in ", to);
	page_unit(to, bill->prices->merged->results);
	fputs(". <i>kernel</i> is billed, <i>measured</i> is what the host's counters have of the "
	      "same.</caption><thead><tr><th scope=\"col\" class=\"t\">reason</th>"
	      "<th scope=\"col\">exits</th><th scope=\"col\">each</th><th scope=\"col\">cost</th>"
	      "<th scope=\"col\">% of time</th><th scope=\"col\" data-sort=\"no\">where it goes</th>"
	      "<th scope=\"col\">kernel</th><th scope=\"col\">measured</th><th scope=\"col\">off, %</th>",
	      to);
	if (bill->left.any)
		fputs("<th scope=\"col\">after</th><th scope=\"col\">at least</th>"
		      "<th scope=\"col\">at most</th>",
		      to);
	fputs("<th scope=\"col\" class=\"t\">by the price of</th></tr></thead><tbody>\n", to);
	for (size_t i = 0; i < bill->count; i++)
		row(to, bill, &bill->lines[i]);
	fputs("</tbody></table>\n", to);
	left_behind(to, bill);
}

static void advice(FILE *to, const struct bill *bill)
{
	bool any = false;

	for (size_t i = 0; i < bill->count; i++) {
		char text[TEXT_SIZE];

		if (!*bill_advice(bill, &bill->lines[i], text, sizeof(text)))
			continue;
		if (!any)
			fputs("<div class=\"warnings\" role=\"note\"><b>More than 10 % off, since an "
			      "average hides a mixture</b><ul>\n",
			      to);
		any = true;
		fputs("<li>", to);
		escape_xml(to, text);
		fputs("</li>\n", to);
	}
	fputs(any ? "</ul></div>\n" : "", to);
}

static void saved(FILE *to, const struct bill *bill, const char *how, const char *name,
		  double ticks, double most)
{
	fputs("<tr><td class=\"t\" data-l=\"if\">", to);
	escape_xml_printf(to, "%s%s", how, name);
	fprintf(to,
		"</td><td data-l=\"saved\">%.0f</td><td data-l=\"%% of time\">%.2f</td>"
		"<td data-l=\"at most\">%.0f</td></tr>\n",
		ticks, bill_percent(bill, ticks), most);
}

static void what_if(FILE *to, const struct bill_view *view)
{
	const struct bill *bill = view->bill;

	if (!*view->without && !*view->savings && !bill->other)
		return;
	fputs("<section><h2>What would be saved</h2>\n<table class=\"cards\"><thead><tr>"
	      "<th scope=\"col\" class=\"t\">if</th><th scope=\"col\">saved</th>"
	      "<th scope=\"col\">% of time</th><th scope=\"col\">at most</th></tr></thead><tbody>\n",
	      to);
	for (const char *const *w = view->without; *w; w++) {
		double cost = bill_cost_of(bill, *w);

		saved(to, bill, "there were no ", *w, cost, cost);
	}
	for (const struct saving *const *s = view->savings; *s; s++) {
		double most, ticks = saving_ticks(bill, *s, &most);
		const char *lacks = saving_lacks(bill, *s);
		char name[128];

		snprintf(name, sizeof(name), "%s%s%s", (*s)->name,
			 lacks ? ", not known without a price of " : "", lacks ? lacks : "");
		saved(to, bill, "", name, ticks, most);
	}
	if (bill->other)
		saved(to, bill, "prices were those of ", bill->other->merged->results->file,
		      bill->cost - bill->other_cost, bill->cost - bill->other_cost);
	fputs("</tbody></table></section>\n", to);
}

static void tile(FILE *to, const char *figure, const char *what)
{
	fprintf(to, "<li><b>%s</b>%s</li>\n", figure, what);
}

void bill_html(FILE *to, const struct bill_view *view)
{
	const struct bill *bill = view->bill;
	char text[64];
	double share;

	page_begin(to, "exitprobe: bill");
	fputs("<header><h1>What the exits cost</h1><p class=\"sub\">prices of ", to);
	escape_xml(to, bill->prices->merged->results->file);
	fputs("</p></header>\n<main>\n<ul class=\"tiles\">\n", to);
	snprintf(text, sizeof(text), "%.0f", bill->spent->exits);
	tile(to, text, "exits");
	snprintf(text, sizeof(text), "%.2f %%", bill_percent(bill, bill->cost));
	tile(to, text, "of the time");
	if (bill_deviation(bill->kernel, bill->measured_kernel, &share)) {
		snprintf(text, sizeof(text), "%+.1f %%", 100 * share);
		tile(to, text, "kernel time, billed against measured");
	}
	snprintf(text, sizeof(text), "%.0f", bill->unpriced_exits);
	tile(to, text, "exits without a price");
	if (bill->after.exits > 0) {
		snprintf(text, sizeof(text), "%.2f %%", bill_percent(bill, bill->after.ticks));
		tile(to, text, "of the time after the exits");
	}
	fputs("</ul>\n", to);
	advice(to, bill);
	table(to, bill);
	what_if(to, view);
	fputs("</main>\n", to);
	page_end(to, VERSION);
}
