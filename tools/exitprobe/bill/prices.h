/* SPDX-License-Identifier: GPL-2.0-only */
/* What one exit costs by its reason, from the operations of a results file that have it. */
#ifndef BILL_PRICES_H
#define BILL_PRICES_H

#include "bill/spent.h"
#include "results/merge.h"

/* An operation whose exits are all of one reason; ticks of one of these exits. */
struct price {
	const char *op;
	const char *reason;
	double out, kernel, user, in;
	bool is_whole;	    /* out and in are known: the operation has one exit */
	bool in_user;	    /* the VMM takes part in it */
	bool is_difference; /* of two operations, the first of which is named */
	bool faults;
};

struct price_list {
	const struct merged *merged;
	size_t count;
	struct price *prices; /* in the file's order; texts are those of the results */
};

/* What stands for a reason, and how many of its exits. */
struct share {
	const struct price *price;
	double exits;
};

#define SHARES_MAX 64

/* How the exits of one reason are divided among operations, by the user. */
struct split {
	char reason[SPENT_NAME_SIZE];
	size_t count;
	struct {
		char op[24];
		double weight;
	} parts[SHARES_MAX];
};

struct price_list *prices_of(const struct merged *merged);
void prices_free(struct price_list *list);

const struct price *prices_find(const struct price_list *list, const char *op);

/* Direct costs of one exit: exit latency, kernel, VMM and entry latency. */
double price_direct(const struct price *price);

/* How many operations are of that reason, and the least and the most that its kernel part is. */
size_t prices_range(const struct price_list *list, const char *reason, double *low, double *high);

/*
 * What @spent has of a reason, divided among operations: as @split says, or else into exits
 * that the VMM takes part in, as many as its time is enough for, and others; each class by
 * the operation in the middle of its kernel parts, or by what is known to be usual.  Returns how many shares; 0: no operation
 * has that reason.
 */
size_t prices_divide(const struct price_list *list, const struct spent_reason *spent,
		     const struct split *split, struct share shares[SHARES_MAX]);

/*
 * "MSR=wrmsr-tsc-deadline:443,x2apic-eoi:563" into @split; no weight: 1.  False: @message says
 * why.
 */
bool prices_split(struct split *split, const char *text, char *message, size_t size);

#endif
