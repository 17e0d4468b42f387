// SPDX-License-Identifier: GPL-2.0-only
/* The record of one operation: its figures, and who counted which exits. */
#include "results/records.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define REASONS_MAX  256
#define EXITS_MAX    ((int64_t)1 << 32)

const char *const outcome_names[] = { OUTCOMES(ENUM_NAME) "lost" };
const char *const stop_names[] = { STOPS(ENUM_NAME) };
const char *const part_names[] = {
	[PART_OUT] = FIELD(parts, out),	  [PART_KERNEL] = FIELD(parts, kernel),
	[PART_USER] = FIELD(parts, user), [PART_HALTED] = FIELD(parts, halted),
	[PART_IN] = FIELD(parts, in),
};

static void read_figures(struct reader *r, const json_t *op, struct figures *f)
{
	json_t *cycles = reader_object(r, op, FIELD(op, cycles));
	size_t mark = reader_enter(r, FIELD(op, cycles));

	if (cycles) {
		f->min = records_ticks(r, cycles, FIELD(cycles, min));
		f->p50 = records_ticks(r, cycles, FIELD(cycles, p50));
		f->p90 = records_ticks(r, cycles, FIELD(cycles, p90));
		f->p99 = records_ticks(r, cycles, FIELD(cycles, p99));
		f->max = records_ticks(r, cycles, FIELD(cycles, max));
		f->mean = records_ticks(r, cycles, FIELD(cycles, mean));
		f->ci_low = records_ticks(r, cycles, FIELD(cycles, ci_low));
		f->ci_high = records_ticks(r, cycles, FIELD(cycles, ci_high));
		if (!r->failed && (f->min > f->p50 || f->p50 > f->p90 || f->p90 > f->p99 ||
				   f->p99 > f->max || f->mean < f->min || f->mean > f->max))
			reader_fail(r, NULL,
				    "min, p50, p90, p99 and max must be in this order, "
				    "mean between min and max");
		if (!r->failed && (f->ci_low > f->p50 || f->ci_high < f->p50 ||
				   f->ci_low < f->min || f->ci_high > f->max))
			reader_fail(r, NULL,
				    "p50 must be within ci_low and ci_high, these within "
				    "min and max");
	}
	reader_leave(r, mark);
}

static void read_histogram(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *list = reader_array(r, op, FIELD(op, histogram), RESULTS_MAX_BUCKETS);
	size_t mark = reader_enter(r, FIELD(op, histogram));
	struct histogram *h = &result->histogram;
	json_t *pair;
	size_t i;

	h->buckets = xcalloc(json_array_size(list), sizeof(*h->buckets));
	json_array_foreach(list, i, pair) {
		json_t *low = json_array_get(pair, 0), *samples = json_array_get(pair, 1);
		struct histogram_bucket b = { json_integer_value(low),
					      json_integer_value(samples) };

		if (json_array_size(pair) != 2 || !json_is_integer(low) ||
		    !json_is_integer(samples) || b.low > RESULTS_MAX_TICKS ||
		    b.low < -RESULTS_MAX_TICKS || b.count < 1 || b.count > RESULTS_MAX_COUNT ||
		    (i && b.low <= h->buckets[i - 1].low)) {
			reader_enter_index(r, i);
			reader_fail(r, NULL, "must be [value, samples], values ascending");
			break;
		}
		h->buckets[h->count++] = b;
		h->samples += b.count;
	}
	if (!r->failed && h->samples != result->kept)
		reader_fail(r, NULL, "has %lld samples, kept says %lld", (long long)h->samples,
			    (long long)result->kept);
	if (!r->failed && h->count &&
	    (h->buckets[0].low > result->cycles.min ||
	     h->buckets[h->count - 1].low > result->cycles.max))
		reader_fail(r, NULL, "begins or ends above cycles' min or max");
	reader_leave(r, mark);
}

/* A site has the same members. */
static void read_reason(struct reader *r, const json_t *item, struct reason *reason)
{
	reason->number = reader_integer(r, item, FIELD(reason, reason), 0, UINT32_MAX);
	reason->name = reader_string(r, item, FIELD(reason, name), RECORD_TEXT_MAX);
	reason->milli = reader_milli(r, item, FIELD(reason, exits), EXITS_MAX);
}

void records_read_reasons(struct reader *r, const json_t *object, const char *member,
			  struct reasons *reasons)
{
	json_t *list = reader_array(r, object, member, REASONS_MAX);
	size_t mark = reader_enter(r, member), inner, i;
	json_t *item;

	reasons->list = xcalloc(json_array_size(list), sizeof(*reasons->list));
	json_array_foreach(list, i, item) {
		inner = reader_enter_index(r, i);
		read_reason(r, item, &reasons->list[i]);
		reader_leave(r, inner);
		reasons->count = i + 1;
		if (r->failed)
			break;
	}
	reader_leave(r, mark);
}

static void read_parts(struct reader *r, const json_t *op, struct parts *parts)
{
	json_t *object = reader_optional_object(r, op, FIELD(op, parts));
	size_t mark = reader_enter(r, FIELD(op, parts));

	for (size_t p = 0; object && p < PART_COUNT; p++)
		parts->known[p] = reader_optional_integer(r, object, part_names[p],
							  -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS,
							  &parts->ticks[p]);
	reader_leave(r, mark);
}

