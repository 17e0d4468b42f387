// SPDX-License-Identifier: GPL-2.0-only
#include "results/records.h"

#include <stdlib.h>
#include <string.h>

#include "difference.h"
#include "lib/message.h"
#include "op_name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const accel_names[] = { "kvm", "tcg", "lab" };
static const char *const difference_names[] = { DIFFERENCES(ENUM_NAME) };
const char *const tsc_verdict_names[] = { TSC_VERDICTS(ENUM_NAME) };

static const char *const kind_names[] = { RECORD_KINDS(ENUM_NAME) };

bool record_is(const json_t *record, enum record_kind kind)
{
	const char *name = json_string_value(json_object_get(record, FIELD(meta, record)));

	return name && !strcmp(name, kind_names[kind]);
}

int64_t records_ticks(struct reader *r, const json_t *object, const char *member)
{
	return reader_integer(r, object, member, -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS);
}

int64_t records_count(struct reader *r, const json_t *object, const char *member)
{
	return reader_integer(r, object, member, 0, RESULTS_MAX_COUNT);
}

char *records_name(struct reader *r, const json_t *object, const char *member)
{
	char *text = reader_string(r, object, member, OP_NAME_LENGTH);

	if (text && !op_name_is_good(text)) {
		reader_fail(r, member, "is \"%s\", must be of " OP_NAME_WORDS " only", text);
		free(text);
		return NULL;
	}
	return text;
}

static void read_derived(struct reader *r, const json_t *object, struct derived *d)
{
	d->name = records_name(r, object, FIELD(derived, name));
	d->minuend = records_name(r, object, FIELD(derived, minuend));
	d->subtrahend = records_name(r, object, FIELD(derived, subtrahend));
	d->cycles = records_ticks(r, object, FIELD(derived, cycles));
	d->low = records_ticks(r, object, FIELD(derived, low));
	d->high = records_ticks(r, object, FIELD(derived, high));
	d->control = json_object_get(object, FIELD(derived, control)) &&
		     reader_bool(r, object, FIELD(derived, control));
	d->says = difference_of(d->low, d->high);
	if (json_object_get(object, FIELD(derived, says)))
		d->says = reader_choice(r, object, FIELD(derived, says), difference_names,
					COUNT(difference_names));
}

static void read_end(struct reader *r, const json_t *object, struct boot *boot)
{
	boot->has_end = true;
	if (json_object_get(object, FIELD(end, foreign)) && !boot->foreign.list)
		records_read_reasons(r, object, FIELD(end, foreign), &boot->foreign);
	reader_optional_integer(r, object, FIELD(end, clamped), 0, INT64_MAX, &boot->clamped);
}

static void read_record(struct reader *r, const json_t *record, struct boot *boot, json_t *seen)
{
	struct op_result *op;

	switch (reader_choice(r, record, FIELD(meta, record), kind_names, COUNT(kind_names))) {
	case RECORD_META: /* of a resumed boot, the first counts */
		if (!r->failed && !boot->has_meta)
			records_read_meta(r, record, &boot->meta);
		boot->has_meta = true;
		break;
	case RECORD_OP:
		op = &boot->ops[boot->op_count++];
		records_read_op(r, record, op);
		if (r->failed)
			break;
		if (json_object_get(seen, op->op))
			reader_fail(r, FIELD(op, op), "%s was there before", op->op);
		json_object_set_new(seen, op->op, json_true());
		break;
	case RECORD_DERIVED:
		read_derived(r, record, &boot->derived[boot->derived_count++]);
		break;
	case RECORD_END:
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
	free_reasons(&op->hints);
	for (size_t i = 0; i < op->sites.count; i++) {
		free(op->sites.list[i].at);
		free(op->sites.list[i].reason.name);
	}
	free(op->sites.list);
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
			  m->host,    m->settings, m->tsc_verdict, m->isa,   m->keeper };

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
