// SPDX-License-Identifier: GPL-2.0-only
#include "measure/host_counts.h"

#include <stddef.h>

#include "console/ivshmem.h"
#include "count_channel.h"
#include "cpu/insn.h"
#include "measure/batch.h"
#include "platform/smp.h"

/* Between two looks at the TSC, which on some hosts exits itself. */
#define SPINS 4096

static volatile struct count_channel *channel; /* NULL: nobody answers */
static uint64_t patience;
static unsigned int isa;

/*
 * Ask, and wait for the answer. Without PAUSE: many in a row exit. Return false if
 * none came; then there is no channel any more.
 */
static bool ask(enum count_request request)
{
	uint64_t start = rdtsc_fenced();
	uint32_t number = channel->asked + 1;

	channel->request = request;
	channel->asked = number;
	do {
		for (unsigned int i = 0; i < SPINS; i++)
			if (channel->answered == number)
				return true;
	} while (rdtsc_fenced() - start < patience);
	channel = NULL;
	return false;
}

/* Return whether the host asks for another try. */
static bool batch_once(const struct op *op, enum count_part part, unsigned int runs)
{
	channel->part = part;
	channel->runs = runs;
	channel->operations = op->operations ? op->operations : 1;
	channel->own_vcpu = op->own_vcpu || smp_count() == 1;
	if (!ask(COUNT_BATCH_BEGIN))
		return false;
	batch_back_to_back(op, runs);
	return ask(COUNT_BATCH_END) && channel->again;
}

static void batch_part(const struct op *op, enum count_part part, unsigned int runs, bool repeat)
{
	unsigned int tries = repeat ? BATCH_TRIES : 1;

	while (channel && tries-- && batch_once(op, part, runs))
		;
}

bool host_counts_init(unsigned int runs, uint64_t patience_tsc)
{
	channel = shared_reserve(COUNT_CHANNEL_BYTES);
	patience = patience_tsc;
	if (channel && !(channel->gives & COUNT_GIVES_BATCHES))
		channel = NULL;
	if (!channel)
		return false;
	isa = channel->isa;
	batch_part(&op_empty, COUNT_PART_EMPTY, runs, true);
	return channel;
}

bool host_counts_present(void)
{
	return channel;
}

unsigned int host_counts_isa(void)
{
	return isa;
}

void host_counts_batch(const struct op *op, unsigned int runs, bool repeat)
{
	struct op without = *op;

	batch_part(op, COUNT_PART_ALL, runs, repeat);
	if (!op->prepare && !op->finish)
		return;
	without.run = op_empty.run;
	without.wait = NULL;
	batch_part(&without, COUNT_PART_AROUND, runs, repeat);
}