static void read_expected(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *object = reader_optional_object(r, op, FIELD(op, expected)), *list, *item;
	struct expected *e = &result->expected;
	size_t mark = reader_enter(r, FIELD(op, expected)), i;

	if (object) {
		result->has_expected = true;
		e->min = records_count(r, object, FIELD(expected, min));
		e->max = records_count(r, object, FIELD(expected, max));
		e->varies =
			reader_optional_string(r, object, FIELD(expected, varies), RECORD_TEXT_MAX);
		list = reader_array(r, object, FIELD(expected, reasons), REASONS_MAX);
		e->reasons = xcalloc(json_array_size(list), sizeof(*e->reasons));
		json_array_foreach(list, i, item) {
			if (!json_is_string(item) || json_string_length(item) > RECORD_TEXT_MAX) {
				reader_enter(r, FIELD(expected, reasons));
				reader_enter_index(r, i);
				reader_fail(r, NULL, "must be a short string");
				break;
			}
			e->reasons[e->reason_count++] = xstrdup(json_string_value(item));
		}
	}
	reader_leave(r, mark);
	if (object)
		result->agrees = reader_bool(r, op, FIELD(op, agrees));
}

static void read_sites(struct reader *r, const json_t *op, struct sites *sites)
{
	json_t *list, *item;
	size_t mark, inner, i;

	if (!json_object_get(op, FIELD(op, sites)))
		return;
	list = reader_array(r, op, FIELD(op, sites), REASONS_MAX);
	mark = reader_enter(r, FIELD(op, sites));
	sites->list = xcalloc(json_array_size(list), sizeof(*sites->list));
	json_array_foreach(list, i, item) {
		struct site *site = &sites->list[i];

		inner = reader_enter_index(r, i);
		site->address = reader_integer(r, item, FIELD(site, address), 0, INT64_MAX);
		site->at = reader_optional_string(r, item, FIELD(site, at), RECORD_TEXT_MAX);
		read_reason(r, item, &site->reason);
		reader_leave(r, inner);
		sites->count = i + 1;
		if (r->failed)
			break;
	}
	reader_leave(r, mark);
}

static void read_counted(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *batch, *aside;
	size_t mark;

	result->counted = true;
	result->exits_milli = reader_milli(r, op, FIELD(op, exits), EXITS_MAX);
	read_parts(r, op, &result->parts);
	batch = reader_object(r, op, FIELD(op, batch));
	mark = reader_enter(r, FIELD(op, batch));
	if (batch)
		records_read_reasons(r, batch, FIELD(batch, reasons), &result->reasons);
	if (batch && json_object_get(batch, FIELD(batch, l2_exits)))
		result->l2_milli = reader_milli(r, batch, FIELD(batch, l2_exits), EXITS_MAX);
	reader_leave(r, mark);
	aside = reader_object(r, op, FIELD(op, set_aside));
	mark = reader_enter(r, FIELD(op, set_aside));
	if (aside) {
		result->aside_exits = records_count(r, aside, FIELD(set_aside, exits));
		result->aside_away = records_count(r, aside, FIELD(set_aside, away));
	}
	reader_leave(r, mark);
	result->descheduled = reader_bool(r, op, FIELD(op, descheduled));
	records_read_reasons(r, op, FIELD(op, foreign), &result->foreign);
	read_sites(r, op, &result->sites);
	read_expected(r, op, result);
}

/* The same of KVM's own statistics. */
static void read_counts(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *counts = reader_optional_object(r, op, FIELD(op, counts)), *hints, *item;
	size_t mark = reader_enter(r, FIELD(op, counts)), inner, i;

	if (counts) {
		result->counted = true;
		result->exits_milli = reader_milli(r, counts, FIELD(counts, exits), EXITS_MAX);
		hints = reader_array(r, counts, FIELD(counts, hints), REASONS_MAX);
		inner = reader_enter(r, FIELD(counts, hints));
		result->hints.list = xcalloc(json_array_size(hints), sizeof(struct reason));
		json_array_foreach(hints, i, item) {
			struct reason *hint = &result->hints.list[i];
			size_t place = reader_enter_index(r, i);

			hint->name = reader_string(r, item, FIELD(hint, name), RECORD_TEXT_MAX);
			hint->milli = reader_milli(r, item, FIELD(hint, count), EXITS_MAX);
			reader_leave(r, place);
			result->hints.count = i + 1;
			if (r->failed)
				break;
		}
		reader_leave(r, inner);
	}
	reader_leave(r, mark);
	if (counts)
		read_expected(r, op, result);
}

void records_read_op(struct reader *r, const json_t *op, struct op_result *result)
{
	result->op = records_name(r, op, FIELD(op, op));
	result->outcome = reader_choice(r, op, FIELD(op, outcome), outcome_names, OUTCOME_LOST);
	result->text = reader_optional_string(r, op, FIELD(op, text), RECORD_TEXT_MAX);
	result->fault = reader_optional_string(r, op, FIELD(op, fault), RECORD_TEXT_MAX);
	if (r->failed || result->outcome != OUTCOME_MEASURED)
		return;
	result->stop = reader_choice(r, op, FIELD(op, stop), stop_names, COUNT(stop_names));
	result->taken = records_count(r, op, FIELD(op, taken));
	result->kept = records_count(r, op, FIELD(op, kept));
	if (!r->failed && result->kept > result->taken)
		reader_fail(r, FIELD(op, kept), "is more than taken");
	result->operations = reader_integer(r, op, FIELD(op, operations), 1, RESULTS_MAX_COUNT);
	read_figures(r, op, &result->cycles);
	read_histogram(r, op, result);
	reader_optional_integer(r, op, FIELD(op, wait), -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS,
				&result->wait);
	if (json_object_get(op, FIELD(op, exits)))
		read_counted(r, op, result);
	else
		read_counts(r, op, result);
}
