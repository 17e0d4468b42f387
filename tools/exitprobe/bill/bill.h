/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the exits of a guest cost by a price list: for each reason so many exits at so much.
 * An exit's price is what price_cost() adds up: direct costs.  What exits leave behind is
 * beside it, where the list has it.
 */
#ifndef BILL_BILL_H
#define BILL_BILL_H

#include "bill/after.h"
#include "bill/prices.h"

/* Within this of what the host measured a bill is taken for right. */
#define BILL_TOLERANCE 0.10

struct bill_line {
	const struct spent_reason *spent;
	size_t share_count; /* 0: no operation has this reason */
	struct share shares[SHARES_MAX];
	double cost;   /* all of it, as far as it is known, in ticks of the guest's host */
	double kernel; /* the part of it that the host's counters measure too */
	size_t known;  /* operations of that reason, and what they range over: */
	double low, high;
	double other_cost; /* by the other price list */
	bool is_split;	   /* the user said how */
	struct after_cost after;
};

struct bill {
	const struct price_list *prices, *other; /* the latter or NULL */
	const struct spent *spent;
	double scale;	    /* ticks of the guest's host in one of the price list's */
	double other_scale; /* in one of the other's */
	size_t count;
	struct bill_line *lines; /* the most expensive first, then what has no price */
	double cost, other_cost, time;
	/* Of reasons that have a price, and what the host measured of them; of all others that. */
	double kernel, measured_kernel, unpriced_kernel;
	double unpriced_exits;
	struct after_prices left;
	struct after_cost after;
};

/* Everything that is given must live as long as the bill. */
struct bill *bill_of(const struct price_list *prices, const struct price_list *other,
		     const struct spent *spent, const struct split *splits, size_t split_count);
void bill_free(struct bill *bill);

/* All costs of one exit of that operation. */
double price_cost(const struct price *price);

/* By how much the bill is off from what was measured, as a share; false: nothing was. */
bool bill_deviation(double billed, double measured, double *share);

/* Whether a line is off, and then which split would help, in words; else "". */
const char *bill_advice(const struct bill *bill, const struct bill_line *line, char *text,
			size_t size);

/* An operation that the guest does no longer, or by another one. */
struct replaced {
	const char *op;
	const char *by; /* NULL: by none that exits */
};

/* A thing that ends exits or makes them cheaper: an enlightenment of the guest, a feature of KVM. */
struct saving {
	const char *name, *what;
	const struct replaced *ops; /* one without a name ends them */
};

extern const struct saving savings[]; /* the last has no name */

const struct saving *saving_find(const char *name);

/*
 * What it saves: of the exits of its operations, as far as a split of the user's names them.
 * @most: of all exits of the reasons that these operations have, the bound without one.
 */
double saving_ticks(const struct bill *bill, const struct saving *saving, double *most);

/* If the price list has the price of none of its operations: one that it lacks; else NULL. */
const char *saving_lacks(const struct bill *bill, const struct saving *saving);

#endif
