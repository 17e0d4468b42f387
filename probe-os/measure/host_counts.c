// SPDX-License-Identifier: GPL-2.0-only
#include "measure/host_counts.h"

#include "console/channel.h"
#include "count_channel.h"
#include "cpu/insn.h"
#include "measure/batch.h"
#include "platform/smp.h"

/*
 * The host says when a batch was quiet enough.  On a busy one most are not, and what takes
 * time is to wait for its answers, so there is more than batch_run() has.
 */
#define TRIES	   32
#define TSC_FACTOR 4

static volatile struct count_channel *channel; /* NULL: nobody answers */
static unsigned int isa;
static bool sees_each_exit;
static const char *failure;

static bool ask(enum count_request request)
{
	if (channel_ask(request))
		return true;
	channel = NULL;
	failure = "the host does not answer";
	return false;
}

void host_counts_init(void)
{
	channel = channel_get();
	if (channel && !channel->gives)
		channel = NULL;
	if (!channel)
		return;
	isa = channel->isa;
	sees_each_exit = channel->gives & COUNT_GIVES_SAMPLES;
}

bool host_counts_batches(void)
{
	return channel && !sees_each_exit;
}

bool host_counts_samples(void)
{
	return sees_each_exit;
}

unsigned int host_counts_isa(void)
{
	return isa;
}

const char *host_counts_failed(void)
{
	const char *why = failure;

	/* If nobody answers, that is so for all that follow. */
	if (channel)
		failure = NULL;
	return why;
}

/* --- a host that counts batches ------------------------------------------------- */

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

static void batch_part(const struct op *op, enum count_part part, unsigned int runs, uint64_t tsc)
{
	uint64_t start = rdtsc_fenced();

	for (int try = 0;
	     channel && try < TRIES && (!try || rdtsc_fenced() - start < TSC_FACTOR * tsc); try++)
		if (!batch_once(op, part, runs))
			return;
}

void host_counts_empty(unsigned int runs)
{
	batch_part(&op_empty, COUNT_PART_EMPTY, runs, UINT64_MAX);
}

void host_counts_batch(const struct op *op, unsigned int runs, uint64_t tsc)
{
	struct op without = *op;

	batch_part(op, COUNT_PART_ALL, runs, tsc);
	if (!op->prepare && !op->finish)
		return;
	without.run = op_empty.run;
	without.wait = NULL;
	without.figure = NULL;
	batch_part(&without, COUNT_PART_AROUND, runs, tsc);
}

/* --- a host that sees each exit -------------------------------------------------- */

/* Note in failure if the host has missed some. */
static bool ask_for_exits(enum count_request request, bool own_vcpu)
{
	if (!channel)
		return false;
	channel->own_vcpu = own_vcpu;
	if (!ask(request))
		return false;
	if (channel->lost)
		failure = "the host lost some of the events that show exits";
	return true;
}

bool host_counts_read(bool vm, void (*each)(void *context, uint32_t reason, uint64_t exits),
		      void *context, struct host_times *times)
{
	if (!ask_for_exits(COUNT_READ, !vm))
		return false;
	for (uint32_t i = 0; i < channel->reason_count && i < COUNT_REASONS_MAX; i++)
		each(context, (uint32_t)channel->reasons[i].reason, channel->reasons[i].exits);
	times->kernel = channel->kernel;
	times->user = channel->user;
	times->halted = channel->halted;
	return true;
}

static void take_answer(struct sample *s, const volatile struct counted_sample *counted)
{
	s->exits = counted->exits;
	s->exit = counted->exit;
	s->entry = counted->entry;
	s->kernel_counted = counted->kernel - counted->watching;
	s->user = counted->user;
	s->halted = counted->halted;
	s->descheduled = counted->descheduled;
	s->watching = counted->watching;
}

bool host_counts_fill(const struct op *op, struct sample *samples, size_t count)
{
	if (!channel || count > COUNT_SAMPLES_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		channel->samples[i].start = samples[i].start;
		channel->samples[i].end = samples[i].end;
	}
	channel->sample_count = (uint32_t)count;
	if (!ask_for_exits(COUNT_SAMPLES, op->own_vcpu || smp_count() == 1))
		return false;
	for (size_t i = 0; i < count; i++)
		take_answer(&samples[i], &channel->samples[i]);
	return true;
}

void host_counts_watch(uint32_t events)
{
	if (!channel)
		return;
	channel->events = events;
	ask(COUNT_EVENTS);
}

void host_counts_costs(const struct watching_costs *costs)
{
	if (!channel)
		return;
	channel->costs = *costs;
	ask(COUNT_COSTS);
}
