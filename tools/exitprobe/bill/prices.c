// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "bill/prices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/* False: the exits of @op are of several reasons, or it has none, or their times are not known. */
static bool price_of(const struct op_result *op, struct price *price)
{
	double exits = (double)op->exits_milli / 1000;
	const struct parts *p = &op->parts;

	if (op->outcome != OUTCOME_MEASURED || !op->counted || op->exits_milli < 1000 ||
	    op->reasons.count != 1 || op->reasons.list[0].milli != op->exits_milli ||
	    !p->known[PART_KERNEL])
		return false;
	*price = (struct price){
		.op = op->op,
		.reason = op->reasons.list[0].name,
		.kernel = (double)p->ticks[PART_KERNEL] / exits,
		.user = p->known[PART_USER] ? (double)p->ticks[PART_USER] / exits : 0,
		.is_whole = op->exits_milli == 1000 && p->known[PART_OUT] && p->known[PART_IN],
		.faults = op->fault,
	};
	if (price->is_whole) {
		price->out = (double)p->ticks[PART_OUT];
		price->in = (double)p->ticks[PART_IN];
	}
	price->in_user = price->user >= 1;
	return true;
}

/* A reason that no operation has alone: what an operation has more than one without it. */
static const struct {
	const char *reason, *with, *without;
} differences[] = {
	{ "VINTR", "ipi-self-x2-sti", "x2apic-self-ipi" },
	{ "INTERRUPT_WINDOW", "ipi-self-x2-sti", "x2apic-self-ipi" },
};
#define N_DIFFERENCES (sizeof(differences) / sizeof(differences[0]))

static bool has_reason(const struct op_result *op, const char *reason)
{
	for (size_t i = 0; i < op->reasons.count; i++)
		if (!strcmp(op->reasons.list[i].name, reason))
			return true;
	return false;
}

static bool price_of_difference(const struct merged *merged, size_t i, struct price *price)
{
	const struct merged_op *with = merge_find(merged, differences[i].with);
	const struct merged_op *without = merge_find(merged, differences[i].without);
	struct price less;

	if (!with || !without || !price_of(&without->as_one, &less) || !less.is_whole ||
	    with->as_one.outcome != OUTCOME_MEASURED || with->as_one.exits_milli != 2000 ||
	    !has_reason(&with->as_one, differences[i].reason) ||
	    !has_reason(&with->as_one, less.reason) || !with->as_one.parts.known[PART_KERNEL])
		return false;
	*price = (struct price){
		.op = with->as_one.op,
		.reason = differences[i].reason,
		.kernel = (double)with->as_one.parts.ticks[PART_KERNEL] - less.kernel,
		.is_difference = true,
	};
	return price->kernel > 0;
}

struct price_list *prices_of(const struct merged *merged)
{
	struct price_list *list = xcalloc(1, sizeof(*list));

	list->merged = merged;
	list->prices = xcalloc(merged->count + N_DIFFERENCES + 1, sizeof(*list->prices));
	for (size_t i = 0; i < merged->count; i++)
		list->count += price_of(&merged->ops[i].as_one, &list->prices[list->count]);
	for (size_t i = 0; i < N_DIFFERENCES; i++)
		list->count += price_of_difference(merged, i, &list->prices[list->count]);
	return list;
}

void prices_free(struct price_list *list)
{
	if (list)
		free(list->prices);
	free(list);
}

const struct price *prices_find(const struct price_list *list, const char *op)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->prices[i].op, op))
			return &list->prices[i];
	return NULL;
}

double price_direct(const struct price *price)
{
	return price->out + price->kernel + price->user + price->in;
}

size_t prices_range(const struct price_list *list, const char *reason, double *low, double *high)
{
	size_t found = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct price *p = &list->prices[i];

		if (strcmp(p->reason, reason))
			continue;
		*low = !found || p->kernel < *low ? p->kernel : *low;
		*high = !found || p->kernel > *high ? p->kernel : *high;
		found++;
	}
	return found;
}

static int by_kernel(const void *a, const void *b)
{
	const struct price *x = *(const struct price *const *)a,
			   *y = *(const struct price *const *)b;

	return x->kernel != y->kernel ? (x->kernel < y->kernel ? -1 : 1) : strcmp(x->op, y->op);
}

