// SPDX-License-Identifier: GPL-2.0-only
/* The report's plainer tables: differences, boots, all figures. */
#include <inttypes.h>
#include <string.h>

#include "lib/escape.h"
#include "report/html/page.h"
#include "results/tick.h"
#include "results/wording.h"

/* --- differences of medians ---------------------------------------------------- */

void page_derived(FILE *to, const struct merged *merged)
{
	double ns = tick_ns(merged->results);
	char text[64];

	if (!merged->derived_count)
		return;
	fputs("<section id=\"differences\"><h2>Differences of medians</h2>\n"
	      "<table class=\"cards\"",
	      to);
	page_ticks(to, ns);
	fputs("><caption>In ", to);
	page_unit(to, merged->results);
	fprintf(to,
		"; low to high is the interval of the difference when both medians are in theirs</caption>\n<thead>"
		"<tr><th scope=\"col\" class=\"t\">name</th><th scope=\"col\" data-ticks>difference"
		"</th>%s<th scope=\"col\" data-ticks>low</th><th scope=\"col\" data-ticks>high</th>"
		"<th scope=\"col\" class=\"t\">of</th></tr></thead><tbody>\n",
		ns > 0 ? "<th scope=\"col\">ns</th>" : "");
	for (size_t i = 0; i < merged->derived_count; i++) {
		const struct derived *d = &merged->derived[i];
		const char *words = d->control ? wording_difference(d->says) : "";

		fprintf(to,
			"<tr><th scope=\"row\">%s</th><td data-l=\"difference\" class=\"main\">%" PRId64
			"</td>",
			d->name, d->cycles);
		page_ns_cell(to, "ns", d->cycles, ns);
		fprintf(to,
			"<td data-l=\"low\">%" PRId64 "</td><td data-l=\"high\">%" PRId64
			"</td><td class=\"t\"><span class=\"op\">%s</span> less "
			"<span class=\"op\">%s</span>%s%s%s</td></tr>\n",
			d->low, d->high, d->minuend, d->subtrahend, *words ? ": " : "", words,
			wording_more_exits(d, text, sizeof(text)));
	}
	fputs("</tbody></table></section>\n", to);
}

/* --- boots --------------------------------------------------------------------- */

static void boot_row(FILE *to, const struct boot *boot, size_t number)
{
	size_t measured = 0;

	for (size_t i = 0; i < boot->op_count; i++)
		measured += boot->ops[i].outcome == OUTCOME_MEASURED;
	fprintf(to,
		"<tr><th scope=\"row\">boot %zu</th><td data-l=\"complete\">%s</td>"
		"<td data-l=\"seconds\">%.1f</td><td data-l=\"status\">%" PRId64
		"</td><td data-l=\"measured\">%zu</td>",
		number, boot->complete ? "yes" : "no", boot->seconds, boot->status, measured);
	if (boot->has_crosscheck)
		fprintf(to,
			"<td data-l=\"exits by KVM\">%" PRId64
			"</td><td data-l=\"by the probe\">%" PRId64 "</td>",
			boot->kvm_exits, boot->probe_exits);
	else
		fputs("<td></td><td></td>", to);
	fputs("<td class=\"t\">", to);
	for (size_t i = 0; i < boot->lost_count; i++)
		escape_xml_printf(to, "%scontinued without %s: %s", i ? "; " : "", boot->lost[i].op,
				  boot->lost[i].how);
	fputs("</td></tr>\n", to);
}

/* Where the boots' medians lie, between the least of them less half and the most. */
static void spread_row(FILE *to, const struct merged_op *m, double widest)
{
	double p50 = (double)m->as_one.cycles.p50, low = (double)m->lowest - p50;
	double high = (double)m->highest - p50, unit = p50 > 1 ? p50 : p50 < -1 ? -p50 : 1;

	fprintf(to,
		"<tr data-op=\"%s\"><th scope=\"row\">%s</th><td data-l=\"lowest\">%" PRId64
		"</td><td data-l=\"median\" class=\"main\">%" PRId64
		"</td><td data-l=\"highest\">%" PRId64 "</td><td data-l=\"spread %%\">%.2f</td>"
		"<td class=\"bar\"><div class=\"range\" role=\"img\" aria-label=\"%+.2f %% to "
		"%+.2f %% of the median\"><i style=\"--a:%.2f;--b:%.2f\"></i></div></td></tr>\n",
		m->as_one.op, m->as_one.op, m->lowest, m->as_one.cycles.p50, m->highest,
		merge_spread_percent(m), 100 * low / unit, 100 * high / unit,
		50 + 50 * low / unit / widest, 50 + 50 * high / unit / widest);
}

