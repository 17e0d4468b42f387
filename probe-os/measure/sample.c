// SPDX-License-Identifier: GPL-2.0-only
#include "measure/sample.h"

#include "cpu/insn.h"
#include "platform/counters.h"

static struct overhead overhead;
static bool counted;

/* Times of this vCPU that divide an exit's time in the host. */
struct split {
	uint64_t user, halted, descheduled;
};

static struct split read_split(void)
{
	return (struct split){
		.user = counters_vcpu(KVM_EXIT_STATS_USER),
		.halted = counters_vcpu(KVM_EXIT_STATS_HALTED),
		.descheduled =
			counters_vcpu(KVM_EXIT_STATS_SCHED) + counters_vcpu(KVM_EXIT_STATS_PAUSED),
	};
}

/* Read only this vCPU's exits if the other vCPUs have work of their own. */
static struct counters_total read_total(const struct op *op)
{
	if (op->own_vcpu)
		return (struct counters_total){ .exits = counters_vcpu(KVM_EXIT_STATS_EXITS) };
	return counters_total();
}

/* If only a part of the time counts, the rest and the overhead are a wait. */
static void note_wait(const struct op *op, struct sample *s)
{
	if (op->figure)
		s->wait = s->end - s->start - (uint64_t)(op->figure() + overhead.cycles);
	else if (op->wait)
		s->wait = op->wait(s->start);
}

static void take_counted(const struct op *op, struct sample *s)
{
	struct counters_total before, after;
	struct counters_last last;
	struct split split, split_after;

	if (op->prepare)
		op->prepare();
	split = read_split();
	before = read_total(op);
	s->start = rdtsc_fenced();
	op->run();
	s->end = rdtsc_fenced();
	last = counters_last();
	after = read_total(op);
	split_after = read_split();
	note_wait(op, s);
	if (op->finish)
		op->finish();

	s->exit = last.exit_tsc;
	s->entry = last.entry_tsc;
	s->exits = (int64_t)(after.exits - before.exits) - overhead.exits;
	s->kernel_counted = (int64_t)(after.kernel_cycles - before.kernel_cycles) - overhead.kernel;
	s->user = (int64_t)(split_after.user - split.user);
	s->halted = (int64_t)(split_after.halted - split.halted);
	s->descheduled = (int64_t)(split_after.descheduled - split.descheduled);
}

static void take_uncounted(const struct op *op, struct sample *s)
{
	if (op->prepare)
		op->prepare();
	s->start = rdtsc_fenced();
	op->run();
	s->end = rdtsc_fenced();
	note_wait(op, s);
	if (op->finish)
		op->finish();
}

void sample_init(void)
{
	counted = counters_info();
	overhead = (struct overhead){ 0 };
}

void sample_calibrate(const struct overhead *o)
{
	overhead = *o;
}

void sample_take(const struct op *op, struct sample *s)
{
	*s = (struct sample){ 0 };
	if (counted)
		take_counted(op, s);
	else
		take_uncounted(op, s);
}

int64_t sample_cycles(const struct sample *s)
{
	return (int64_t)(s->end - s->start - s->wait) - overhead.cycles;
}
