// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/explain.h"
#include "lib/escape.h"
#include "report/html/page.h"
#include "results/tick.h"

#define TEXT_SIZE 64

/* A bar is linear up to this change. */
#define LINEAR_PERCENT 1.0

static const char *const verdict_classes[] = { "same", "faster", "slower", "unsure" };

static void differences(FILE *to, const char *title, const struct difference_list *d)
{
	if (!d->count)
		return;
	fprintf(to,
		"<div class=\"warnings loud\" role=\"note\"><b>%s</b>\n<table class=\"cards\"><thead>"
		"<tr><th scope=\"col\" class=\"t\">what</th><th scope=\"col\" class=\"t\">base</th>"
		"<th scope=\"col\" class=\"t\">new</th></tr></thead><tbody>\n",
		title);
	for (size_t i = 0; i < d->count; i++) {
		fputs("<tr><th scope=\"row\">", to);
		escape_xml(to, d->list[i].name);
		fputs("</th><td class=\"t\" data-l=\"base\">", to);
		escape_xml(to, d->list[i].base ? d->list[i].base : "(none)");
		fputs("</td><td class=\"t\" data-l=\"new\">", to);
		escape_xml(to, d->list[i].now ? d->list[i].now : "(none)");
		fputs("</td></tr>\n", to);
	}
	fputs("</tbody></table></div>\n", to);
}

/* Of what @change has a share of: how far its interval reaches from no change. */
static double reach_of(const struct comparison *c, const struct change *change)
{
	double low = 0, high = 0;

	comparison_percent(c, change, change->interval.low, &low);
	comparison_percent(c, change, change->interval.high, &high);
	return fmax(fabs(low), fabs(high));
}

/* Per cent at the ends of the bars: the power of ten that none reaches beyond. */
static double widest_of(const struct comparison *c)
{
	double widest = LINEAR_PERCENT;

	for (size_t i = 0; i < c->count; i++)
		widest = fmax(widest, reach_of(c, &c->changes[i]));
	return pow(10, ceil(log10(widest) - 1e-9));
}

/* Linear about 0, where a logarithm has no end, then logarithmic. */
static double bent(double percent)
{
	double size = fabs(percent) / LINEAR_PERCENT;

	return copysign(size < 1 ? size : 1 + log10(size), percent);
}

/* Where in a bar whose middle is 0, in per cent of its length. */
static double place(double percent, double widest)
{
	return 50 + 50 * bent(percent) / bent(widest);
}

/* Ends, where the scale bends, and the middle: a narrow window has no room for more. */
static void axis(FILE *to, double widest)
{
	const double lines[] = { -widest, -LINEAR_PERCENT, 0, LINEAR_PERCENT, widest };
	bool is_bent = widest > LINEAR_PERCENT;

	fputs("<span class=\"axis\" aria-hidden=\"true\">", to);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (is_bent || i % 2 == 0)
			fprintf(to, "<i style=\"--x:%.3f\">%g</i>", place(lines[i], widest),
				lines[i]);
	fputs("</span>", to);
}

/* Takes @command, which may be NULL. */
static void explain(FILE *to, char *command)
{
	if (!command)
		return;
	fputs("<details><summary>which functions</summary><code>", to);
	escape_xml(to, command);
	fputs("</code></details>", to);
	free(command);
}

static void row(FILE *to, const struct comparison *c, const struct change *change, double widest)
{
	char difference[TEXT_SIZE], low[TEXT_SIZE], high[TEXT_SIZE], p[TEXT_SIZE];
	double ticks = (double)change->now_value - (double)change->base_value, a = 0, b = 0, ns;

	comparison_percent_text(c, change, ticks, " %", difference, sizeof(difference));
	comparison_percent_text(c, change, change->interval.low, " %", low, sizeof(low));
	comparison_percent_text(c, change, change->interval.high, " %", high, sizeof(high));
	fprintf(to,
		"<tr data-op=\"%s\"><th scope=\"row\">%s</th><td data-l=\"base\">%" PRId64
		"</td><td data-l=\"new\">%" PRId64 "</td><td data-l=\"difference\" "
		"data-v=\"%.0f\">%+.0f</td>",
		change->base->as_one.op, change->base->as_one.op, change->base_value,
		change->now_value, ticks, ticks);
	if (tick_difference_ns(c->base->results, change->base_value, c->now->results,
			       change->now_value, &ns))
		fprintf(to, "<td data-l=\"difference, ns\" data-v=\"%g\">%s</td>", ns,
			tick_change_text(ns, p, sizeof(p)));
	fprintf(to, "<td data-l=\"change\" class=\"main\" data-v=\"%g\">%s</td>",
		change->base_value ? ticks / fabs((double)change->base_value) : ticks, difference);
	snprintf(p, sizeof(p), change->p < 0.001 ? "&lt;0.001" : "%.3f", change->p);
	if (!c->deterministic)
		fprintf(to,
			"<td data-l=\"low\">%s</td><td data-l=\"high\">%s</td>"
			"<td data-l=\"p\" data-v=\"%g\">%s</td>",
			low, high, change->p, p);
	comparison_percent(c, change, change->interval.low, &a);
	comparison_percent(c, change, change->interval.high, &b);
	/* Of an exact change, from 0 to it. */
	if (c->deterministic) {
		a = fmin(a, 0);
		b = fmax(b, 0);
	}
	fprintf(to,
		"<td class=\"bar\"><div class=\"range zero\" role=\"img\" aria-label=\"%s to %s\">"
		"<i style=\"--a:%.2f;--b:%.2f\"></i></div></td><td class=\"t wide %s\">%s",
		low, high, place(a, widest), place(b, widest), verdict_classes[change->verdict],
		verdict_names[change->verdict]);
	if (change->why)
		fprintf(to, ": <span class=\"note\">%s</span>", change->why);
	explain(to, compare_explain(c, change));
	fputs("</td></tr>\n", to);
}