/* The farthest that a boot's median lies from the median one, as a share of it. */
static double widest_of(const struct merged *merged)
{
	double widest = 0.0001;

	for (size_t i = 0; i < merged->count; i++) {
		const struct merged_op *m = &merged->ops[i];
		double p50 = (double)m->as_one.cycles.p50, unit = p50 > 1    ? p50
								  : p50 < -1 ? -p50
									     : 1;
		double below = (p50 - (double)m->lowest) / unit;
		double above = ((double)m->highest - p50) / unit;

		if (!m->measured_boots)
			continue;
		widest = below > widest ? below : widest;
		widest = above > widest ? above : widest;
	}
	return widest;
}

void page_boots(FILE *to, const struct merged *merged)
{
	const struct results *results = merged->results;
	double widest = widest_of(merged);

	fputs("<section id=\"boots\"><h2>Boots</h2>\n<table class=\"cards\"><thead><tr>"
	      "<th scope=\"col\" class=\"t\">boot</th><th scope=\"col\">complete</th>"
	      "<th scope=\"col\">seconds</th><th scope=\"col\">status</th><th scope=\"col\">"
	      "measured</th><th scope=\"col\">exits by KVM</th><th scope=\"col\">by the probe</th>"
	      "<th scope=\"col\" class=\"t\">lost</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < results->boot_count; i++)
		boot_row(to, &results->boots[i], i + 1);
	fputs("</tbody></table>\n", to);
	if (results->boot_count > 1) {
		fprintf(to,
			"<p>Each boot has a median of its own. The bar spans from the lowest to the "
			"highest of them; its middle is the median boot, its ends are %.3g %% below "
			"and above.</p>\n<table class=\"cards sortable\"",
			100 * widest);
		page_ticks(to, tick_ns(results));
		fputs("><caption>In ", to);
		page_unit(to, results);
		fputs("</caption><thead><tr><th scope=\"col\" class=\"t\">operation</th>"
		      "<th scope=\"col\" data-ticks>lowest</th><th scope=\"col\" data-ticks>"
		      "median</th><th scope=\"col\" data-ticks>highest</th><th scope=\"col\">spread %</th>"
		      "<th scope=\"col\" class=\"t\" data-sort=\"no\">between boots</th></tr></thead>"
		      "<tbody>\n",
		      to);
		for (size_t i = 0; i < merged->count; i++)
			if (merged->ops[i].measured_boots)
				spread_row(to, &merged->ops[i], widest);
		fputs("</tbody></table>\n", to);
	}
	fputs("</section>\n", to);
}

/* --- all figures --------------------------------------------------------------- */

void page_figures(FILE *to, const struct merged *merged)
{
	static const char *const names[] = { "min", "p50",  "p90",	"p99",
					     "max", "mean", "95 % low", "95 % high" };

	fputs("<section id=\"figures\"><h2>All figures</h2>\n<details><summary>Round trips, as text"
	      "</summary><table class=\"cards sortable\"",
	      to);
	page_ticks(to, tick_ns(merged->results));
	fputs("><caption>In ", to);
	page_unit(to, merged->results);
	fputs("; the mean is of the middle 80 %</caption><thead><tr><th scope=\"col\" class=\"t\">"
	      "operation</th>",
	      to);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fprintf(to, "<th scope=\"col\" data-ticks>%s</th>", names[i]);
	fputs("</tr></thead><tbody>\n", to);
	for (size_t o = 0; o < merged->count; o++) {
		const struct figures *f = &merged->ops[o].as_one.cycles;
		const int64_t values[] = { f->min, f->p50,  f->p90,    f->p99,
					   f->max, f->mean, f->ci_low, f->ci_high };

		if (!merged->ops[o].measured_boots)
			continue;
		fprintf(to, "<tr data-op=\"%s\"><th scope=\"row\">%s</th>",
			merged->ops[o].as_one.op, merged->ops[o].as_one.op);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			fprintf(to, "<td data-l=\"%s\">%" PRId64 "</td>", names[i], values[i]);
		fputs("</tr>\n", to);
	}
	fputs("</tbody></table></details></section>\n", to);
}
