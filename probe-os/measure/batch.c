// SPDX-License-Identifier: GPL-2.0-only
#include "measure/batch.h"

#include "cpu/insn.h"
#include "measure/expect.h"
#include "platform/counters.h"

static struct reading before, after;
static struct batch queries; /* the cost of the readings, without any run */
static struct batch idle;    /* the cost of the same number of empty runs */

struct times {
	uint64_t kernel, user, halted, l2_exits;
};

static struct times read_times(void)
{
	return (struct times){
		.kernel = counters_vcpu(KVM_EXIT_STATS_KERNEL),
		.user = counters_vcpu(KVM_EXIT_STATS_USER),
		.halted = counters_vcpu(KVM_EXIT_STATS_HALTED),
		.l2_exits = counters_vcpu(KVM_EXIT_STATS_L2_EXITS),
	};
}

int64_t batch_back_to_back(const struct op *op, unsigned int runs)
{
	uint64_t start = rdtsc_fenced(), run_start, waited = 0;

	for (unsigned int i = 0; i < runs; i++) {
		if (op->prepare)
			op->prepare();
		if (!op->wait && !op->figure) {
			op->run();
		} else {
			run_start = rdtsc_fenced();
			op->run();
			waited += op->figure ? rdtsc_fenced() - run_start - (uint64_t)op->figure()
					     : op->wait(run_start);
		}
		if (op->finish)
			op->finish();
	}
	return (int64_t)(rdtsc_fenced() - start - waited);
}

static void run_by_leaf(const struct op *op, unsigned int runs, bool vm, struct batch *b)
{
	struct times from, to;

	reasons_read(&before, vm);
	from = read_times();
	b->cycles = batch_back_to_back(op, runs);
	to = read_times();
	reasons_read(&after, vm);

	b->kernel = (int64_t)(to.kernel - from.kernel);
	b->user = (int64_t)(to.user - from.user);
	b->halted = (int64_t)(to.halted - from.halted);
	b->l2_exits = (int64_t)(to.l2_exits - from.l2_exits);
}

/* The same where a program on the host counts: one reading has the exits and the times. */
static void run_by_host(const struct op *op, unsigned int runs, bool vm, struct batch *b)
{
	reasons_read(&before, vm);
	b->cycles = batch_back_to_back(op, runs);
	reasons_read(&after, vm);
	b->kernel = after.times.kernel - before.times.kernel;
	b->user = after.times.user - before.times.user;
	b->halted = after.times.halted - before.times.halted;
	b->l2_exits = 0;
}

/* Measure @runs runs and everything else between the two readings. */
static void run_once(const struct op *op, unsigned int runs, struct batch *b)
{
	(counters_info() ? run_by_leaf : run_by_host)(op, runs, reasons_of_vm(op), b);
	b->runs = runs;
	for (unsigned int i = 0; i < reasons_slots(); i++)
		b->exits[i] = reasons_between(&before, &after, i);
}

/*
 * Count the exits that the host caused. For a reason that only the host causes
 * these are all. If @expected names the reason, they are the remainder that does
 * not divide evenly among the runs.
 */
static int64_t host_exits(const struct batch *b, const struct expectation *expected)
{
	int64_t exits = 0;

	for (unsigned int i = 0; i < reasons_slots(); i++) {
		uint32_t reason = reasons_number(i);

		if (!reason_is_hosts(reason))
			continue;
		exits += expectation_names(expected, reason) ? b->exits[i] % b->runs : b->exits[i];
	}
	return exits;
}

/* Repeat the batch and keep the one with the fewest host exits. */
static void run_quietly(const struct op *op, unsigned int runs, uint64_t tsc,
			const struct expectation *expected, struct batch *b)
{
	static struct batch one;
	uint64_t start = rdtsc_fenced();
	int64_t least = INT64_MAX;

	for (int try = 0; !try || (least && try < BATCH_TRIES && rdtsc_fenced() - start < tsc);
	     try++) {
		int64_t exits;

		run_once(op, runs, &one);
		exits = host_exits(&one, expected);
		if (exits < least) {
			least = exits;
			*b = one;
		}
	}
}

static void subtract(struct batch *from, const struct batch *b)
{
	from->cycles -= b->cycles;
	from->kernel -= b->kernel;
	from->user -= b->user;
	from->halted -= b->halted;
	from->l2_exits -= b->l2_exits;
	for (unsigned int i = 0; i < reasons_slots(); i++)
		from->exits[i] -= b->exits[i];
}

void batch_init(unsigned int runs)
{
	run_quietly(&op_empty, 0, UINT64_MAX, NULL, &queries);
	run_quietly(&op_empty, runs, UINT64_MAX, NULL, &idle);
}

void batch_run(const struct op *op, unsigned int runs, uint64_t tsc,
	       const struct expectation *expected, struct batch *all, struct batch *own)
{
	static struct batch around;
	struct op without = *op;

	run_quietly(op, runs, tsc, expected, all);
	*own = *all;
	subtract(all, &queries);
	if (!op->prepare && !op->finish && runs == idle.runs) {
		subtract(own, &idle);
		return;
	}
	without.run = op_empty.run;
	without.wait = NULL;
	without.figure = NULL;
	run_quietly(&without, runs, tsc, expected, &around);
	subtract(own, &around);
}
