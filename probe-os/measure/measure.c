// SPDX-License-Identifier: GPL-2.0-only
#include "measure/measure.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "measure/batch.h"
#include "measure/expect.h"
#include "ops/together.h"

/* Samples before the first that counts: caches, TLBs and predictors settle. */
#define WARM_UP 8

/* With fewer runs there is nothing to tell. */
#define LEAST_ROOM 8

/* After so many samples, and each doubling, the interval is looked at. */
#define FIRST_LOOK 100

#define BATCH_RUNS	 64
#define BATCH_RUNS_LEAST 4

/* No operation takes as long, 50 ms and more; to another vCPU it may be so far. */
#define WATCHDOG_TSC	 200000000
#define WATCHDOG_SMP_TSC 2000000000
#define WATCHDOG_TRIES	 3

static struct sample samples[SAMPLES_MAX];
static int64_t values[SAMPLES_MAX];

static struct counters_info info;
static bool counted;
static struct bracket bracket;

static bool gave_up(const struct op *op, struct measurement *m)
{
	if (!op->failed || !(m->text = op->failed()))
		return false;
	m->outcome = OUTCOME_FAILED;
	return true;
}

/* Call @callback, which may be absent: 0, or 1 + the vector of its fault. */
static int guarded(void (*callback)(void))
{
	int fault;

	if (!callback)
		return 0;
	fault = trap_guard();
	if (!fault)
		callback();
	trap_unguard();
	return fault;
}

/* What is left undone could spoil the operations that follow, so it is told. */
static bool broke(int fault, const char *text, struct measurement *m)
{
	if (!fault)
		return false;
	m->outcome = OUTCOME_FAILED;
	m->text = text;
	m->fault = fault - 1;
	return true;
}

/* With interrupts on and the timer armed: 0, or 1 + the vector that ended it. */
static int run_watched(const struct op *op)
{
	int fault = trap_guard();

	if (!fault) {
		if (op->prepare)
			op->prepare();
		trap_watchdog(true);
		lapic_timer_arm(op->vcpus > 1 ? WATCHDOG_SMP_TSC : WATCHDOG_TSC);
		asm volatile("sti" : : : "memory");
		op->run();
		asm volatile("cli" : : : "memory");
	}
	trap_unguard();
	trap_watchdog(false);
	lapic_timer_stop();
	return fault;
}

/*
 * Run @op once under a timer that breaks into an instruction that never ends, as
 * VMCALL does not on some hosts.  False when it did.  A vCPU that was descheduled
 * meanwhile is late only once: what hangs does so every time.
 */
static bool try_once(const struct op *op, struct measurement *m)
{
	int fault = 0;

	if (!lapic_timer_present() || op->uses_timer)
		return true;

	for (int try = 0; try < WATCHDOG_TRIES; try++) {
		fault = run_watched(op);
		if (broke(guarded(op->finish), "its finish() faults", m))
			return false;
		if (fault != 1 + VECTOR_TIMER)
			break;
	}
	if (!fault)
		return !gave_up(op, m);
	m->outcome = fault == 1 + VECTOR_TIMER ? OUTCOME_HANGS : OUTCOME_FAULTED;
	if (m->outcome == OUTCOME_FAULTED)
		m->fault = fault - 1;
	return false;
}

static int64_t per_operation(const struct sample *s, unsigned int operations)
{
	return stats_rounded(sample_cycles(s), operations);
}

/* Decide which samples to keep. */
static void sift(struct measurement *m)
{
	size_t own = 0, present = 0;

	for (size_t i = 0; i < m->taken; i++)
		values[i] = samples[i].exits;
	m->exits = stats_mode(values, m->taken);

	for (size_t i = 0; i < m->taken; i++) {
		own += samples[i].exits == m->exits;
		present += samples[i].exits == m->exits && !samples[i].away;
	}
	m->descheduled = 2 * present < own;
	m->away = m->descheduled ? 0 : own - present;

	m->kept = 0;
	for (size_t i = 0; i < m->taken; i++) {
		struct sample *s = &samples[i];

		s->kept = s->exits == m->exits && (!s->away || m->descheduled);
		if (s->kept)
			values[m->kept++] = per_operation(s, m->operations);
	}
	m->cycles = stats_of(values, m->kept);
}

static bool settled(const struct stats *c)
{
	int64_t half = stats_half_interval(c);

	/* Of fewer values even their range is no 95 % interval. */
	if (c->count < 6)
		return false;
	return half <= 1 || half * 1000 <= SETTLED_PER_MILLE * c->p50;
}

