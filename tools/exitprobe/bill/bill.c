// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "bill/bill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

double price_cost(const struct price *price)
{
	return price_direct(price);
}

bool bill_deviation(double billed, double measured, double *share)
{
	*share = measured > 0 ? billed / measured - 1 : 0;
	return measured > 0;
}

static double tsc_khz(const struct price_list *prices)
{
	const struct meta *meta = prices ? results_meta(prices->merged->results) : NULL;

	return meta ? (double)meta->tsc_khz : 0;
}

/* Two measurements of one TSC differ by less: as in results/tick.c. */
#define SAME_FREQUENCY 0.01

/* Times are compared, not ticks, where the two TSCs have known and different frequencies. */
static double scale_of(const struct price_list *prices, const struct spent *spent)
{
	double khz = tsc_khz(prices), scale = khz > 0 ? spent->tsc_khz / khz : 0;

	return scale > 0 && fabs(scale - 1) > SAME_FREQUENCY ? scale : 1;
}

static const struct split *split_of(const struct split *splits, size_t count, const char *reason)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(splits[i].reason, reason))
			return &splits[i];
	return NULL;
}

static double sum_of(const struct share *shares, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += shares[i].exits * price_cost(shares[i].price);
	return sum;
}

/* By the same operations, as far as the other list has them: the exits are the same. */
static double other_cost(const struct bill *bill, const struct bill_line *line)
{
	double sum = 0;

	for (size_t i = 0; i < line->share_count; i++) {
		const struct share *s = &line->shares[i];
		const struct price *other = prices_find(bill->other, s->price->op);
		bool same = other && !strcmp(other->reason, s->price->reason);
		const struct merged_op *op = merge_find(bill->other->merged, s->price->op);

		/* An operation that no longer exits costs nothing; one that is not there, the same. */
		if (same)
			sum += s->exits * price_cost(other) * bill->other_scale;
		else if (!op || op->as_one.outcome != OUTCOME_MEASURED || op->as_one.exits_milli)
			sum += s->exits * price_cost(s->price) * bill->scale;
	}
	return sum;
}

static void make_line(struct bill *bill, struct bill_line *line, const struct split *split)
{
	line->is_split = split;
	line->known = prices_range(bill->prices, line->spent->name, &line->low, &line->high);
	line->share_count = prices_divide(bill->prices, line->spent, split, line->shares);
	line->cost = sum_of(line->shares, line->share_count) * bill->scale;
	for (size_t i = 0; i < line->share_count; i++) {
		line->kernel += line->shares[i].exits * line->shares[i].price->kernel * bill->scale;
		after_add(&bill->left, &line->shares[i], bill->scale, &line->after);
	}
	if (bill->other)
		line->other_cost = other_cost(bill, line);
}

static int by_cost(const void *a, const void *b)
{
	const struct bill_line *x = a, *y = b;

	if (!x->share_count != !y->share_count)
		return x->share_count ? -1 : 1;
	if (x->cost != y->cost)
		return x->cost < y->cost ? 1 : -1;
	return x->spent->exits != y->spent->exits ? (x->spent->exits < y->spent->exits ? 1 : -1)
						  : strcmp(x->spent->name, y->spent->name);
}

static void add_after(struct after_cost *sum, const struct after_cost *more)
{
	sum->exits += more->exits;
	sum->ticks += more->ticks;
	sum->low += more->low;
	sum->high += more->high;
}

struct bill *bill_of(const struct price_list *prices, const struct price_list *other,
		     const struct spent *spent, const struct split *splits, size_t split_count)
{
	struct bill *bill = xcalloc(1, sizeof(*bill));

	*bill = (struct bill){
		.prices = prices,
		.other = other,
		.spent = spent,
		.scale = scale_of(prices, spent),
		.other_scale = other ? scale_of(other, spent) : 1,
		.lines = xcalloc(spent->reason_count + 1, sizeof(*bill->lines)),
		.time = spent_time(spent),
		.left = after_prices_of(prices->merged),
	};
	for (size_t i = 0; i < spent->reason_count; i++) {
		struct bill_line *line;

		if (spent->reasons[i].exits < 1)
			continue;
		line = &bill->lines[bill->count++];
		line->spent = &spent->reasons[i];
		make_line(bill, line, split_of(splits, split_count, line->spent->name));
		bill->cost += line->cost;
		bill->other_cost += line->other_cost;
		add_after(&bill->after, &line->after);
		if (line->share_count) {
			bill->kernel += line->kernel;
			bill->measured_kernel += line->spent->kernel;
		} else {
			bill->unpriced_kernel += line->spent->kernel;
			bill->unpriced_exits += line->spent->exits;
		}
	}
	if (bill->count)
		qsort(bill->lines, bill->count, sizeof(*bill->lines), by_cost);
	return bill;
}

void bill_free(struct bill *bill)
{
	if (bill)
		free(bill->lines);
	free(bill);
}
