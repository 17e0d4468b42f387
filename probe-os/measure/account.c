// SPDX-License-Identifier: GPL-2.0-only
#include "measure/account.h"

#include "measure/expect.h"
#include "measure/sample.h"
#include "platform/counters.h"

void reason_counts_add(struct reason_counts *c, uint32_t reason, uint64_t exits)
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

/* Sort by the reason's number: the host's slots are in the order in which they were needed. */
static void sort_reasons(struct reason_counts *c)
{
	for (unsigned int i = 1; i < c->count; i++) {
		struct reason_count moved = c->list[i];
		unsigned int to = i;

		for (; to && c->list[to - 1].reason > moved.reason; to--)
			c->list[to] = c->list[to - 1];
		c->list[to] = moved;
	}
}

void account_batch(struct measurement *m, const struct batch *own)
{
	int64_t operations = (int64_t)own->runs * m->operations;

	m->batch_runs = own->runs;
	m->batch_cycles = stats_rounded(own->cycles, operations);
	m->batch_kernel = stats_rounded(own->kernel, operations);
	m->batch_user = stats_rounded(own->user, operations);
	m->batch_halted = stats_rounded(own->halted, operations);
	m->batch_milli_l2_exits = stats_rounded(own->l2_exits * 1000, operations);
	for (unsigned int i = 0; i < reasons_slots(); i++) {
		uint32_t reason = reasons_number(i);
		int64_t milli = stats_rounded(own->exits[i] * 1000, operations);

		if (milli <= 0)
			continue;
		/*
		 * The host caused the exit, or it is a stray one: KSM or NUMA balancing
		 * unmapped a page.
		 */
		if (!expectation_names(m->expected, reason) &&
		    (reason_is_hosts(reason) || (m->expected && milli < 500))) {
			reason_counts_add(&m->host_exits, reason, (uint64_t)own->exits[i]);
			continue;
		}
		m->batch_milli_exits += milli;
		reason_counts_add(&m->reasons, reason, (uint64_t)milli);
	}
	sort_reasons(&m->reasons);
}

void account_host_exits(struct measurement *m, const struct reading *before,
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
		if (counters_info() && reasons_number(i) == reasons_cpuid())
			own += SAMPLE_QUERIES;
		exits -= own * (int64_t)runs;
		if (exits > 0)
			reason_counts_add(&m->host_exits, reasons_number(i), (uint64_t)exits);
	}
}

enum agreement account_agreement(const struct measurement *m)
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
