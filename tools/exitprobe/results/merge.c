// SPDX-License-Identifier: GPL-2.0-only
#include "results/merge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "difference.h"
#include "lib/message.h"
#include "results/merge_op.h"
#include "results/ways.h"

int64_t merge_half_interval(const struct figures *f)
{
	return (f->ci_high - f->ci_low + 1) / 2;
}

double merge_spread_percent(const struct merged_op *op)
{
	double p50 = fabs((double)op->as_one.cycles.p50);

	if (op->highest == op->lowest)
		return 0;
	return 100 * (double)(op->highest - op->lowest) / (p50 > 1 ? p50 : 1);
}

const struct merged_op *merge_find(const struct merged *merged, const char *op)
{
	const json_t *at = json_object_get(merged->index, op);

	return at ? &merged->ops[json_integer_value(at)] : NULL;
}

/* The place of the operation of that name, a new one if need be. */
static size_t place_of(struct merged *merged, const char *op)
{
	const struct merged_op *m = merge_find(merged, op);

	if (m)
		return (size_t)(m - merged->ops);
	json_object_set_new(merged->index, op, json_integer((json_int_t)merged->count));
	return merged->count++;
}

static bool is_broken(enum outcome outcome)
{
	return outcome != OUTCOME_MEASURED && outcome != OUTCOME_SKIPPED;
}

static void note_broken(struct merged_op *m, enum outcome outcome)
{
	if (!m->broken_boots++)
		m->broken_as = outcome;
}

/* What no boot measured is as in the first that has it broken, or else that has it. */
static void merge_op(struct merged_op *m, const struct sources *all)
{
	struct sources from = { .list = xcalloc(all->count, sizeof(*from.list)) };
	const struct op_result *other = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct op_result *one = all->list[i];

		m->boots++;
		if (one->outcome == OUTCOME_MEASURED)
			from.list[from.count++] = one;
		else if (!other || (is_broken(one->outcome) && !is_broken(other->outcome)))
			other = one;
		if (is_broken(one->outcome))
			note_broken(m, one->outcome);
	}
	if (from.count)
		merge_op_measured(m, &from);
	else if (other)
		m->as_one = *other;
	free(from.list);
}

/* Each operation of all boots, gathered by name: a search for each would be hours. */
static void merge_ops(struct merged *merged, const struct results *results)
{
	struct sources *all = xcalloc(RESULTS_MAX_OPERATIONS, sizeof(*all));

	for (size_t i = 0; i < results->boot_count; i++) {
		const struct boot *boot = &results->boots[i];

		for (size_t o = 0; o < boot->op_count; o++) {
			struct sources *s = &all[place_of(merged, boot->ops[o].op)];

			s->list = xrealloc(s->list, (s->count + 1) * sizeof(*s->list));
			s->list[s->count++] = &boot->ops[o];
		}
	}
	for (size_t i = 0; i < merged->count; i++) {
		merge_op(&merged->ops[i], &all[i]);
		free(all[i].list);
	}
	free(all);
}

static void merge_lost(struct merged *merged, const struct boot *boot)
{
	for (size_t i = 0; i < boot->lost_count; i++) {
		const struct lost *lost = &boot->lost[i];
		struct merged_op *m = &merged->ops[place_of(merged, lost->op)];

		if (!m->boots) {
			m->as_one.op = lost->op;
			m->as_one.outcome = OUTCOME_LOST;
			m->as_one.text = lost->how;
		}
		m->boots++;
		note_broken(m, OUTCOME_LOST);
	}
}

/* @places: of those that there are, by number. */
static void merge_foreign(struct merged *merged, const struct reasons *more, json_t *places)
{
	struct reasons *all = &merged->foreign;

	for (size_t i = 0; i < more->count; i++) {
		char number[24];
		const json_t *at;

		snprintf(number, sizeof(number), "%" PRId64, more->list[i].number);
		at = json_object_get(places, number);
		if (at) {
			all->list[json_integer_value(at)].milli += more->list[i].milli;
			continue;
		}
		json_object_set_new(places, number, json_integer((json_int_t)all->count));
		all->list = xrealloc(all->list, (all->count + 1) * sizeof(*all->list));
		all->list[all->count++] = more->list[i];
	}
}

/* That the clock of each boot serves to tell what an exit leaves behind. */
static bool is_steady(const struct results *results)
{
	for (size_t i = 0; i < results->boot_count; i++)
		if (results->boots[i].has_meta &&
		    (!results->boots[i].meta.tsc_monotonic || results->boots[i].meta.emulated))
			return false;
	return true;
}

