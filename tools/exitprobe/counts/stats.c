// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's own statistics (Linux, Documentation/virt/kvm/api.rst, 4.132), which QEMU's monitor
 * gives to anyone who may start a VM: read before and after each batch.
 *
 * They count more than the batch: to be read by QEMU 7.2 the vCPU is kicked out of the
 * guest, and the host's ticks come while the probe waits for an answer.  All of these are
 * interrupts of the host, which irq_exits counts too, so they are taken off.
 */
#include "counts/counts.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/message.h"
#include "results/records.h"
#include "vm/host.h"

#define TIMEOUT_MS 20000

#define EXITS	   "exits"
#define INTERRUPTS "irq_exits"

/* The fewest exits that so many tries of a batch had are taken for those of a quiet host. */
#define LEAST_SEEN 3

/* What has been counted from the beginning of a batch to its end, in the try with the fewest exits. */
struct batch {
	json_t *counts; /* by name; NULL: there was no try */
	int seen;	/* so many tries had as few */
	json_int_t runs, operations;
};

struct stats {
	struct qmp *qmp;
	char *first_vcpu; /* its path among QEMU's objects */
	json_t *before;	  /* the reading at the beginning of the present batch, or NULL */
	struct batch parts[COUNT_PARTS];
};

/* A histogram is an array; what is beyond all counts is none. */
static void add_count(json_t *counts, const char *name, const json_t *value)
{
	json_int_t count = json_integer_value(value);

	if (json_is_integer(value) && count >= 0 && count <= RESULTS_MAX_TICKS)
		json_object_set_new(
			counts, name,
			json_integer(count + json_integer_value(json_object_get(counts, name))));
}

/* All counts by name, of the first vCPU or summed over all; NULL: no answer. */
static json_t *read_counts(struct stats *s, bool first)
{
	json_t *answer = qmp_execute(
		s->qmp, "query-stats",
		json_pack("{s:s, s:[{s:s}]}", "target", "vcpu", "providers", "provider", "kvm"),
		TIMEOUT_MS);
	json_t *counts = answer ? json_object() : NULL, *vcpu, *stat;
	size_t i, j;

	json_array_foreach(answer, i, vcpu) {
		const char *path = json_string_value(json_object_get(vcpu, "qom-path"));

		if (first && path && s->first_vcpu && strcmp(path, s->first_vcpu))
			continue;
		json_array_foreach(json_object_get(vcpu, "stats"), j, stat) {
			const char *name = json_string_value(json_object_get(stat, "name"));
			json_t *value = json_object_get(stat, "value");

			if (name)
				add_count(counts, name, value);
		}
	}
	json_decref(answer);
	return counts;
}

static json_int_t count_of(const json_t *counts, const char *name)
{
	return json_integer_value(json_object_get(counts, name));
}

/* Exits that are none of the host's interrupts. */
static json_int_t own_exits(const json_t *counts)
{
	return count_of(counts, EXITS) - count_of(counts, INTERRUPTS);
}

/* Every count of @a less that of @b. */
static json_t *difference(json_t *a, const json_t *b)
{
	json_t *counts = json_object(), *value;
	const char *name;

	json_object_foreach(a, name, value)
		json_object_set_new(counts, name,
				    json_integer(json_integer_value(value) - count_of(b, name)));
	return counts;
}

static char *objection(void)
{
	int kvm = host_open_device("/dev/kvm", O_RDWR | O_CLOEXEC), has;

	if (kvm < 0)
		return xstrdup("/dev/kvm cannot be opened");
	has = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_BINARY_STATS_FD);
	close(kvm);
	return has > 0 ? NULL : xstrdup("this kernel's KVM has none for programs (5.14 and later)");
}

