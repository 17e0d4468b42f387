// SPDX-License-Identifier: GPL-2.0-only
#include "counts/answers.h"

/* A second of a TSC of 4 GHz.  No part of an exit takes that long, and no sum overflows. */
#define COST_MAX (INT64_C(1) << 32)

void answer_read(struct exits *exits, volatile struct count_channel *channel)
{
	struct exit_totals totals;

	exits_total(exits, channel->own_vcpu, &totals);
	channel->reason_count = (uint32_t)totals.reason_count;
	for (size_t i = 0; i < totals.reason_count; i++) {
		channel->reasons[i].reason = totals.reasons[i].reason;
		channel->reasons[i].exits = totals.reasons[i].exits;
	}
	channel->kernel = totals.kernel;
	channel->user = totals.user;
	channel->halted = totals.halted;
	exits_forget(exits);
}

bool answer_samples(struct exits *exits, const struct watching_costs *costs, uint64_t offset,
		    volatile struct count_channel *channel, struct exit_sites *sites)
{
	uint32_t count = channel->sample_count;
	bool own_vcpu = channel->own_vcpu;

	if (count > COUNT_SAMPLES_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct counted_sample s = { .start = channel->samples[i].start - offset,
					    .end = channel->samples[i].end - offset };

		exits_between(exits, own_vcpu, costs, &s, sites);
		s.exit += s.exit ? offset : 0;
		s.entry += s.entry ? offset : 0;
		s.start += offset;
		s.end += offset;
		channel->samples[i] = s;
	}
	exits_forget(exits);
	return true;
}

static bool is_cost(int64_t ticks)
{
	return ticks >= -COST_MAX && ticks <= COST_MAX;
}

bool answer_costs(const volatile struct count_channel *channel, struct watching_costs *costs)
{
	struct watching_costs c = channel->costs;

	if (!is_cost(c.exit) || !is_cost(c.entry) || !is_cost(c.userspace) ||
	    !is_cost(c.before_exit) || !is_cost(c.behind_entry) || !is_cost(c.around_userspace))
		return false;
	*costs = c;
	return true;
}
