// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "compare/explain.h"
#include "report/report.h"
#include "results/tick.h"

#define NAME_WIDTH 18
#define TEXT_SIZE  64

struct look {
	const char *head, *loud, *verdicts[VERDICT_COUNT], *off;
};

static const struct look plain = { "", "", { "", "", "", "" }, "" };
static const struct look coloured = {
	"\033[1m",
	"\033[1;31m",
	{ [VERDICT_SAME] = "\033[2m",
	  [VERDICT_FASTER] = "\033[32m",
	  [VERDICT_SLOWER] = "\033[31m",
	  [VERDICT_UNSURE] = "\033[33m" },
	"\033[m",
};

static void print_differences(FILE *to, const struct look *look, const char *title,
			      const struct difference_list *d)
{
	size_t width = 0;

	if (!d->count)
		return;
	for (size_t i = 0; i < d->count; i++)
		if (strlen(d->list[i].name) > width)
			width = strlen(d->list[i].name);
	fprintf(to, "%s%s%s\n", look->loud, title, look->off);
	for (size_t i = 0; i < d->count; i++) {
		const struct difference *one = &d->list[i];

		fprintf(to, "  %-*s  %s -> %s\n", (int)width, one->name,
			one->base ? one->base : "(none)", one->now ? one->now : "(none)");
	}
	putc('\n', to);
}

static void print_change(FILE *to, const struct look *look, const struct comparison *c,
			 const struct change *change)
{
	char difference[TEXT_SIZE], low[TEXT_SIZE], high[TEXT_SIZE], p[TEXT_SIZE] = "";
	double ticks = (double)change->now_value - (double)change->base_value, ns, percent;

	fprintf(to, "%-*s %10" PRId64 " %10" PRId64 " %+9.0f", NAME_WIDTH, change->base->as_one.op,
		change->base_value, change->now_value, ticks);
	if (tick_difference_ns(c->base->results, change->base_value, c->now->results,
			       change->now_value, &ns))
		fprintf(to, " %9s", tick_change_text(ns, p, sizeof(p)));
	/* Where there is no share of anything, the difference itself says it. */
	fprintf(to, " %9s",
		comparison_percent(c, change, ticks, &percent)
			? comparison_percent_text(c, change, ticks, "%", difference,
						  sizeof(difference))
			: "-");
	if (!c->deterministic) {
		fprintf(to, "  %9s to %9s",
			comparison_percent_text(c, change, change->interval.low, "%", low,
						sizeof(low)),
			comparison_percent_text(c, change, change->interval.high, "%", high,
						sizeof(high)));
		snprintf(p, sizeof(p), change->p < 0.001 ? "<0.001" : "%.3f", change->p);
		fprintf(to, "  %6s", p);
	}
	fprintf(to, "  %s%s%s%s%s\n", look->verdicts[change->verdict],
		verdict_names[change->verdict], look->off, change->why ? ": " : "",
		change->why ? change->why : "");
}

static void print_changes(FILE *to, const struct look *look, const struct comparison *c)
{
	double ns;

	fprintf(to, "%s%-*s %10s %10s %9s", look->head, NAME_WIDTH, "operation", "base", "new",
		"new-base");
	if (tick_difference_ns(c->base->results, 0, c->now->results, 0, &ns))
		fprintf(to, " %9s", "ns");
	fprintf(to, " %9s", "change");
	if (!c->deterministic)
		fprintf(to, "  %22s  %6s", "95% interval", "p");
	fprintf(to, "  verdict%s\n", look->off);
	for (size_t i = 0; i < c->count; i++)
		print_change(to, look, c, &c->changes[i]);
}

static void print_names(FILE *to, const struct look *look, const struct comparison *c,
			enum verdict verdict)
{
	const char *separator = ": ";

	if (!c->verdicts[verdict])
		return;
	fprintf(to, "%s%zu %s", look->verdicts[verdict], c->verdicts[verdict],
		verdict_names[verdict]);
	for (size_t i = 0; i < c->count; i++) {
		if (c->changes[i].verdict != verdict)
			continue;
		fprintf(to, "%s%s", separator, c->changes[i].base->as_one.op);
		separator = ", ";
	}
	fprintf(to, "%s\n", look->off);
}