/* A price is better that is whole, and that no exception ends. */
static int rank(const struct price *price)
{
	return price->is_whole + !price->faults;
}

/*
 * What nearly all exits of a reason are in a running Linux guest: each tick sets the timer and
 * ends an interrupt, and the end of one that is in service, which no operation has alone, costs
 * about the same (docs/bill.md).
 */
static const struct {
	const char *reason, *op;
} usual[] = {
	{ "MSR", "tsc-deadline-far" },
	{ "WRMSR", "tsc-deadline-far" },
};

static const struct price *usual_of(const struct price_list *list, const char *reason)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		const struct price *price = prices_find(list, usual[i].op);

		if (!strcmp(usual[i].reason, reason) && price && !strcmp(price->reason, reason))
			return price;
	}
	return NULL;
}

/* The one in the middle of those of the class that are as good as any; NULL: there is none. */
static const struct price *middle(const struct price_list *list, const char *reason, bool in_user)
{
	const struct price **found = xcalloc(list->count + 1, sizeof(*found)), *price;
	size_t count = 0;
	int best = -1;

	for (size_t i = 0; i < list->count; i++) {
		const struct price *p = &list->prices[i];

		if (strcmp(p->reason, reason) || p->in_user != in_user || rank(p) < best)
			continue;
		if (rank(p) > best)
			count = 0;
		best = rank(p);
		found[count++] = p;
	}
	if (count)
		qsort(found, count, sizeof(*found), by_kernel);
	price = count ? found[(count - 1) / 2] : NULL;
	free(found);
	return price;
}

static size_t divide_as_said(const struct price_list *list, double exits, const struct split *split,
			     struct share *shares)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < split->count; i++)
		sum += split->parts[i].weight;
	for (size_t i = 0; i < split->count; i++) {
		const struct price *price = prices_find(list, split->parts[i].op);

		if (price && sum > 0)
			shares[count++] =
				(struct share){ price, exits * split->parts[i].weight / sum };
	}
	return count;
}

size_t prices_divide(const struct price_list *list, const struct spent_reason *spent,
		     const struct split *split, struct share shares[SHARES_MAX])
{
	const struct price *in_kernel, *in_user;
	double user = 0;
	size_t count = 0;

	if (split)
		return divide_as_said(list, spent->exits, split, shares);
	in_kernel = usual_of(list, spent->name);
	if (!in_kernel || in_kernel->in_user)
		in_kernel = middle(list, spent->name, false);
	in_user = middle(list, spent->name, true);
	if (in_user)
		user = in_kernel ? spent->user / in_user->user : spent->exits;
	user = user > spent->exits ? spent->exits : user;
	if (in_user && user > 0)
		shares[count++] = (struct share){ in_user, user };
	if (in_kernel && user < spent->exits)
		shares[count++] = (struct share){ in_kernel, spent->exits - user };
	return count;
}

bool prices_split(struct split *split, const char *text, char *message, size_t size)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : 0;
	char *copy, *rest, *word;
	bool good = true;

	*split = (struct split){ 0 };
	if (!length || length >= sizeof(split->reason)) {
		snprintf(message, size,
			 "--price %s: must be REASON=OPERATION or REASON=OPERATION:EXITS,...",
			 text);
		return false;
	}
	memcpy(split->reason, text, length);
	copy = rest = xstrdup(equals + 1);
	while (good && (word = strsep(&rest, ","))) {
		char *colon = strchr(word, ':'), *end = NULL;
		double weight = 1;

		if (colon) {
			*colon = '\0';
			errno = 0;
			weight = strtod(colon + 1, &end);
		}
		good = *word && strlen(word) < sizeof(split->parts[0].op) &&
		       split->count < SHARES_MAX &&
		       (!colon ||
			(end != colon + 1 && !*end && !errno && weight >= 0 && weight <= 1e15));
		if (!good)
			break;
		strcpy(split->parts[split->count].op, word);
		split->parts[split->count++].weight = weight;
	}
	free(copy);
	if (!good)
		snprintf(message, size,
			 "--price %s: must be REASON=OPERATION or "
			 "REASON=OPERATION:EXITS,..., exits from 0 on",
			 text);
	return good;
}
