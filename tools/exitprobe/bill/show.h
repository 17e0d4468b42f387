/* SPDX-License-Identifier: GPL-2.0-only */
/* A bill as text, JSON and a page. */
#ifndef BILL_SHOW_H
#define BILL_SHOW_H

#include <stdio.h>

#include "bill/bill.h"

struct bill_view {
	const struct bill *bill;
	const char *const *without; /* reasons that are to go away, NULL at the end */
	const struct saving *const *savings;
};

void bill_text(FILE *to, const struct bill_view *view);
void bill_json(FILE *to, const struct bill_view *view);
void bill_html(FILE *to, const struct bill_view *view);

/* "inl-user 4266, inb-kernel 12": what stands for a reason. */
const char *bill_shares(const struct bill_line *line, char *text, size_t size);

/* Of all time; 0 if that is not known. */
double bill_percent(const struct bill *bill, double ticks);

/* What a reason costs, 0 if it is not there or has no price. */
double bill_cost_of(const struct bill *bill, const char *reason);

#endif
