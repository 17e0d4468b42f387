// SPDX-License-Identifier: GPL-2.0-only
/* What differs between two results beside their figures. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/comparison.h"
#include "lib/message.h"
#include "results/ways.h"
#include "results/wording.h"

#define TEXT_SIZE   512
#define ALONE_NAMED 8	/* the others are counted */
#define HASH_DIGITS 16	/* of a hash are shown */
#define IDLE_LOAD   0.5 /* below it a load says that nothing else ran */

/* Take a copy of each; NULL stays so. */
static void add(struct difference_list *d, const char *name, const char *base, const char *now)
{
	d->list = xrealloc(d->list, (d->count + 1) * sizeof(*d->list));
	d->list[d->count++] = (struct difference){
		.name = xstrdup(name),
		.base = base ? xstrdup(base) : NULL,
		.now = now ? xstrdup(now) : NULL,
	};
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void compare(struct difference_list *d, const char *name, const char *base, const char *now)
{
	if (!is_same(base, now))
		add(d, name, base, now);
}

static const char *number(int64_t value, char *text, size_t size)
{
	snprintf(text, size, "%" PRId64, value);
	return text;
}

static void compare_numbers(struct difference_list *d, const char *name, int64_t base, int64_t now)
{
	char a[24], b[24];

	compare(d, name, number(base, a, sizeof(a)), number(now, b, sizeof(b)));
}

void comparison_find_obstacles(struct comparison *c)
{
	const struct results *base = c->base->results, *now = c->now->results;
	const struct meta *a = results_meta(base), *b = results_meta(now);

	compare(&c->obstacles, "accel", accel_names[base->accel], accel_names[now->accel]);
	compare(&c->obstacles, "unit", base->unit, now->unit);
	/* What tracing costs is in each round trip; the other ways cost a part of it or nothing. */
	if (base->way == WAY_TRACE || now->way == WAY_TRACE)
		compare(&c->obstacles, "exits: counted by", way_title(base->way),
			way_title(now->way));
	/* The lab's two machines are set up differently: docs/lab.md. */
	if (a && b && base->accel == ACCEL_LAB && now->accel == ACCEL_LAB)
		compare(&c->obstacles, "the lab's processor", a->vendor, b->vendor);
}

/* A load is never the same twice, and is no property of a machine. */
static bool is_load(const char *name)
{
	return !strncmp(name, "load", 4);
}

static bool is_idle(const char *load)
{
	return load && strtod(load, NULL) < IDLE_LOAD;
}

static void compare_properties(struct comparison *c)
{
	const struct results *base = c->base->results, *now = c->now->results;

	for (size_t i = 0; i < base->property_count; i++) {
		const struct property *a = &base->machine[i], *b = results_property(now, a->name);
		const char *value = b ? b->value : NULL;

		if (!is_load(a->name))
			compare(&c->machines, a->name, a->value, value);
		else if (!is_idle(a->value) || !is_idle(value))
			compare(&c->loads, a->name, a->value, value);
	}
	for (size_t i = 0; i < now->property_count; i++) {
		const struct property *b = &now->machine[i];

		if (!results_property(base, b->name) && b->value && !is_load(b->name))
			add(&c->machines, b->name, NULL, b->value);
	}
}

static const char *halted_time(const struct meta *m)
{
	return m->halted_unknown ? "unknown" : "known";
}

static const char *executed_by(const struct merged *m)
{
	return m->emulated ? "emulated by the host" : "executed by the processor";
}

/* The beginning of a hash, or a version as it is; NULL stays so. */
static const char *brief(const char *value, char *text, size_t size)
{
	bool is_hash = value && !value[strspn(value, "0123456789abcdef")];

	if (!value)
		return NULL;
	snprintf(text, size, "%.*s", is_hash ? HASH_DIGITS : (int)size, value);
	return text;
}

static void compare_part(struct difference_list *d, const char *name, const char *base,
			 const char *now)
{
	char label[TEXT_SIZE], a[TEXT_SIZE], b[TEXT_SIZE];

	snprintf(label, sizeof(label), "build: %s", name);
	if (!is_same(base, now))
		add(d, label, brief(base, a, sizeof(a)), brief(now, b, sizeof(b)));
}

/*
 * What was measured and with what.  Of the job, the run's options, other lines tell; of a
 * file of before there were fingerprints only that it has none is known.
 */
static void compare_fingerprints(struct comparison *c)
{
	const struct results *base = c->base->results, *now = c->now->results;

	if (!base->fingerprint || !now->fingerprint) {
		compare_part(&c->machines, "fingerprint", base->fingerprint, now->fingerprint);
		return;
	}
	for (size_t i = 0; i < base->part_count; i++) {
		const struct property *part = &base->parts[i];

		if (strcmp(part->name, "job"))
			compare_part(&c->machines, part->name, part->value,
				     results_part(now, part->name));
	}
	for (size_t i = 0; i < now->part_count; i++) {
		const struct property *part = &now->parts[i];

		if (strcmp(part->name, "job") && !results_part(base, part->name))
			compare_part(&c->machines, part->name, NULL, part->value);
	}
}

void comparison_find_machines(struct comparison *c)
{
	const struct meta *a = results_meta(c->base->results), *b = results_meta(c->now->results);
	struct difference_list *d = &c->machines;

	compare(d, "exitprobe", c->base->results->version, c->now->results->version);
	if (a && b) {
		compare(d, "guest: processor", a->brand, b->brand);
		compare(d, "guest: vendor", a->vendor, b->vendor);
		compare_numbers(d, "guest: family", a->family, b->family);
		compare_numbers(d, "guest: model", a->model, b->model);
		compare_numbers(d, "guest: stepping", a->stepping, b->stepping);
		compare_numbers(d, "guest: microcode", a->microcode, b->microcode);
		compare(d, "guest: hypervisor", a->hypervisor, b->hypervisor);
		compare(d, "guest: host", a->host, b->host);
		compare_numbers(d, "guest: vCPUs", a->vcpus, b->vcpus);
		compare_numbers(d, "exit statistics: version", a->stats_version, b->stats_version);
		compare(d, "exit statistics: instruction set", a->isa, b->isa);
		compare(d, "exit statistics: kept by", a->keeper, b->keeper);
		compare(d, "exit statistics: halted time", halted_time(a), halted_time(b));
		compare(d, "probe: version", a->version, b->version);
		compare(d, "probe: build", a->build, b->build);
		compare(d, "guest: instructions", executed_by(c->base), executed_by(c->now));
		compare_numbers(d, "probe: overhead", a->bracket, b->bracket);
		compare(d, "probe: settings", a->settings, b->settings);
	}
	compare(d, "exits: counted by", way_title(c->base->results->way),
		way_title(c->now->results->way));
	compare(d, "QEMU: arguments", c->base->results->qemu_args, c->now->results->qemu_args);
	compare_properties(c);
	compare_fingerprints(c);
}

/* "1.00 IOIO", or why it was not measured. */
static const char *what_happened(const struct merged_op *m, char *text, size_t size)
{
	const struct op_result *op = &m->as_one;
	char reasons[TEXT_SIZE / 2], broken[64];

	if (op->outcome != OUTCOME_MEASURED)
		return wording_outcome(op, text, size);
	if (!op->counted)
		snprintf(text, size, "measured");
	else if (!op->exits_milli && !op->reasons.count)
		snprintf(text, size, "no exits");
	else if (*wording_why(op, reasons, sizeof(reasons)))
		snprintf(text, size, "%.2f exits (%s)", (double)op->exits_milli / 1000, reasons);
	else
		snprintf(text, size, "%.2f exits", (double)op->exits_milli / 1000);
	if (*wording_broken(m, broken, sizeof(broken))) {
		size_t used = strlen(text);

		snprintf(text + used, size - used, ", %s", broken);
	}
	return text;
}

/* @milli as it counts: exactly in the lab, elsewhere to the nearest whole exit. */
static int64_t as_counted(const struct comparison *c, int64_t milli)
{
	return c->deterministic ? milli : llround((double)milli / 1000);
}

/* Every reason of @a that counts has its like in @b. */
static bool has_all(const struct comparison *c, const struct reasons *a, const struct reasons *b)
{
	for (size_t i = 0; i < a->count; i++) {
		int64_t wanted = as_counted(c, a->list[i].milli), found = 0;

		for (size_t j = 0; j < b->count; j++)
			if (b->list[j].number == a->list[i].number)
				found = as_counted(c, b->list[j].milli);
		if (wanted != found)
			return false;
	}
	return true;
}

/*
 * KVM's own statistics are those of a batch, with whatever else happened meanwhile; the
 * others count the exits of each sample.
 */
static bool numbers_differ(const struct comparison *c, int64_t a, int64_t b)
{
	if (way_counts_samples(c->base->results->way) && way_counts_samples(c->now->results->way))
		return a != b;
	return as_counted(c, llabs(a - b));
}

/* Other exits; their names say nothing across instruction sets. */
static bool exits_differ(const struct comparison *c, const struct op_result *a,
			 const struct op_result *b, bool same_isa)
{
	if (!a->counted || !b->counted)
		return false;
	if (numbers_differ(c, a->exits_milli, b->exits_milli))
		return true;
	return same_isa &&
	       (!has_all(c, &a->reasons, &b->reasons) || !has_all(c, &b->reasons, &a->reasons));
}

/* No longer measured, or broken where it was not. */
static bool got_worse(const struct merged_op *base, const struct merged_op *now)
{
	return (base->measured_boots && !now->measured_boots) ||
	       (now->broken_boots && !base->broken_boots);
}

const char *comparison_more(const struct comparison *c, int side)
{
	return c->alone_count[side] > ALONE_NAMED ? ", ..." : "";
}

/* One that only @side has: a run of a part against one of the whole has a hundred. */
static void note_alone(struct comparison *c, int side, const char *op)
{
	const char *names = c->alone[side];
	char *longer;

	if (c->alone_count[side]++ < ALONE_NAMED) {
		longer = xasprintf("%s%s%s", names ? names : "", names ? ", " : "", op);
		free(c->alone[side]);
		c->alone[side] = longer;
	}
}

void comparison_find_exits(struct comparison *c)
{
	const struct meta *ma = results_meta(c->base->results), *mb = results_meta(c->now->results);
	bool same_isa = ma && mb && is_same(ma->isa, mb->isa);
	char before[TEXT_SIZE], after[TEXT_SIZE];

	for (size_t i = 0; i < c->base->count; i++) {
		const struct merged_op *a = &c->base->ops[i];
		const struct merged_op *b = merge_find(c->now, a->as_one.op);

		if (!b) {
			note_alone(c, 0, a->as_one.op);
			continue;
		}
		what_happened(a, before, sizeof(before));
		what_happened(b, after, sizeof(after));
		if (a->as_one.outcome != b->as_one.outcome || got_worse(a, b)) {
			add(&c->exits, a->as_one.op, before, after);
			c->more_exits |= got_worse(a, b);
		} else if (a->measured_boots && exits_differ(c, &a->as_one, &b->as_one, same_isa)) {
			add(&c->exits, a->as_one.op, before, after);
			c->other_exits++;
			c->more_exits |= b->as_one.exits_milli > a->as_one.exits_milli;
		}
	}
	for (size_t i = 0; i < c->now->count; i++) {
		const struct merged_op *b = &c->now->ops[i];

		if (!merge_find(c->base, b->as_one.op))
			note_alone(c, 1, b->as_one.op);
	}
}
