// SPDX-License-Identifier: GPL-2.0-only
#include "console/channel.h"

#include <stddef.h>

#include "console/console.h"
#include "console/ivshmem.h"
#include "cpu/insn.h"
#include "cpu/lapic.h"

/* Between two looks at the TSC, which on some hosts exits itself. */
#define SPINS 4096

/* Of the time for an answer, the part to halt between two looks: a millisecond of 20 s. */
#define HALT_PART 20000

static volatile struct count_channel *channel; /* NULL: nobody answers */
static volatile uint8_t *arena;
static uint64_t patience;

void channel_open(uint64_t patience_tsc)
{
	channel = shared_reserve(COUNT_CHANNEL_BYTES);
	arena = shared_reserve(COUNT_ARENA_BYTES);
	patience = patience_tsc;
}

volatile struct count_channel *channel_get(void)
{
	return channel;
}

volatile uint8_t *channel_arena(void)
{
	return channel ? arena : NULL;
}

/* Return the number of the question. */
static uint32_t put(enum count_request request)
{
	uint32_t number = channel->asked + 1;

	channel->request = request;
	channel->asked = number;
	return number;
}

/*
 * Without PAUSE: many in a row exit. CLI, although interrupts are off already: Bochs 2.7
 * looks whether the host's interrupts reach a guest only when the guest changes the flag, so
 * without this the host, which has one processor there, would never come to answer.
 */
static bool spin(uint32_t number)
{
	asm volatile("cli" : : : "memory");
	for (unsigned int i = 0; i < SPINS; i++)
		if (channel->answered == number)
			return true;
	return false;
}

static bool await(uint32_t number, bool halt)
{
	uint64_t start = rdtsc_fenced();

	do {
		if (halt)
			lapic_idle(patience / HALT_PART);
		if (spin(number))
			return true;
	} while (rdtsc_fenced() - start < patience);
	channel = NULL;
	return false;
}

bool channel_ask(enum count_request request)
{
	return channel && await(put(request), false);
}

bool channel_act(enum count_request request)
{
	uint32_t number;

	if (!channel)
		return false;
	number = put(request);
	console_put(NULL, '\n');
	return await(number, lapic_timer_present()) && !channel->refused;
}
