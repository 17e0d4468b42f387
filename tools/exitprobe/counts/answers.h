/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probe asks of the exits that were seen.  The guest can write the channel at any
 * time, so each value of it is read once, and none is trusted.
 */
#ifndef COUNTS_ANSWERS_H
#define COUNTS_ANSWERS_H

#include <stdbool.h>

#include "count_channel.h"
#include "counts/exits.h"

/* COUNT_READ: fill in the totals of all exits so far. */
void answer_read(struct exits *exits, volatile struct count_channel *channel);

/*
 * COUNT_SAMPLES: fill in the samples, and add them to @sites.  @offset is the guest's TSC less the
 * host's.  False: there are more samples than the channel holds.
 */
bool answer_samples(struct exits *exits, const struct watching_costs *costs, uint64_t offset,
		    volatile struct count_channel *channel, struct exit_sites *sites);

/* COUNT_COSTS: take the costs over.  False: no host has such costs, and none are taken. */
bool answer_costs(const volatile struct count_channel *channel, struct watching_costs *costs);

#endif
