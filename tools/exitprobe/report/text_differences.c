// SPDX-License-Identifier: GPL-2.0-only
#include "report/text_differences.h"

#include <inttypes.h>

#include "results/tick.h"
#include "results/wording.h"

#define NAME_WIDTH 18

static size_t controlled(const struct merged *merged)
{
	size_t count = 0;

	for (size_t i = 0; i < merged->derived_count; i++)
		count += merged->derived[i].control;
	return count;
}

static void print_figure(FILE *to, const struct derived *d, double ns)
{
	char text[TICK_TEXT_SIZE];

	fprintf(to, "%-*s%13" PRId64, NAME_WIDTH, d->name, d->cycles);
	if (ns > 0)
		fprintf(to, "%8s", tick_text(ns * (double)d->cycles, text, sizeof(text)));
}

/* What exits leave behind: a figure without its interval would say too much. */
static void print_controlled(FILE *to, const struct derived *d, double ns)
{
	const char *words = wording_difference(d->says);

	print_figure(to, d, ns);
	fprintf(to, "%10" PRId64 "%10" PRId64 "  %s - %s%s%s\n", d->low, d->high, d->minuend,
		d->subtrahend, *words ? ": " : "", words);
}

void text_differences(FILE *to, const struct merged *merged, double ns, const char *head,
		      const char *off)
{
	const char *column = ns > 0 ? "      ns" : "";
	size_t count = controlled(merged);
	char text[64];

	if (merged->derived_count > count)
		fprintf(to, "\n%s%-*s%13s%s  of%s\n", head, NAME_WIDTH, "difference of p50", "",
			column, off);
	for (size_t i = 0; i < merged->derived_count; i++) {
		const struct derived *d = &merged->derived[i];

		if (d->control)
			continue;
		print_figure(to, d, ns);
		fprintf(to, "  %s - %s%s\n", d->minuend, d->subtrahend,
			wording_more_exits(d, text, sizeof(text)));
	}
	if (count)
		fprintf(to, "\n%s%-*s%13s%s%10s%10s  of%s\n", head, NAME_WIDTH, "after the exit",
			"longer by", column, "at least", "at most", off);
	for (size_t i = 0; i < merged->derived_count; i++)
		if (merged->derived[i].control)
			print_controlled(to, &merged->derived[i], ns);
}
