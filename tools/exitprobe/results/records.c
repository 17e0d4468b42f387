// SPDX-License-Identifier: GPL-2.0-only
#include "results/records.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define NAME_MAX_TEXT 17 /* of an operation, by the schema */
#define REASONS_MAX   256
#define EXITS_MAX     ((int64_t)1 << 32)

const char *const accel_names[] = { "kvm", "tcg", "lab" };
const char *const outcome_names[] = { "measured", "skipped", "hangs", "faulted", "failed", "lost" };
const char *const stop_names[] = { "settled", "samples", "budget", "room" };
const char *const part_names[] = { "out", "kernel", "user", "halted", "in" };

static int64_t ticks(struct reader *r, const json_t *object, const char *member)
{
	return reader_integer(r, object, member, -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS);
}

static int64_t count(struct reader *r, const json_t *object, const char *member)
{
	return reader_integer(r, object, member, 0, RESULTS_MAX_COUNT);
}

char *records_name(struct reader *r, const json_t *object, const char *member)
{
	char *text = reader_string(r, object, member, NAME_MAX_TEXT);

	if (text && (!*text || text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")])) {
		reader_fail(r, member, "is \"%s\", must be of a-z, 0-9 and - only", text);
		free(text);
		return NULL;
	}
	return text;
}

static void read_figures(struct reader *r, const json_t *op, struct figures *f)
{
	json_t *cycles = reader_object(r, op, "cycles");
	size_t mark = reader_enter(r, "cycles");

	if (cycles) {
		f->min = ticks(r, cycles, "min");
		f->p50 = ticks(r, cycles, "p50");
		f->p90 = ticks(r, cycles, "p90");
		f->p99 = ticks(r, cycles, "p99");
		f->max = ticks(r, cycles, "max");
		f->mean = ticks(r, cycles, "mean");
		f->ci_low = ticks(r, cycles, "ci_low");
		f->ci_high = ticks(r, cycles, "ci_high");
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
	json_t *list = reader_array(r, op, "histogram", RESULTS_MAX_BUCKETS);
	size_t mark = reader_enter(r, "histogram");
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

static void read_reasons(struct reader *r, const json_t *object, const char *member,
			 struct reasons *reasons)
{
	json_t *list = reader_array(r, object, member, REASONS_MAX);
	size_t mark = reader_enter(r, member), inner, i;
	json_t *item;

	reasons->list = xcalloc(json_array_size(list), sizeof(*reasons->list));
	json_array_foreach(list, i, item) {
		struct reason *reason = &reasons->list[i];

		inner = reader_enter_index(r, i);
		reason->number = reader_integer(r, item, "reason", 0, UINT32_MAX);
		reason->name = reader_string(r, item, "name", RECORD_TEXT_MAX);
		reason->milli = reader_milli(r, item, "exits", EXITS_MAX);
		reader_leave(r, inner);
		reasons->count = i + 1;
		if (r->failed)
			break;
	}
	reader_leave(r, mark);
}

static void read_parts(struct reader *r, const json_t *op, struct parts *parts)
{
	json_t *object = reader_optional_object(r, op, "parts");
	size_t mark = reader_enter(r, "parts");

	for (size_t p = 0; object && p < PART_COUNT; p++)
		parts->known[p] = reader_optional_integer(r, object, part_names[p],
							  -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS,
							  &parts->ticks[p]);
	reader_leave(r, mark);
}

static void read_expected(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *object = reader_optional_object(r, op, "expected"), *list, *item;
	struct expected *e = &result->expected;
	size_t mark = reader_enter(r, "expected"), i;

	if (object) {
		result->has_expected = true;
		e->min = count(r, object, "min");
		e->max = count(r, object, "max");
		e->varies = reader_optional_string(r, object, "varies", RECORD_TEXT_MAX);
		list = reader_array(r, object, "reasons", REASONS_MAX);
		e->reasons = xcalloc(json_array_size(list), sizeof(*e->reasons));
		json_array_foreach(list, i, item) {
			if (!json_is_string(item) || json_string_length(item) > RECORD_TEXT_MAX) {
				reader_enter(r, "reasons");
				reader_enter_index(r, i);
				reader_fail(r, NULL, "must be a short string");
				break;
			}
			e->reasons[e->reason_count++] = xstrdup(json_string_value(item));
		}
	}
	reader_leave(r, mark);
	if (object)
		result->agrees = reader_bool(r, op, "agrees");
}

static void read_counted(struct reader *r, const json_t *op, struct op_result *result)
{
	json_t *batch, *aside;
	size_t mark;

	result->counted = true;
	result->exits_milli = reader_milli(r, op, "exits", EXITS_MAX);
	read_parts(r, op, &result->parts);
	batch = reader_object(r, op, "batch");
	mark = reader_enter(r, "batch");
	if (batch)
		read_reasons(r, batch, "reasons", &result->reasons);
	reader_leave(r, mark);
	aside = reader_object(r, op, "set_aside");
	mark = reader_enter(r, "set_aside");
	if (aside) {
		result->aside_exits = count(r, aside, "exits");
		result->aside_away = count(r, aside, "away");
	}
	reader_leave(r, mark);
	result->descheduled = reader_bool(r, op, "descheduled");
	read_reasons(r, op, "foreign", &result->foreign);
	read_expected(r, op, result);
}

static void read_op(struct reader *r, const json_t *op, struct op_result *result)
{
	result->op = records_name(r, op, "op");
	result->outcome = reader_choice(r, op, "outcome", outcome_names, OUTCOME_LOST);
	result->text = reader_optional_string(r, op, "text", RECORD_TEXT_MAX);
	result->fault = reader_optional_string(r, op, "fault", RECORD_TEXT_MAX);
	if (r->failed || result->outcome != OUTCOME_MEASURED)
		return;
	result->stop = reader_choice(r, op, "stop", stop_names, COUNT(stop_names));
	result->taken = count(r, op, "taken");
	result->kept = count(r, op, "kept");
	if (!r->failed && result->kept > result->taken)
		reader_fail(r, "kept", "is more than taken");
	result->operations = reader_integer(r, op, "operations", 1, RESULTS_MAX_COUNT);
	read_figures(r, op, &result->cycles);
	read_histogram(r, op, result);
	reader_optional_integer(r, op, "wait", -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS,
				&result->wait);
	if (json_object_get(op, "exits"))
		read_counted(r, op, result);
}

static void read_derived(struct reader *r, const json_t *object, struct derived *d)
{
	d->name = records_name(r, object, "name");
	d->minuend = records_name(r, object, "minuend");
	d->subtrahend = records_name(r, object, "subtrahend");
	d->cycles = ticks(r, object, "cycles");
	d->low = ticks(r, object, "low");
	d->high = ticks(r, object, "high");
}

static void read_end(struct reader *r, const json_t *object, struct boot *boot)
{
	boot->has_end = true;
	if (json_object_get(object, "foreign") && !boot->foreign.list)
		read_reasons(r, object, "foreign", &boot->foreign);
	reader_optional_integer(r, object, "clamped", 0, INT64_MAX, &boot->clamped);
}

static void read_record(struct reader *r, const json_t *record, struct boot *boot, json_t *seen)
{
	static const char *const kinds[] = { "meta", "start", "op", "derived", "end" };
	struct op_result *op;

	switch (reader_choice(r, record, "record", kinds, COUNT(kinds))) {
	case 0: /* of a resumed boot, the first counts */
		if (!r->failed && !boot->has_meta)
			records_read_meta(r, record, &boot->meta);
		boot->has_meta = true;
		break;
	case 2:
		op = &boot->ops[boot->op_count++];
		read_op(r, record, op);
		if (r->failed)
			break;
		if (json_object_get(seen, op->op))
			reader_fail(r, "op", "%s was there before", op->op);
		json_object_set_new(seen, op->op, json_true());
		break;
	case 3:
		read_derived(r, record, &boot->derived[boot->derived_count++]);
		break;
	case 4:
		read_end(r, record, boot);
		break;
	default:
		break;
	}
}

void records_read(struct reader *r, const json_t *records, struct boot *boot)
{
	size_t mark, i, size = json_array_size(records);
	json_t *seen = json_object(), *record;

	boot->ops = xcalloc(size, sizeof(*boot->ops));
	boot->derived = xcalloc(size, sizeof(*boot->derived));
	json_array_foreach(records, i, record) {
		mark = reader_enter_index(r, i);
		read_record(r, record, boot, seen);
		reader_leave(r, mark);
		if (r->failed)
			break;
	}
	json_decref(seen);
}

static void free_reasons(struct reasons *reasons)
{
	for (size_t i = 0; i < reasons->count; i++)
		free(reasons->list[i].name);
	free(reasons->list);
}

static void free_op(struct op_result *op)
{
	free(op->op);
	free(op->text);
	free(op->fault);
	free(op->histogram.buckets);
	free_reasons(&op->reasons);
	free_reasons(&op->foreign);
	for (size_t i = 0; i < op->expected.reason_count; i++)
		free(op->expected.reasons[i]);
	free(op->expected.reasons);
	free(op->expected.varies);
}

void records_free(struct boot *boot)
{
	struct meta *m = &boot->meta;
	char *texts[] = { m->version, m->build,	   m->vendor,	   m->brand, m->hypervisor,
			  m->host,    m->settings, m->tsc_verdict, m->isa };

	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < boot->op_count; i++)
		free_op(&boot->ops[i]);
	free(boot->ops);
	for (size_t i = 0; i < boot->derived_count; i++) {
		free(boot->derived[i].name);
		free(boot->derived[i].minuend);
		free(boot->derived[i].subtrahend);
	}
	free(boot->derived);
	free_reasons(&boot->foreign);
}
