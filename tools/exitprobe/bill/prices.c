// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "bill/prices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/*
 * False: the exits of @op are of several reasons, or it has none, their times are not known, or
 * the host causes them.
 */
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
	/* If the guest waits for its exit, the host causes it, and the guest cannot save it. */
	return price->is_whole || !op->wait;
}

/*
 * An exit that no operation has alone: what an operation has more than one without it. If there
 * is an operation that leaves and enters the guest in the same way, the kernel's part of the exit
 * is the difference of the round trips less the exit and entry latency; otherwise it is that of
 * the kernel times.
 */
static const struct {
	const char *reason, *with, *without, *ways;
} differences[] = {
	{ "VINTR", "ipi-self-x2-sti", "x2apic-self-ipi", NULL },
	{ "INTERRUPT_WINDOW", "ipi-self-x2-sti", "x2apic-self-ipi", NULL },
	{ "MSR", "pv-eoi-tick", "pv-eoi", "tsc-deadline-near" },
	{ "WRMSR", "pv-eoi-tick", "pv-eoi", "tsc-deadline-near" },
};
#define N_DIFFERENCES (sizeof(differences) / sizeof(differences[0]))

static bool has_reason(const struct op_result *op, const char *reason)
{
	for (size_t i = 0; i < op->reasons.count; i++)
		if (!strcmp(op->reasons.list[i].name, reason))
			return true;
	return false;
}

/* @with has the exits of @without and one of @reason. */
static bool one_more(const struct op_result *with, const struct op_result *without,
		     const char *reason)
{
	for (size_t i = 0; i < without->reasons.count; i++)
		if (!has_reason(with, without->reasons.list[i].name))
			return false;
	return with->outcome == OUTCOME_MEASURED && without->outcome == OUTCOME_MEASURED &&
	       with->counted && without->counted && has_reason(with, reason) &&
	       with->exits_milli == without->exits_milli + 1000;
}

static bool price_of_difference(const struct merged *merged, size_t i, struct price *price)
{
	const struct merged_op *with = merge_find(merged, differences[i].with);
	const struct merged_op *without = merge_find(merged, differences[i].without);
	const struct merged_op *ways;
	struct price less;

	if (!with || !without || !one_more(&with->as_one, &without->as_one, differences[i].reason))
		return false;
	*price = (struct price){
		.op = with->as_one.op,
		.reason = differences[i].reason,
		.is_difference = true,
	};
	if (differences[i].ways) {
		ways = merge_find(merged, differences[i].ways);
		if (!ways || !price_of(&ways->as_one, &less) || !less.is_whole)
			return false;
		price->out = less.out;
		price->in = less.in;
		price->kernel = (double)(with->as_one.cycles.p50 - without->as_one.cycles.p50) -
				less.out - less.in;
	} else {
		if (!price_of(&without->as_one, &less) || !less.is_whole ||
		    !with->as_one.parts.known[PART_KERNEL])
			return false;
		price->kernel = (double)with->as_one.parts.ticks[PART_KERNEL] - less.kernel;
	}
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
		/* With virtual interrupt delivery the operation can have one exit, and a price. */
		if (!prices_find(list, differences[i].with))
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
 * What nearly all exits of a reason are in a running Linux guest: arming the timer, in the
 * handler of a tick, where KVM also sees that the guest has ended the tick's interrupt by memory,
 * or outside of it, such as before HLT. How many are of which kind is not known; half of them are
 * taken for each. A price list from before these operations has the last.
 */
static const struct {
	const char *reason, *ops[2];
} usual[] = {
	{ "MSR", { "pv-eoi-tick", "tsc-deadline-near" } },
	{ "WRMSR", { "pv-eoi-tick", "tsc-deadline-near" } },
	{ "MSR", { "tsc-deadline-far", "tsc-deadline-far" } },
	{ "WRMSR", { "tsc-deadline-far", "tsc-deadline-far" } },
};

/* Return the usual prices of @reason in @both; false: the list does not have them. */
static bool usual_of(const struct price_list *list, const char *reason, const struct price *both[2])
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (strcmp(usual[i].reason, reason))
			continue;
		for (size_t j = 0; j < 2; j++)
			both[j] = prices_find(list, usual[i].ops[j]);
		if (both[0] && both[1] && !strcmp(both[0]->reason, reason) &&
		    !strcmp(both[1]->reason, reason))
			return true;
	}
	return false;
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
	const struct price *in_kernel[2], *in_user;
	double user = 0, rest;
	size_t count = 0;

	if (split)
		return divide_as_said(list, spent->exits, split, shares);
	if (!usual_of(list, spent->name, in_kernel))
		in_kernel[0] = in_kernel[1] = middle(list, spent->name, false);
	in_user = middle(list, spent->name, true);
	if (in_user)
		user = in_kernel[0] ? spent->user / in_user->user : spent->exits;
	user = user > spent->exits ? spent->exits : user;
	rest = spent->exits - user;
	if (in_user && user > 0)
		shares[count++] = (struct share){ in_user, user };
	if (!in_kernel[0] || rest <= 0)
		return count;
	if (in_kernel[0] == in_kernel[1]) {
		shares[count++] = (struct share){ in_kernel[0], rest };
	} else {
		for (size_t i = 0; i < 2; i++)
			shares[count++] = (struct share){ in_kernel[i], rest / 2 };
	}
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
