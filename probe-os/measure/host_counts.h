/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exits that a program on the host counts, where the probe cannot read them itself: over
 * the memory that they share the probe tells it what it is about to do, or asks what has
 * been (abi/count_channel.h). A host of one kind only counts batches, and adds what it has
 * counted to the operation's record itself. One of the other kind sees each exit: it is
 * asked for the same counters as the leaf has, and for the exits of each sample.
 */
#ifndef MEASURE_HOST_COUNTS_H
#define MEASURE_HOST_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "count_channel.h"
#include "measure/sample.h"
#include "ops/ops.h"

/* Times of all exits so far, in ticks. */
struct host_times {
	int64_t kernel, user, halted;
};

/* Find out what the host gives by the channel, after channel_open(). */
void host_counts_init(void);

/* Return whether the host counts batches for itself, or sees each exit. */
bool host_counts_batches(void);
bool host_counts_samples(void);

/* Return KVM_EXIT_STATS_ISA_*, as the host says, or 0. */
unsigned int host_counts_isa(void);

/* --- a host that counts batches ------------------------------------------------- */

/* Let the host count @runs runs of nothing, which it subtracts from all batches. */
void host_counts_empty(unsigned int runs);

/*
 * Run @op @runs times while the host counts, then the same number of times with only
 * prepare() and finish(). A batch is repeated until the host has seen a quiet one, for a
 * few times @tsc ticks at most; with 0 it is not.
 */
void host_counts_batch(const struct op *op, unsigned int runs, uint64_t tsc);

/* --- a host that sees each exit -------------------------------------------------- */

/*
 * Ask for all exits so far, of this vCPU or with @vm of all, by calling @each with every
 * reason, and for their times. Return false if there is no answer.
 */
bool host_counts_read(bool vm, void (*each)(void *context, uint32_t reason, uint64_t exits),
		      void *context, struct host_times *times);

/* Fill in what the host has seen of @count samples of @op. Return false if it is not known. */
bool host_counts_fill(const struct op *op, struct sample *samples, size_t count);

/* Let the host watch only @events, COUNT_EVENT_*. */
void host_counts_watch(uint32_t events);

/* Tell the host what it costs to watch, which it then takes off. */
void host_counts_costs(const struct watching_costs *costs);

/* Return why the figures since the last call are not to be relied on, or NULL. */
const char *host_counts_failed(void);

#endif
