/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exits cost the guest afterwards, when it finds its caches, TLB and branch predictor in
 * another state: exits times what the price list's differences left-KIND-SET say.
 */
#ifndef BILL_AFTER_H
#define BILL_AFTER_H

#include "bill/prices.h"

/* The exits of which that is measured: each is one of these. */
enum after_kind { AFTER_KERNEL, AFTER_USER, AFTER_HALT, AFTER_KINDS };

/* What the list has of each kind: of its sets the one with most to pay. */
struct after_prices {
	bool any;			       /* has rows of some kind */
	bool is_measured[AFTER_KINDS];	       /* has rows of it */
	const struct derived *by[AFTER_KINDS]; /* NULL: none of them can tell */
};

/* Beyond the exits' own cost. */
struct after_cost {
	double exits; /* whose after-cost is known */
	double ticks, low, high;
};

struct after_prices after_prices_of(const struct merged *merged);

/* Add what so many exits of that operation leave behind; @scale: ticks in one of the list's. */
void after_add(const struct after_prices *prices, const struct share *share, double scale,
	       struct after_cost *cost);

/* "left-cpuid-*": the rows of a kind. */
const char *after_rows(enum after_kind kind);

/* Whose exits a kind is: "exits that KVM handles". */
const char *after_title(enum after_kind kind);

#endif