static enum difference_kind merged_says(const struct derived *d, const struct figures *subtrahend,
					const struct results *results)
{
	if (!d->control)
		return difference_of(d->low, d->high);
	/* A single boot has said so itself, and knows more about its clock. */
	if (!is_steady(results) || (results->boot_count == 1 && d->says == DIFFERENCE_UNKNOWN))
		return DIFFERENCE_UNKNOWN;
	return difference_from_control(d->low, d->high, subtrahend->ci_low, subtrahend->ci_high);
}

/* The differences of the merged medians, of what @boot derived and none in @seen did. */
static void merge_derived(struct merged *merged, const struct boot *boot, json_t *seen)
{
	for (size_t i = 0; i < boot->derived_count; i++) {
		struct derived d = boot->derived[i];
		const struct merged_op *a = merge_find(merged, d.minuend);
		const struct merged_op *b = merge_find(merged, d.subtrahend);

		if (!a || !b || !a->measured_boots || !b->measured_boots ||
		    json_object_get(seen, d.name))
			continue;
		json_object_set_new(seen, d.name, json_true());
		d.cycles = a->as_one.cycles.p50 - b->as_one.cycles.p50;
		d.low = a->as_one.cycles.ci_low - b->as_one.cycles.ci_high;
		d.high = a->as_one.cycles.ci_high - b->as_one.cycles.ci_low;
		d.says = merged_says(&d, &b->as_one.cycles, merged->results);
		if (a->as_one.counted && b->as_one.counted)
			d.exits_milli = a->as_one.exits_milli - b->as_one.exits_milli;
		merged->derived[merged->derived_count++] = d;
	}
}

static void count_op(struct merged *merged, const struct merged_op *m)
{
	const struct op_result *one = &m->as_one;

	merged->outcomes[m->broken_boots ? m->broken_as : one->outcome]++;
	if (one->outcome != OUTCOME_MEASURED)
		return;
	merged->counted |= one->counted;
	merged->sampled |= one->counted && way_counts_samples(merged->results->way);
	for (int p = 0; p < PART_COUNT; p++)
		merged->dissected |= one->counted && one->exits_milli && one->parts.known[p];
	merged->set_aside += one->aside_exits + one->aside_away;
	if (one->has_expected)
		*(one->agrees ? &merged->agreed : &merged->differed) += 1;
}

/* A NOP takes no tick or one; so many, and KVM's emulator goes through each instruction. */
#define EMULATED_TICKS 100

/*
 * As the probe says; an older one says it in the row of INT3, at which such a VM would end,
 * and in that of NOP, where the least of many samples has no interrupt of the host's in it.
 */
static bool is_emulated(const struct merged *merged)
{
	static const char text[] = "all instructions are emulated";
	const struct merged_op *bp = merge_find(merged, "bp"), *nop = merge_find(merged, "nop");

	for (size_t i = 0; i < merged->results->boot_count; i++)
		if (merged->results->boots[i].meta.emulated)
			return true;
	if (bp && bp->as_one.text && !strncmp(bp->as_one.text, text, sizeof(text) - 1))
		return true;
	return merged->results->accel == ACCEL_KVM && nop && nop->measured_boots &&
	       nop->as_one.cycles.min >= EMULATED_TICKS;
}

struct merged *merge_results(const struct results *results)
{
	struct merged *merged = xcalloc(1, sizeof(*merged));
	json_t *places = json_object(), *seen = json_object();
	size_t derived = 0;

	merged->results = results;
	merged->index = json_object();
	merged->ops = xcalloc(RESULTS_MAX_OPERATIONS, sizeof(*merged->ops));
	merge_ops(merged, results);
	for (size_t i = 0; i < results->boot_count; i++) {
		merge_lost(merged, &results->boots[i]);
		merge_foreign(merged, &results->boots[i].foreign, places);
	}
	json_decref(places);
	for (size_t i = 0; i < merged->count; i++)
		count_op(merged, &merged->ops[i]);
	merged->emulated = is_emulated(merged);
	for (size_t i = 0; i < results->boot_count; i++)
		derived += results->boots[i].derived_count;
	merged->derived = xcalloc(derived, sizeof(*merged->derived));
	for (size_t i = 0; i < results->boot_count; i++)
		merge_derived(merged, &results->boots[i], seen);
	json_decref(seen);
	return merged;
}

void merge_free(struct merged *merged)
{
	if (!merged)
		return;
	for (size_t i = 0; i < merged->count; i++) {
		struct merged_op *m = &merged->ops[i];

		if (m->measured_boots)
			free(m->as_one.histogram.buckets);
		free(m->measured);
		free(m->medians);
		free(m->boot_parts);
	}
	free(merged->ops);
	free(merged->derived);
	free(merged->foreign.list);
	json_decref(merged->index);
	free(merged);
}