static void *begin(const struct counting_vm *vm, char *why, size_t size)
{
	struct stats *s = xcalloc(1, sizeof(*s));
	json_t *cpus = qmp_execute(vm->qmp, "query-cpus-fast", NULL, TIMEOUT_MS), *counts, *cpu;
	const char *path;
	size_t i;

	s->qmp = vm->qmp;
	json_array_foreach(cpus, i, cpu) {
		path = json_string_value(json_object_get(cpu, "qom-path"));
		if (path && !json_integer_value(json_object_get(cpu, "cpu-index")))
			s->first_vcpu = xstrdup(path);
	}
	json_decref(cpus);
	counts = read_counts(s, false);
	if (json_object_get(counts, EXITS)) {
		json_decref(counts);
		return s;
	}
	if (!counts)
		snprintf(why, size, "QEMU %s does not give them (7.1 and later): %s",
			 vm->qmp->version,
			 *vm->qmp->refusal ? vm->qmp->refusal : "its monitor does not answer");
	else
		snprintf(why, size, "QEMU %s gives no count of exits", vm->qmp->version);
	json_decref(counts);
	free(s->first_vcpu);
	free(s);
	return NULL;
}

/* What a guest has asked for, read once: it can change the memory at any time. */
struct request {
	uint32_t part, runs, operations;
	bool own_vcpu;
};

static struct request request_of(const volatile struct count_channel *channel)
{
	return (struct request){ channel->part, channel->runs, channel->operations,
				 channel->own_vcpu };
}

/* Keep the batch with the fewest exits: what is more is none of the operation's. */
static void keep(struct batch *b, json_t *counts, const struct request *r)
{
	json_int_t exits = own_exits(counts);

	if (b->counts && own_exits(b->counts) <= exits) {
		b->seen += own_exits(b->counts) == exits;
		json_decref(counts);
		return;
	}
	json_decref(b->counts);
	*b = (struct batch){ counts, 1, r->runs, r->operations };
}

static bool end_batch(struct stats *s, volatile struct count_channel *channel)
{
	const struct request r = request_of(channel);
	json_t *after = read_counts(s, r.own_vcpu), *counts;
	struct batch *b;
	json_int_t more;
	bool quiet;

	if (!after || !s->before || r.part >= COUNT_PARTS || !r.runs || !r.operations) {
		json_decref(after);
		return false;
	}
	counts = difference(after, s->before);
	json_decref(after);
	more = own_exits(counts) - own_exits(s->parts[COUNT_PART_EMPTY].counts);
	/* Exits of the operation divide among the runs. */
	quiet = r.part == COUNT_PART_EMPTY ? !own_exits(counts) : more % r.runs == 0;
	b = &s->parts[r.part];
	keep(b, counts, &r);
	channel->again = !quiet && b->seen < LEAST_SEEN;
	return true;
}

static enum counting_answer answer(void *state, volatile struct count_channel *channel)
{
	struct stats *s = state;
	bool done = false;

	switch (channel->request) {
	case COUNT_BATCH_BEGIN:
		json_decref(s->before);
		s->before = read_counts(s, channel->own_vcpu);
		done = s->before;
		break;
	case COUNT_BATCH_END:
		done = end_batch(s, channel);
		json_decref(s->before);
		s->before = NULL;
		break;
	}
	return done ? COUNTING_DONE : COUNTING_FAILED;
}

