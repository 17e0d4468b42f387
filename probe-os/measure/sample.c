// SPDX-License-Identifier: GPL-2.0-only
#include "measure/sample.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "measure/counters.h"
#include "measure/reasons.h"

/* Samples before the first that counts: caches, TLBs and predictors settle. */
#define WARM_UP 8

/* No operation takes as long: 50 ms and more. */
#define WATCHDOG_TSC 200000000

static struct sample samples[SAMPLES_MAX];
static int64_t values[SAMPLES_MAX];

/* What the bracket costs by itself, from measure_init(). */
static struct {
	int64_t cycles, exits, kernel;
} bracket;

static bool counted;

/* Times of this vCPU that split an exit's time in the host. */
struct split {
	uint64_t user, halted, away;
};

static struct split read_split(void)
{
	return (struct split){
		.user = counters_vcpu(KVM_EXIT_STATS_USER),
		.halted = counters_vcpu(KVM_EXIT_STATS_HALTED),
		.away = counters_vcpu(KVM_EXIT_STATS_SCHED) + counters_vcpu(KVM_EXIT_STATS_PAUSED),
	};
}

static void take_counted(const struct op *op, struct sample *s)
{
	struct counters_total before, after;
	struct counters_last last;
	struct split split, split_after;

	split = read_split();
	if (op->prepare)
		op->prepare();
	before = counters_total();
	s->start = rdtsc_fenced();
	op->run();
	s->end = rdtsc_fenced();
	last = counters_last();
	after = counters_total();
	if (op->finish)
		op->finish();
	split_after = read_split();

	s->exit = last.exit_tsc;
	s->entry = last.entry_tsc;
	s->exits = (int64_t)(after.exits - before.exits) - bracket.exits;
	s->kernel_counted = (int64_t)(after.kernel_cycles - before.kernel_cycles) - bracket.kernel;
	s->user = (int64_t)(split_after.user - split.user);
	s->halted = (int64_t)(split_after.halted - split.halted);
	s->away = (int64_t)(split_after.away - split.away);
}

static void take_uncounted(const struct op *op, struct sample *s)
{
	if (op->prepare)
		op->prepare();
	s->start = rdtsc_fenced();
	op->run();
	s->end = rdtsc_fenced();
	if (op->finish)
		op->finish();
}

static void take(const struct op *op, struct sample *s)
{
	*s = (struct sample){ 0 };
	if (counted)
		take_counted(op, s);
	else
		take_uncounted(op, s);
}

/*
 * Run @op once with interrupts on and a timer that breaks into an instruction
 * that never ends, as VMCALL does not on some hosts.  False when it did.
 */
static bool try_once(const struct op *op, struct measurement *m)
{
	int fault;

	if (!lapic_timer_present() || op->uses_timer)
		return true;

	fault = trap_guard();
	if (!fault) {
		if (op->prepare)
			op->prepare();
		trap_watchdog(true);
		lapic_timer_arm(WATCHDOG_TSC);
		asm volatile("sti" : : : "memory");
		op->run();
		asm volatile("cli" : : : "memory");
	}
	trap_unguard();
	trap_watchdog(false);
	lapic_timer_stop();
	if (op->finish)
		op->finish();
	m->hangs = fault == 1 + VECTOR_TIMER;
	if (fault && !m->hangs)
		m->fault = fault - 1;
	return !fault;
}

/* Take @count samples; false when a fault ended them, whose vector is in @m. */
static bool take_all(const struct op *op, size_t count, struct measurement *m)
{
	int fault = trap_guard();

	if (fault) {
		m->fault = fault - 1;
		return false;
	}
	for (size_t i = 0; i < WARM_UP; i++)
		take(op, &samples[0]);
	for (m->taken = 0; m->taken < count; m->taken++)
		take(op, &samples[m->taken]);
	trap_unguard();
	m->fault = trap_taken();
	return true;
}

static int64_t round_trip(const struct sample *s)
{
	return (int64_t)(s->end - s->start);
}

/* Decide which samples to keep. */
static void sift(struct measurement *m)
{
	for (size_t i = 0; i < m->taken; i++)
		values[i] = samples[i].exits;
	m->exits = stats_mode(values, m->taken);

	m->kept = 0;
	for (size_t i = 0; i < m->taken; i++) {
		struct sample *s = &samples[i];

		s->kept = s->exits == m->exits && !s->away;
		if (s->kept)
			values[m->kept++] = round_trip(s) - bracket.cycles;
	}
	m->cycles = stats_of(values, m->kept);
}

static int64_t rounded_mean(int64_t sum, size_t count)
{
	return (sum + (int64_t)(count / 2)) / (int64_t)count;
}

/* Where an exit's time goes.  values[] still has the kept samples, sorted. */
static void dissect(struct measurement *m)
{
	int64_t out = 0, kernel = 0, user = 0, halted = 0, in = 0;
	int64_t low, high;
	size_t count = 0;

	if (!m->kept || m->exits <= 0)
		return;
	low = stats_percentile(values, m->kept, 25);
	high = stats_percentile(values, m->kept, 75);
	for (size_t i = 0; i < m->taken; i++) {
		const struct sample *s = &samples[i];
		int64_t cycles = round_trip(s) - bracket.cycles;

		if (!s->kept || cycles < low || cycles > high)
			continue;
		count++;
		user += s->user;
		halted += s->halted;
		if (m->exits == 1) {
			out += (int64_t)(s->exit - s->start);
			in += (int64_t)(s->end - s->entry);
			kernel += (int64_t)(s->entry - s->exit) - s->user - s->halted;
		} else {
			kernel += s->kernel_counted;
		}
	}
	m->out = rounded_mean(out, count);
	m->kernel = rounded_mean(kernel, count);
	m->user = rounded_mean(user, count);
	m->halted = rounded_mean(halted, count);
	m->in = rounded_mean(in, count);
}

bool measure_counted(void)
{
	return counted;
}

int64_t measure_bracket_cycles(void)
{
	return bracket.cycles;
}

int64_t measure_bracket_exits(void)
{
	return bracket.exits;
}

const struct sample *measure_samples(void)
{
	return samples;
}

void measure_init(size_t count)
{
	struct counters_info info;
	struct measurement m = { 0 };

	counted = counters_present(&info);
	take_all(&op_empty, count, &m);
	sift(&m);
	bracket.cycles = m.cycles.p50;
	bracket.exits = m.exits;
	m.kept = 0;
	for (size_t i = 0; i < m.taken; i++)
		if (samples[i].kept)
			values[m.kept++] = samples[i].kernel_counted;
	bracket.kernel = stats_of(values, m.kept).p50;
	if (counted)
		reasons_init(info.slots);
}

void measure(const struct op *op, size_t count, struct measurement *m)
{
	*m = (struct measurement){ .fault = -1 };
	if (op->skip) {
		m->skipped = op->skip();
		if (m->skipped)
			return;
	}
	trap_taken();
	if (!try_once(op, m) || !take_all(op, count, m))
		return;
	sift(m);
	if (!counted)
		return;
	dissect(m);
	m->reason_count = reasons_of(op, m->exits, m->reasons, REASONS_MAX);
}