/* Take samples until the plan or the operation ends it. */
static void take_all(const struct op *op, const struct plan *plan, size_t warm_up, size_t room,
		     struct measurement *m)
{
	size_t most = plan->samples ? plan->samples : SAMPLES_MAX, look = FIRST_LOOK;
	uint64_t start;

	m->stop = STOP_SAMPLES;
	if (room < most) {
		most = room;
		m->stop = STOP_ROOM;
	}
	for (size_t i = 0; i < warm_up; i++)
		sample_take(op, &samples[0]);
	start = rdtsc_fenced();
	for (m->taken = 0; m->taken < most;) {
		sample_take(op, &samples[m->taken++]);
		if (gave_up(op, m))
			return;
		if (m->taken == most)
			break;
		if (rdtsc_fenced() - start > plan->budget_tsc) {
			m->stop = STOP_BUDGET;
			break;
		}
		if (!plan->samples && m->taken == look) {
			look *= 2;
			sift(m);
			if (settled(&m->cycles)) {
				m->stop = STOP_SETTLED;
				return;
			}
		}
	}
	sift(m);
	if (!plan->samples && settled(&m->cycles))
		m->stop = STOP_SETTLED;
}

/* Where an exit's time goes.  values[] has the kept samples, sorted. */
static void dissect(struct measurement *m)
{
	int64_t out = 0, kernel = 0, user = 0, halted = 0, in = 0, wait = 0;
	int64_t low, high, count = 0;

	if (!m->kept)
		return;
	low = stats_percentile(values, m->kept, 25);
	high = stats_percentile(values, m->kept, 75);
	for (size_t i = 0; i < m->taken; i++) {
		const struct sample *s = &samples[i];
		int64_t cycles = per_operation(s, m->operations);

		if (!s->kept || cycles < low || cycles > high)
			continue;
		count++;
		wait += (int64_t)s->wait;
		user += s->user;
		halted += s->halted;
		if (m->exits == 1) {
			out += (int64_t)(s->exit - s->start);
			in += (int64_t)(s->end - s->entry);
			kernel += (int64_t)(s->entry - s->exit) - s->user - s->halted - s->away;
		} else {
			kernel += s->kernel_counted;
		}
	}
	m->wait = stats_rounded(wait, count);
	if (!counted || m->exits <= 0)
		return;
	m->out = stats_rounded(out, count);
	m->kernel = stats_rounded(kernel, count);
	m->user = stats_rounded(user, count);
	m->halted = stats_rounded(halted, count);
	m->in = stats_rounded(in, count);
}

void measure_add_reason(struct reason_counts *c, uint32_t reason, uint64_t exits)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (c->list[i].reason == reason) {
			c->list[i].exits += exits;
			return;
		}
	}
	if (c->count < REASONS_MAX)
		c->list[c->count++] = (struct reason_count){ reason, exits };
}

/* The batch's figures, per operation. */
static void describe_batch(struct measurement *m, const struct batch *own)
{
	int64_t operations = (int64_t)own->runs * m->operations;

	m->batch_runs = own->runs;
	m->batch_cycles = stats_rounded(own->cycles, operations);
	m->batch_kernel = stats_rounded(own->kernel, operations);
	m->batch_user = stats_rounded(own->user, operations);
	m->batch_halted = stats_rounded(own->halted, operations);
	for (unsigned int i = 0; i < reasons_slots(); i++) {
		uint32_t reason = reasons_number(i);
		int64_t milli = stats_rounded(own->exits[i] * 1000, operations);

		if (milli <= 0)
			continue;
		/* The host's, or a stray: KSM or NUMA balancing took a page away. */
		if (!expectation_names(m->expected, reason) &&
		    (reason_is_hosts(reason) || (m->expected && milli < 500))) {
			measure_add_reason(&m->foreign, reason, (uint64_t)own->exits[i]);
			continue;
		}
		m->batch_milli_exits += milli;
		measure_add_reason(&m->reasons, reason, (uint64_t)milli);
	}
}

/*
 * What was not the operation's while @runs samples were taken between two
 * readings: told where the operation's own exits are a whole number per run.
 */
static void find_foreign(struct measurement *m, const struct reading *before,
			 const struct reading *after, size_t runs, const struct batch *all)
{
	for (unsigned int i = 0; i < reasons_slots(); i++) {
		int64_t exits = reasons_between(before, after, i);
		int64_t own = all->exits[i] / all->runs;

		if (reason_is_hosts(reasons_number(i)) &&
		    !expectation_names(m->expected, reasons_number(i)))
			own = 0;
		else if (all->exits[i] % all->runs)
			continue;
		if (reasons_number(i) == reasons_cpuid())
			own += SAMPLE_QUERIES;
		exits -= own * (int64_t)runs;
		if (exits > 0)
			measure_add_reason(&m->foreign, reasons_number(i), (uint64_t)exits);
	}
}

