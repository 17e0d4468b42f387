// SPDX-License-Identifier: GPL-2.0-only
#include "measure/sampling.h"

#include "cpu/insn.h"
#include "measure/guard.h"
#include "measure/host_counts.h"
#include "platform/counters.h"

/* The interval is checked after this many samples and then after each doubling. */
#define FIRST_LOOK 100

static struct sample samples[SAMPLES_MAX];
static int64_t values[SAMPLES_MAX]; /* of the kept samples, sorted */

const struct sample *sampling_samples(void)
{
	return samples;
}

const int64_t *sampling_values(void)
{
	return values;
}

static int64_t per_operation(const struct sample *s, unsigned int operations)
{
	return stats_rounded(sample_cycles(s), operations);
}

/*
 * A host whose TSC is unstable has changed the guest's TSC since the one exit
 * began. The exit has no stamps, and its round trip is only as exact as the
 * host's correction.
 */
static bool tsc_changed(const struct sample *s)
{
	return s->exits == 1 && !s->exit;
}

/* Discard the samples in which the host did something else. */
static void discard(struct measurement *m)
{
	size_t own = 0, present = 0, changed = 0;

	for (size_t i = 0; i < m->taken; i++)
		values[i] = samples[i].exits;
	m->exits = stats_mode(values, m->taken);

	for (size_t i = 0; i < m->taken; i++) {
		own += samples[i].exits == m->exits;
		present += samples[i].exits == m->exits && !samples[i].descheduled;
		changed += samples[i].exits == m->exits && tsc_changed(&samples[i]);
	}
	m->unstamped = 2 * changed > own;
	m->descheduled = 2 * present < own;
	m->discarded_descheduled = m->descheduled ? 0 : own - present;

	m->kept = 0;
	for (size_t i = 0; i < m->taken; i++) {
		struct sample *s = &samples[i];

		s->kept = s->exits == m->exits && (!s->descheduled || m->descheduled) &&
			  (!tsc_changed(s) || m->unstamped);
		if (s->kept)
			values[m->kept++] = per_operation(s, m->operations);
	}
	m->cycles = stats_of(values, m->kept);
}

static bool settled(const struct stats *c)
{
	int64_t half = stats_half_interval(c);

	/* The range of fewer values is no 95 % interval. */
	if (c->count < 6)
		return false;
	return half <= 1 || half * 1000 <= SETTLED_PER_MILLE * c->p50;
}

/*
 * Ask for the exits of the samples from *@filled on up to @taken, if a program on the host
 * counts them. Return the ticks that this takes.
 */
static uint64_t fill(const struct op *op, size_t *filled, size_t taken)
{
	uint64_t start = rdtsc_fenced();

	if (host_counts_samples())
		host_counts_fill(op, &samples[*filled], taken - *filled);
	*filled = taken;
	return rdtsc_fenced() - start;
}

void sampling_take(const struct op *op, const struct plan *plan, size_t warm_up, size_t room,
		   struct measurement *m)
{
	size_t most = plan->samples ? plan->samples : SAMPLES_MAX, look = FIRST_LOOK;
	size_t filled = 0;
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
		if (guard_gave_up(op, m))
			return;
		if (m->taken == most)
			break;
		if (rdtsc_fenced() - start > plan->budget_tsc) {
			m->stop = STOP_BUDGET;
			break;
		}
		if (!plan->samples && m->taken == look) {
			look *= 2;
			start += fill(op, &filled, m->taken);
			discard(m);
			if (settled(&m->cycles)) {
				m->stop = STOP_SETTLED;
				return;
			}
		}
	}
	fill(op, &filled, m->taken);
	discard(m);
	if (!plan->samples && settled(&m->cycles))
		m->stop = STOP_SETTLED;
}

void sampling_dissect(struct measurement *m)
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
		if (measurement_is_stamped(m)) {
			out += (int64_t)(s->exit - s->start);
			in += (int64_t)(s->end - s->entry);
			kernel += (int64_t)(s->entry - s->exit) - s->user - s->halted -
				  s->descheduled - s->watching;
		} else {
			kernel += s->kernel_counted;
		}
	}
	m->wait = stats_rounded(wait, count);
	if ((!counters_info() && !host_counts_samples()) || m->exits <= 0)
		return;
	m->exit_latency = stats_rounded(out, count);
	m->kernel = stats_rounded(kernel, count);
	m->user = stats_rounded(user, count);
	m->halted = stats_rounded(halted, count);
	m->entry_latency = stats_rounded(in, count);
}

int64_t sampling_kernel_median(const struct measurement *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->taken; i++)
		if (samples[i].kept)
			values[kept++] = samples[i].kernel_counted;
	return stats_of(values, kept).p50;
}