static void changes(FILE *to, const struct comparison *c)
{
	double widest = widest_of(c), ns;

	fputs("<table class=\"ops cards sortable\"><caption>", to);
	escape_xml_printf(
		to,
		"%s in %s; threshold %g %%; %s. The bar is the interval of the change, in per "
		"cent of the base: its middle is 0, to %g %% it is linear, from there logarithmic "
		"to %g %%.",
		metric_names[c->metric], c->now->results->unit, 100 * c->threshold,
		comparison_method(c), LINEAR_PERCENT, widest);
	fputs("</caption><thead><tr><th scope=\"col\" class=\"t\">operation</th><th scope=\"col\">"
	      "base</th><th scope=\"col\">new</th><th scope=\"col\">new - base</th>",
	      to);
	if (tick_difference_ns(c->base->results, 0, c->now->results, 0, &ns))
		fputs("<th scope=\"col\">ns</th>", to);
	fputs("<th scope=\"col\">change</th>", to);
	if (!c->deterministic)
		fputs("<th scope=\"col\">low</th><th scope=\"col\">high</th><th scope=\"col\">p</th>",
		      to);
	fputs("<th scope=\"col\" class=\"t\" data-sort=\"no\">interval, %", to);
	axis(to, widest);
	fputs("</th><th scope=\"col\" class=\"t\">verdict</th></tr></thead><tbody>\n", to);
	for (size_t i = 0; i < c->count; i++)
		row(to, c, &c->changes[i], widest);
	fputs("</tbody></table>\n", to);
}

static void tiles(FILE *to, const struct comparison *c)
{
	static const enum verdict order[] = { VERDICT_SLOWER, VERDICT_FASTER, VERDICT_SAME,
					      VERDICT_UNSURE };

	fputs("<ul class=\"tiles\">\n", to);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		fprintf(to, "<li%s><b>%zu</b>%s</li>\n",
			order[i] == VERDICT_SLOWER && c->verdicts[order[i]] ? " class=\"bad\"" : "",
			c->verdicts[order[i]], verdict_names[order[i]]);
	if (c->other_exits)
		fprintf(to, "<li class=\"bad\"><b>%zu</b>with other exits</li>\n", c->other_exits);
	if (c->exits.count > c->other_exits)
		fprintf(to, "<li class=\"bad\"><b>%zu</b>with another outcome</li>\n",
			c->exits.count - c->other_exits);
	fputs("</ul>\n", to);
}

/* What only one of the files has, in one line. */
static void alone(FILE *to, const struct comparison *c, int side, const char *file)
{
	if (!c->alone_count[side])
		return;
	fprintf(to, "<p>%zu operation%s in ", c->alone_count[side],
		c->alone_count[side] == 1 ? " is" : "s are");
	escape_xml(to, file);
	fputs(" alone: ", to);
	escape_xml(to, c->alone[side]);
	fprintf(to, "%s</p>\n", comparison_more(c, side));
}

static void partial(FILE *to, const struct results *results)
{
	if (results->complete)
		return;
	fputs("<div class=\"warnings loud\"><b>", to);
	escape_xml(to, results->file);
	fputs(" is partial: its run did not finish.</b></div>\n", to);
}

static void comparison(FILE *to, const struct comparison *c, bool force)
{
	const struct results *base = c->base->results, *now = c->now->results;
	bool shown = (!c->obstacles.count || force) && c->count;

	fputs("<section><h2>", to);
	escape_xml_printf(to, "%s \342\206\222 %s", base->file, now->file);
	fputs("</h2>\n", to);
	partial(to, base);
	partial(to, now);
	differences(to, "Not comparable", &c->obstacles);
	differences(to, "The machines or builds differ", &c->machines);
	if (!c->machines.count)
		fputs("<p>Machines and builds: no difference.</p>\n", to);
	differences(to, "How busy the hosts were", &c->loads);
	differences(to, "Exits or outcomes differ", &c->exits);
	alone(to, c, 0, base->file);
	alone(to, c, 1, now->file);
	if (!shown) {
		fprintf(to, "<p><b>%s</b></p></section>\n",
			c->count ? "Not compared." : "Nothing to compare.");
		return;
	}
	if (!c->deterministic &&
	    (base->boot_count < COMPARISON_BOOTS || now->boot_count < COMPARISON_BOOTS))
		fprintf(to,
			"<div class=\"warnings loud\" role=\"note\"><b>Fewer than %d boots in a file:"
			"</b> the variation between boots is not known. Measure again with <code>exitprobe run "
			"--boots 5</code> or more.</div>\n",
			COMPARISON_BOOTS);
	tiles(to, c);
	page_tools(to, false, false);
	changes(to, c);
	fputs("</section>\n", to);
}

void compare_html(FILE *to, const struct comparisons *all)
{
	const struct results *base = all->list[0]->base->results;

	page_begin(to, "exitprobe: comparison");
	fputs("<header><h1>What changed</h1><p class=\"sub\">against ", to);
	escape_xml(to, base->file);
	fputs(", ", to);
	escape_xml(to, base->created);
	fputs("</p></header>\n<main>\n", to);
	for (size_t i = 0; i < all->count; i++)
		comparison(to, all->list[i], all->force);
	fputs("</main>\n", to);
	page_end(to, base->version);
}