int64_t measure_milli_exits(const struct measurement *m)
{
	return m->exits * 1000 / m->operations;
}

static enum agreement agreement(const struct measurement *m)
{
	const struct expectation *e = m->expected;

	if (!e || !m->kept)
		return AGREEMENT_UNKNOWN;
	if (m->exits < e->min * (int)m->operations)
		return AGREEMENT_NO;
	if (e->max != EXITS_UNBOUNDED && m->exits > e->max * (int)m->operations)
		return AGREEMENT_NO;
	for (unsigned int i = 0; i < m->reasons.count; i++)
		if (!expectation_names(e, m->reasons.list[i].reason))
			return AGREEMENT_NO;
	return AGREEMENT_YES;
}

/* As many as fit, by what a sample took. */
static unsigned int batch_runs(const struct plan *plan, const struct measurement *m)
{
	uint64_t run = (uint64_t)(m->cycles.p50 * m->operations + m->wait);
	uint64_t fit = m->cycles.p50 > 0 ? plan->batch_tsc / run : BATCH_RUNS;

	return fit < BATCH_RUNS_LEAST ? BATCH_RUNS_LEAST
	       : fit < BATCH_RUNS     ? (unsigned int)fit
				      : BATCH_RUNS;
}

/* Samples, then the batch, with the reasons' counters read around both. */
static void measure_guarded(const struct op *op, const struct plan *plan, struct measurement *m)
{
	static struct reading before, after;
	static struct batch all, own;
	size_t room = op->limit ? op->limit() : SIZE_MAX, warm_up = WARM_UP;
	unsigned int runs = BATCH_RUNS;

	/* Of what there is a quarter is for the batch, run once and without. */
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
	if (counted)
		reasons_read(&before, reasons_of_vm(op));
	take_all(op, plan, warm_up, room, m);
	if (m->outcome != OUTCOME_MEASURED)
		return;
	dissect(m);
	m->kernel_known = m->exits == 1 || !op->own_vcpu;
	if (!counted)
		return;
	reasons_read(&after, reasons_of_vm(op));
	if (!op->limit)
		runs = batch_runs(plan, m);
	batch_run(op, runs, op->limit ? 0 : plan->batch_tsc, m->expected, &all, &own);
	if (gave_up(op, m))
		return;
	describe_batch(m, &own);
	find_foreign(m, &before, &after, m->taken + warm_up, &all);
	m->batch_agrees = m->batch_milli_exits == measure_milli_exits(m);
	m->agreement = agreement(m);
}

/* The reason not to run @op, NULL without; false if looking for it faults. */
static bool ask_skip(const struct op *op, struct measurement *m)
{
	int fault = trap_guard();

	if (!fault) {
		m->text = together_skip(op->vcpus);
		if (!m->text && op->skip)
			m->text = op->skip();
	}
	trap_unguard();
	return !broke(fault, "its skip() faults", m);
}

void measure(const struct op *op, const struct plan *plan, struct measurement *m)
{
	int fault;

	*m = (struct measurement){
		.fault = -1,
		.operations = op->operations ? op->operations : 1,
	};
	if (!ask_skip(op, m))
		return;
	if (m->text) {
		m->outcome = OUTCOME_SKIPPED;
		return;
	}
	if (counted)
		m->expected = expectation_of(op, info.isa);
	if (!broke(guarded(op->setup), "its setup() faults", m) && !gave_up(op, m)) {
		trap_taken(); /* what setup() and skip() have tried is not the operation's */
		if (try_once(op, m)) {
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
	broke(guarded(op->teardown), "its teardown() faults", m);
}

bool measure_counted(void)
{
	return counted;
}

const struct counters_info *measure_counters(void)
{
	return counted ? &info : NULL;
}

const struct bracket *measure_bracket(void)
{
	return &bracket;
}

const struct sample *measure_samples(void)
{
	return samples;
}

const int64_t *measure_values(void)
{
	return values;
}

void measure_init(const struct plan *plan)
{
	struct measurement m = { .operations = 1 };
	size_t kept = 0;

	counted = sample_init(&info);
	take_all(&op_empty, plan, WARM_UP, SIZE_MAX, &m);
	bracket.cycles = m.cycles.p50;
	bracket.exits = m.exits;
	for (size_t i = 0; i < m.taken; i++)
		if (samples[i].kept)
			values[kept++] = samples[i].kernel_counted;
	bracket.kernel = stats_of(values, kept).p50;
	sample_calibrate(&bracket);
	if (counted) {
		reasons_init(info.isa, info.slots);
		batch_init(BATCH_RUNS);
	}
}
