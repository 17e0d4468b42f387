// SPDX-License-Identifier: GPL-2.0-only
/* abi/bill.schema.json describes it. */
#define _GNU_SOURCE
#include <jansson.h>
#include <math.h>

#include "bill/show.h"
#include "lib/message.h"

#define BILL_FORMAT 1
#define TEXT_SIZE   1024

static json_t *made(json_t *value)
{
	if (!value)
		out_of_memory("bill");
	return value;
}

static json_t *ticks(double value)
{
	return made(json_integer((json_int_t)llround(value)));
}

static json_t *deviation(double billed, double measured)
{
	double share;

	return bill_deviation(billed, measured, &share) ? json_real(100 * share) : json_null();
}

static json_t *line_json(const struct bill *bill, const struct bill_line *line)
{
	bool priced = line->share_count;
	json_t *shares = made(json_array());
	char text[TEXT_SIZE];

	for (size_t i = 0; i < line->share_count; i++)
		json_array_append_new(
			shares,
			made(json_pack("{s:s, s:o, s:o}", "op", line->shares[i].price->op, "exits",
				       ticks(line->shares[i].exits), "each",
				       ticks(price_cost(line->shares[i].price) * bill->scale))));
	return made(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "reason",
			      line->spent->name, "exits", ticks(line->spent->exits), "cost",
			      priced ? ticks(line->cost) : json_null(), "percent",
			      priced ? json_real(bill_percent(bill, line->cost)) : json_null(),
			      "kernel", priced ? ticks(line->kernel) : json_null(),
			      "measured_kernel", ticks(line->spent->kernel), "off_percent",
			      priced ? deviation(line->kernel, line->spent->kernel) : json_null(),
			      "by", shares, "advice", bill_advice(bill, line, text, sizeof(text)),
			      "other_cost",
			      priced && bill->other ? ticks(line->other_cost) : json_null()));
}

static json_t *saved(const struct bill *bill, const char *how, const char *name, double value,
		     double most)
{
	return made(json_pack("{s:s, s:s, s:o, s:f, s:o}", "how", how, "name", name, "saved",
			      ticks(value), "percent", bill_percent(bill, value), "at_most",
			      ticks(most)));
}

static json_t *savings_json(const struct bill_view *view)
{
	const struct bill *bill = view->bill;
	json_t *list = made(json_array());

	for (const char *const *w = view->without; *w; w++) {
		double cost = bill_cost_of(bill, *w);

		json_array_append_new(list, saved(bill, "without", *w, cost, cost));
	}
	for (const struct saving *const *s = view->savings; *s; s++) {
		double most, value = saving_ticks(bill, *s, &most);

		json_array_append_new(list, saved(bill, "if", (*s)->name, value, most));
	}
	if (bill->other)
		json_array_append_new(
			list, saved(bill, "against", bill->other->merged->results->file,
				    bill->cost - bill->other_cost, bill->cost - bill->other_cost));
	return list;
}

void bill_json(FILE *to, const struct bill_view *view)
{
	const struct bill *bill = view->bill;
	json_t *lines = made(json_array()), *document;

	for (size_t i = 0; i < bill->count; i++)
		json_array_append_new(lines, line_json(bill, &bill->lines[i]));
	document = made(json_pack(
		"{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"exitprobe_bill", BILL_FORMAT, "prices", bill->prices->merged->results->file,
		"unit", bill->prices->merged->results->unit, "time", ticks(bill->time), "exits",
		ticks(bill->spent->exits), "cost", ticks(bill->cost), "kernel", ticks(bill->kernel),
		"measured_kernel", ticks(bill->measured_kernel), "off_percent",
		deviation(bill->kernel, bill->measured_kernel), "unpriced_exits",
		ticks(bill->unpriced_exits), "unpriced_kernel", ticks(bill->unpriced_kernel),
		"reasons", lines, "savings", savings_json(view)));
	json_dumpf(document, to, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putc('\n', to);
	json_decref(document);
}