static void print_end(FILE *to, const struct look *look, const struct comparison *c)
{
	char *explain;

	putc('\n', to);
	print_names(to, look, c, VERDICT_SLOWER);
	print_names(to, look, c, VERDICT_FASTER);
	fprintf(to, "%zu slower, %zu faster, %zu same, %zu can't tell", c->verdicts[VERDICT_SLOWER],
		c->verdicts[VERDICT_FASTER], c->verdicts[VERDICT_SAME],
		c->verdicts[VERDICT_UNSURE]);
	if (c->other_exits)
		fprintf(to, "; %zu with other exits", c->other_exits);
	if (c->exits.count > c->other_exits)
		fprintf(to, "; %zu with another outcome", c->exits.count - c->other_exits);
	if (c->untold)
		fprintf(to, "; %zu without %s", c->untold, metric_names[c->metric]);
	putc('\n', to);
	explain = compare_explain_largest(c);
	if (explain)
		fprintf(to, "Which functions account for the largest: %s\n", explain);
	free(explain);
}

/* What only one of the files has, in one line. */
static void print_alone(FILE *to, const struct comparison *c, int side, const char *file)
{
	if (c->alone_count[side])
		fprintf(to, "%zu operation%s in %s alone: %s%s\n", c->alone_count[side],
			c->alone_count[side] == 1 ? " is" : "s are", file, c->alone[side],
			comparison_more(c, side));
}

static void print_partial(FILE *to, const struct look *look, const struct results *results)
{
	if (!results->complete)
		fprintf(to, "%sWARNING: %s is partial: its run did not finish%s\n", look->loud,
			results->file, look->off);
}

static void print_comparison(FILE *to, const struct look *look, const struct comparison *c,
			     bool force)
{
	const struct results *base = c->base->results, *now = c->now->results;

	fprintf(to, "%s%s -> %s%s\n", look->head, base->file, now->file, look->off);
	print_partial(to, look, base);
	print_partial(to, look, now);
	print_differences(to, look, "NOT COMPARABLE:", &c->obstacles);
	if (c->machines.count)
		print_differences(to, look, "THE MACHINES OR BUILDS DIFFER:", &c->machines);
	else
		fprintf(to, "Machines and builds: no difference.\n\n");
	print_differences(to, look, "How busy the hosts were:", &c->loads);
	print_differences(to, look, "EXITS OR OUTCOMES DIFFER:", &c->exits);
	print_alone(to, c, 0, base->file);
	print_alone(to, c, 1, now->file);
	if (c->alone_count[0] || c->alone_count[1])
		putc('\n', to);
	if (c->obstacles.count && !force) {
		fprintf(to, "Not compared. To compare nonetheless, use --force.\n");
		return;
	}
	if (!c->count) {
		fprintf(to, "Nothing to compare: no operation has %s in both.\n",
			metric_names[c->metric]);
		return;
	}
	fprintf(to, "%s in %s, threshold %g %%; %s.\n", metric_names[c->metric], now->unit,
		100 * c->threshold, comparison_method(c));
	if (!c->deterministic &&
	    (base->boot_count < COMPARISON_BOOTS || now->boot_count < COMPARISON_BOOTS))
		fprintf(to,
			"%sFewer than %d boots in a file: the variation between boots is not known. "
			"Measure again with exitprobe run --boots 5 or more.%s\n",
			look->loud, COMPARISON_BOOTS, look->off);
	putc('\n', to);
	print_changes(to, look, c);
	print_end(to, look, c);
}

void compare_text(FILE *to, const struct comparisons *all)
{
	const struct look *look = report_wants_colour(to) ? &coloured : &plain;

	for (size_t i = 0; i < all->count; i++) {
		if (i)
			putc('\n', to);
		print_comparison(to, look, all->list[i], all->force);
	}
}
