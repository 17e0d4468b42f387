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

static json_t *after_json(const struct bill *bill, const struct after_cost *after)
{
	if (!bill->left.any || after->exits <= 0)
		return json_null();
	return made(json_pack("{s:o, s:o, s:o, s:o, s:f}", "exits", ticks(after->exits), "ticks",
			      ticks(after->ticks), "low", ticks(after->low), "high",
			      ticks(after->high), "percent", bill_percent(bill, after->ticks)));
}

/* What stands for the exits of each kind; empty where the price list has no row of this. */
static json_t *left_json(const struct bill *bill)
{
	json_t *list = made(json_array());

	for (int k = 0; bill->left.any && k < AFTER_KINDS; k++) {
		const struct derived *by = bill->left.by[k];
		bool known = by;

		json_array_append_new(
			list,
			made(json_pack(
				"{s:s, s:s, s:b, s:s?, s:o, s:o, s:o}", "of",
				after_title((enum after_kind)k), "rows",
				after_rows((enum after_kind)k), "measured",
				bill->left.is_measured[k], "by", known ? by->name : NULL, "each",
				known ? ticks(bill->scale * (double)by->cycles) : json_null(),
				"low", known ? ticks(bill->scale * (double)by->low) : json_null(),
				"high",
				known ? ticks(bill->scale * (double)by->high) : json_null())));
	}
	return list;
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
	return made(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "reason",
			      line->spent->name, "exits", ticks(line->spent->exits), "cost",
			      priced ? ticks(line->cost) : json_null(), "percent",
			      priced ? json_real(bill_percent(bill, line->cost)) : json_null(),
			      "kernel", priced ? ticks(line->kernel) : json_null(),
			      "measured_kernel", ticks(line->spent->kernel), "off_percent",
			      priced ? deviation(line->kernel, line->spent->kernel) : json_null(),
			      "by", shares, "advice", bill_advice(bill, line, text, sizeof(text)),
			      "other_cost",
			      priced && bill->other ? ticks(line->other_cost) : json_null(),
			      "after", after_json(bill, &line->after)));
}

static json_t *saved(const struct bill *bill, const char *how, const char *name, double value,
		     double most)
{
	return made(json_pack("{s:s, s:s, s:o, s:f, s:o, s:n}", "how", how, "name", name, "saved",
			      ticks(value), "percent", bill_percent(bill, value), "at_most",
			      ticks(most), "lacks"));
}

static json_t *saved_if(const struct bill *bill, const struct saving *saving)
{
	double most, value = saving_ticks(bill, saving, &most);
	const char *lacks = saving_lacks(bill, saving);
	json_t *object = saved(bill, "if", saving->name, value, most);

	if (lacks)
		json_object_set_new(object, "lacks", json_string(lacks));
	return object;
}

static json_t *savings_json(const struct bill_view *view)
{
	const struct bill *bill = view->bill;
	json_t *list = made(json_array());

	for (const char *const *w = view->without; *w; w++) {
		double cost = bill_cost_of(bill, *w);

		json_array_append_new(list, saved(bill, "without", *w, cost, cost));
	}
	for (const struct saving *const *s = view->savings; *s; s++)
		json_array_append_new(list, saved_if(bill, *s));
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
		"{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"exitprobe_bill", BILL_FORMAT, "prices", bill->prices->merged->results->file,
		"unit", bill->prices->merged->results->unit, "time", ticks(bill->time), "exits",
		ticks(bill->spent->exits), "cost", ticks(bill->cost), "kernel", ticks(bill->kernel),
		"measured_kernel", ticks(bill->measured_kernel), "off_percent",
		deviation(bill->kernel, bill->measured_kernel), "unpriced_exits",
		ticks(bill->unpriced_exits), "unpriced_kernel", ticks(bill->unpriced_kernel),
		"after", after_json(bill, &bill->after), "left", left_json(bill), "reasons", lines,
		"savings", savings_json(view)));
	json_dumpf(document, to, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putc('\n', to);
	json_decref(document);
}