/* What moves with every exit, or with none, and says nothing about why. */
static bool is_no_hint(const char *name)
{
	static const char *const names[] = { EXITS,	     INTERRUPTS,
					     "fpu_reload",   "host_state_reload",
					     "req_event",    "halt_attempted_poll",
					     "guest_mode",   "halt_successful_poll",
					     "blocking",     "halt_poll_invalid",
					     "signal_exits", "preemption_reported",
					     "l1d_flush",    "preemption_other" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return length > 3 && !strcmp(name + length - 3, "_ns");
}

static json_t *per_operation(json_int_t count, const struct batch *b)
{
	return counts_per_operation(count, (double)b->runs * (double)b->operations);
}

static json_t *hints_of(json_t *own, const struct batch *b, const struct batch *nothing)
{
	json_t *hints = json_array(), *value;
	const char *name;

	json_object_foreach(own, name, value) {
		json_int_t count = json_integer_value(value);

		/*
		 * What is not there in every other run is not the operation's, and of what is
		 * there without one nobody knows how much is: a KVM that emulates every
		 * instruction counts those with which the probe waits.
		 */
		if (count <= 0 || 2 * count < b->runs || is_no_hint(name) ||
		    2 * count_of(nothing->counts, name) >= nothing->runs)
			continue;
		json_array_append_new(hints,
				      json_pack("{s:s, s:o}", FIELD(hint, name), name,
						FIELD(hint, count), per_operation(count, b)));
	}
	return hints;
}

static bool is_as_expected(const json_t *expected, const json_t *exits)
{
	json_int_t max = json_integer_value(json_object_get(expected, FIELD(expected, max)));
	double count = json_number_value(exits);

	return count >= json_number_value(json_object_get(expected, FIELD(expected, min))) &&
	       (max == EXITS_UNBOUNDED || count <= (double)max);
}

/* What is to be taken off: what prepares and finishes the operation, or the requests alone. */
static const struct batch *around_of(const struct stats *s)
{
	const struct batch *around = &s->parts[COUNT_PART_AROUND];

	return around->counts ? around : &s->parts[COUNT_PART_EMPTY];
}

/*
 * Exits of the operation in all its runs.  Not every KVM counts the host's interrupts as
 * such: then a batch of nothing has some, and what is taken off has others than the batch.
 * What is a whole number for each run but for so many is taken for that.
 */
static json_int_t exits_of(const struct stats *s)
{
	const struct batch *all = &s->parts[COUNT_PART_ALL], *around = around_of(s);
	json_int_t exits = own_exits(all->counts) - own_exits(around->counts);
	json_int_t whole = llround((double)exits / (double)all->runs) * all->runs;
	bool is_noisy = own_exits(s->parts[COUNT_PART_EMPTY].counts);
	json_int_t noise = is_noisy ? own_exits(around->counts) % all->runs : 0;

	return llabs(whole - exits) <= noise ? whole : exits;
}

static void complete(void *state, json_t *op)
{
	struct stats *s = state;
	const struct batch *all = &s->parts[COUNT_PART_ALL];
	json_t *own, *exits, *expected = json_object_get(op, FIELD(op, expected));
	json_int_t interrupts, count;

	if (all->counts && json_object_get(op, FIELD(op, cycles))) {
		own = difference(all->counts, around_of(s)->counts);
		interrupts = count_of(own, INTERRUPTS);
		/* As many as there were runs are the operation's, not the host's. */
		interrupts = interrupts > 0 ? interrupts - interrupts % all->runs : 0;
		count = exits_of(s) + interrupts;
		exits = per_operation(count > 0 ? count : 0, all);
		if (expected)
			json_object_set_new(op, FIELD(op, agrees),
					    json_boolean(is_as_expected(expected, exits)));
		json_object_set_new(op, FIELD(op, counts),
				    json_pack("{s:I, s:o, s:o}", FIELD(counts, runs), all->runs,
					      FIELD(counts, exits), exits, FIELD(counts, hints),
					      hints_of(own, all, &s->parts[COUNT_PART_EMPTY])));
		json_decref(own);
	}
	for (size_t i = COUNT_PART_ALL; i < COUNT_PARTS; i++) {
		json_decref(s->parts[i].counts);
		s->parts[i] = (struct batch){ 0 };
	}
}

static void end(void *state)
{
	struct stats *s = state;

	for (size_t i = 0; i < COUNT_PARTS; i++)
		json_decref(s->parts[i].counts);
	json_decref(s->before);
	free(s->first_vcpu);
	free(s);
}

const struct counting counts_stats = {
	.way = WAY_STATS,
	.gives = COUNT_GIVES_BATCHES,
	.objection = objection,
	.begin = begin,
	.answer = answer,
	.complete = complete,
	.end = end,
};
