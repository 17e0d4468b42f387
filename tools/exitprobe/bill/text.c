// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bill/show.h"

#define TEXT_SIZE 1024

const char *bill_shares(const struct bill_line *line, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < line->share_count; i++) {
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s%s %.0f", i ? ", " : "",
			 line->shares[i].price->op, line->shares[i].exits);
	}
	return text;
}

double bill_percent(const struct bill *bill, double ticks)
{
	return bill->time > 0 ? 100 * ticks / bill->time : 0;
}

double bill_cost_of(const struct bill *bill, const char *reason)
{
	for (size_t i = 0; i < bill->count; i++)
		if (!strcmp(bill->lines[i].spent->name, reason))
			return bill->lines[i].cost;
	return 0;
}

static void put_deviation(FILE *to, double billed, double measured)
{
	double share;

	if (bill_deviation(billed, measured, &share))
		fprintf(to, " %13.0f %+7.1f%%", measured, 100 * share);
	else
		fprintf(to, " %13s %8s", "-", "-");
}

/* Nothing where the price list has no row of this. */
static void put_after(FILE *to, const struct bill *bill, const struct after_cost *after)
{
	if (bill->left.any && after->exits > 0)
		fprintf(to, " %12.0f %12.0f %12.0f", after->ticks, after->low, after->high);
	else if (bill->left.any)
		fprintf(to, " %12s %12s %12s", "-", "-", "-");
}

static void put_line(FILE *to, const struct bill *bill, const struct bill_line *line)
{
	char text[TEXT_SIZE];

	fprintf(to, "%-18s %10.0f", line->spent->name, line->spent->exits);
	if (!line->share_count) {
		fprintf(to, " %8s %14s %7s %13s %13.0f %8s", "-", "-", "-", "-",
			line->spent->kernel, "-");
		put_after(to, bill, &line->after);
		fputs("  no operation has this reason alone\n", to);
		return;
	}
	fprintf(to, " %8.0f %14.0f %6.2f%% %13.0f", line->cost / line->spent->exits, line->cost,
		bill_percent(bill, line->cost), line->kernel);
	put_deviation(to, line->kernel, line->spent->kernel);
	put_after(to, bill, &line->after);
	fprintf(to, "  %s\n", bill_shares(line, text, sizeof(text)));
}

/* What the column is of, and whose exits are not in it. */
static void put_left(FILE *to, const struct bill *bill)
{
	if (!bill->left.any)
		return;
	fprintf(to,
		"\nafter: what %.0f of the exits leave behind, beyond their cost: %.2f%% of the time\n",
		bill->after.exits, bill_percent(bill, bill->after.ticks));
	for (int k = 0; k < AFTER_KINDS; k++) {
		const struct derived *by = bill->left.by[k];

		fprintf(to, "  %s: ", after_title((enum after_kind)k));
		if (by)
			fprintf(to, "%s, %.0f each (%.0f to %.0f)\n", by->name,
				bill->scale * (double)by->cycles, bill->scale * (double)by->low,
				bill->scale * (double)by->high);
		else
			fprintf(to, "%s, so they are not in it (%s)\n",
				bill->left.is_measured[k] ? "can't tell" : "not measured",
				after_rows((enum after_kind)k));
	}
}

static void put_advice(FILE *to, const struct bill *bill)
{
	bool any = false;

	for (size_t i = 0; i < bill->count; i++) {
		char text[TEXT_SIZE];

		if (!*bill_advice(bill, &bill->lines[i], text, sizeof(text)))
			continue;
		if (!any)
			fputs("\nMore than 10 % off, since an average hides a mixture (--price):\n",
			      to);
		any = true;
		fprintf(to, "  %s\n", text);
	}
}

static void put_saved(FILE *to, const struct bill *bill, double ticks, const char *how,
		      const char *name)
{
	fprintf(to, "  %s%s: %.0f, %.2f%% of the time\n", how, name, ticks,
		bill_percent(bill, ticks));
}

static void put_savings(FILE *to, const struct bill_view *view)
{
	const struct bill *bill = view->bill;

	if (!*view->without && !*view->savings && !bill->other)
		return;
	fputs("\nSaved, if\n", to);
	for (const char *const *w = view->without; *w; w++)
		put_saved(to, bill, bill_cost_of(bill, *w), "there were no ", *w);
	for (const struct saving *const *s = view->savings; *s; s++) {
		double most, ticks = saving_ticks(bill, *s, &most);

		put_saved(to, bill, ticks, "", (*s)->name);
		if (most > ticks)
			fprintf(to, "    at most %.0f: %s; which exits these are, --price says\n",
				most, (*s)->what);
		if (saving_lacks(bill, *s))
			fprintf(to, "    not known: %s has no price of %s%s\n",
				bill->prices->merged->results->file, saving_lacks(bill, *s),
				strncmp((*s)->name, "hv-", 3)
					? ""
					: "; exitprobe run --hyperv --smp 2 measures it");
	}
	if (bill->other)
		put_saved(to, bill, bill->cost - bill->other_cost, "prices were those of ",
			  bill->other->merged->results->file);
}

void bill_text(FILE *to, const struct bill_view *view)
{
	const struct bill *bill = view->bill;
	const struct results *results = bill->prices->merged->results;

	fprintf(to, "Prices of %s in %s; time of all vCPUs: %.0f, %.2f%% of it in the guest\n\n",
		results->file, results->unit, bill->time, bill_percent(bill, bill->spent->guest));
	fprintf(to, "%-18s %10s %8s %14s %7s %13s %13s %8s", "reason", "exits", "each", "cost",
		"of time", "kernel", "measured", "off");
	if (bill->left.any)
		fprintf(to, " %12s %12s %12s", "after", "at least", "at most");
	fputs("  by the price of\n", to);
	for (size_t i = 0; i < bill->count; i++)
		put_line(to, bill, &bill->lines[i]);
	fprintf(to, "%-18s %10.0f %8s %14.0f %6.2f%% %13.0f", "total", bill->spent->exits, "",
		bill->cost, bill_percent(bill, bill->cost), bill->kernel);
	put_deviation(to, bill->kernel, bill->measured_kernel);
	put_after(to, bill, &bill->after);
	fputs("  of what has a price\n", to);
	if (bill->unpriced_exits > 0)
		fprintf(to, "Without a price: %.0f exits, measured kernel time %.0f\n",
			bill->unpriced_exits, bill->unpriced_kernel);
	put_left(to, bill);
	put_advice(to, bill);
	put_savings(to, view);
}
