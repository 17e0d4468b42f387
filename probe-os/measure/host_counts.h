/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exits of an operation's batch, where the host counts them and the probe cannot read
 * them: it tells the host by the memory that they share when a batch begins and when it
 * ends (abi/count_channel.h). What the host has counted is in its own hands then: it adds
 * it to the operation's record.
 */
#ifndef MEASURE_HOST_COUNTS_H
#define MEASURE_HOST_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"

/*
 * Find the channel, and let the host count @runs runs of nothing. An answer may take
 * @patience_tsc ticks; after one that does not come the host is not asked again. Return
 * false if nobody answers.
 */
bool host_counts_init(unsigned int runs, uint64_t patience_tsc);

/* Return whether the host answers. */
bool host_counts_present(void);

/* Return KVM_EXIT_STATS_ISA_*, as the host says, or 0. */
unsigned int host_counts_isa(void);

/*
 * Run @op @runs times while the host counts, then the same number of times with only
 * prepare() and finish(). With @repeat a batch that the host has disturbed is repeated,
 * at most BATCH_TRIES times.
 */
void host_counts_batch(const struct op *op, unsigned int runs, bool repeat);

#endif
