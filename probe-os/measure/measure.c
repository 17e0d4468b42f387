// SPDX-License-Identifier: GPL-2.0-only
#include "measure/measure.h"

#include "cpu/insn.h"
#include "cpu/trap.h"
#include "measure/account.h"
#include "measure/batch.h"
#include "measure/expect.h"
#include "measure/guard.h"
#include "measure/host_counts.h"
#include "measure/sampling.h"
#include "measure/watching.h"
#include "ops/smp_rendezvous.h"
#include "platform/counters.h"

/* These first samples do not count, because caches, TLBs and predictors settle. */
#define WARM_UP 8

/* Fewer runs say nothing. */
#define LEAST_ROOM 8

#define BATCH_RUNS	 64
#define BATCH_RUNS_LEAST 4
/* Where a run has many exits, as OUTS has, so many are enough. */
#define BATCH_EXITS	 1024

static struct overhead overhead;

/* Return how many runs fit into a batch with all its repetitions, from the samples' duration. */
static unsigned int batch_runs(const struct plan *plan, const struct measurement *m)
{
	uint64_t run = (uint64_t)(m->cycles.p50 * m->operations + m->wait);
	uint64_t fit = m->cycles.p50 > 0 ? plan->batch_tsc / BATCH_TRIES / run : BATCH_RUNS;

	if (m->exits > 0 && fit > BATCH_EXITS / (uint64_t)m->exits)
		fit = BATCH_EXITS / (uint64_t)m->exits;
	return fit < BATCH_RUNS_LEAST ? BATCH_RUNS_LEAST
	       : fit < BATCH_RUNS     ? (unsigned int)fit
				      : BATCH_RUNS;
}

/* Return whether the host has lost exits of the operation: then it has no figures. */
static bool host_gave_up(struct measurement *m)
{
	const char *why = host_counts_failed();

	if (!why || counters_info())
		return false;
	m->outcome = OUTCOME_FAILED;
	m->text = why;
	return true;
}

/* Take the samples, then run the batch. Read the reasons' counters around both. */
static void measure_guarded(const struct op *op, const struct plan *plan, struct measurement *m)
{
	static struct reading before, after;
	static struct batch all, own;
	size_t room = op->limit ? op->limit() : SIZE_MAX, warm_up = WARM_UP;
	unsigned int runs = BATCH_RUNS;

	/* The batch takes a quarter of the room: it runs once with run() and once without. */
	if (op->limit) {
		if (room < LEAST_ROOM) {
			m->outcome = OUTCOME_SKIPPED;
			m->text = "no room for 8 runs";
			return;
		}
		if (room / 8 < runs)
			runs = (unsigned int)(room / 8);
		if (room / 16 < warm_up)
			warm_up = room / 16;
		room -= 2 * runs + warm_up + 1;
	}
	if (measure_is_counted())
		reasons_read(&before, reasons_of_vm(op));
	sampling_take(op, plan, warm_up, room, m);
	if (m->outcome != OUTCOME_MEASURED)
		return;
	sampling_dissect(m);
	m->kernel_known = measurement_is_stamped(m) || (!op->own_vcpu && !op->figure);
	if (!measure_is_counted() && !host_counts_batches())
		return;
	if (!op->limit)
		runs = batch_runs(plan, m);
	if (!measure_is_counted()) {
		host_counts_batch(op, runs, op->limit ? 0 : plan->batch_tsc);
		guard_gave_up(op, m);
		return;
	}
	reasons_read(&after, reasons_of_vm(op));
	batch_run(op, runs, op->limit ? 0 : plan->batch_tsc, m->expected, &all, &own);
	if (guard_gave_up(op, m) || host_gave_up(m))
		return;
	account_batch(m, &own);
	account_host_exits(m, &before, &after, m->taken + warm_up, &all);
	m->batch_agrees = m->batch_milli_exits == measurement_milli_exits(m);
	m->agreement = account_agreement(m);
}

/* Set m->text to the reason not to run @op, or to NULL. Return false if skip() faults. */
static bool ask_skip(const struct op *op, struct measurement *m)
{
	int fault = trap_guard();

	if (!fault) {
		m->text = rendezvous_skip(op->vcpus);
		if (!m->text && op->skip)
			m->text = op->skip();
	}
	trap_unguard();
	return !guard_broke(fault, "its skip() faults", m);
}

void measure(const struct op *op, const struct plan *plan, struct measurement *m)
{
	int fault;

	*m = (struct measurement){
		.fault = -1,
		.operations = op->operations ? op->operations : 1,
		.figured = op->figure,
		.waits_in_guest = op->waits_in_guest,
	};
	if (!ask_skip(op, m))
		return;
	if (m->text) {
		m->outcome = OUTCOME_SKIPPED;
		return;
	}
	if (measure_isa())
		m->expected = expectation_of(op, measure_isa());
	if (!guard_broke(guard_call(op->setup), "its setup() faults", m) && !guard_gave_up(op, m)) {
		trap_taken(); /* faults in setup() and skip() are not the operation's */
		if (guard_try(op, m)) {
			fault = trap_guard();
			if (!fault) {
				measure_guarded(op, plan, m);
				m->fault = trap_taken();
			} else {
				m->outcome = OUTCOME_FAULTED;
				m->fault = fault - 1;
			}
			trap_unguard();
		}
	}
	guard_broke(guard_call(op->teardown), "its teardown() faults", m);
}

const struct overhead *measure_overhead(void)
{
	return &overhead;
}

unsigned int measure_isa(void)
{
	return counters_info() ? counters_info()->isa : host_counts_isa();
}

bool measure_is_counted(void)
{
	return counters_info() || host_counts_samples();
}

void measure_init(const struct plan *plan)
{
	struct measurement m = { .operations = 1 };

	if (plan->reads_leaf)
		counters_init();
	sample_init();
	if (plan->asks_host)
		host_counts_init();
	if (host_counts_samples())
		watching_weigh(plan);
	sampling_take(&op_empty, plan, WARM_UP, SIZE_MAX, &m);
	overhead.cycles = m.cycles.p50;
	overhead.exits = m.exits;
	overhead.kernel = sampling_kernel_median(&m);
	sample_calibrate(&overhead);
	if (counters_info()) {
		reasons_init(counters_info(), counters_info()->isa);
		batch_init(BATCH_RUNS);
	} else if (host_counts_batches()) {
		host_counts_empty(BATCH_RUNS);
	} else if (host_counts_samples()) {
		reasons_init(NULL, host_counts_isa());
		batch_init(BATCH_RUNS);
	}
}
