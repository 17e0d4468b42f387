/* SPDX-License-Identifier: GPL-2.0-only */
/* Start the other vCPUs for an operation that needs several, wait for them, end them. */
#ifndef OPS_SMP_RENDEZVOUS_H
#define OPS_SMP_RENDEZVOUS_H

#include <stdbool.h>
#include <stdint.h>

/* Each value has its own cache line, so that writers do not disturb readers of another. */
struct line {
	volatile uint32_t value;
} __attribute__((aligned(64)));

/*
 * This is longer than another vCPU takes to halt after its last sign, and longer
 * than halt_poll_ns (200 us), for which KVM polls before it yields the processor.
 */
#define RENDEZVOUS_HALT_TSC 1000000

/* Return why an operation that needs @needed vCPUs cannot run, or NULL. */
const char *rendezvous_skip(unsigned int needed);

/*
 * Make the first @others vCPUs run @work, and wait until they are in it. @work calls
 * rendezvous_enter() and continues until rendezvous_over().
 */
void rendezvous_start(unsigned int others, void (*work)(unsigned int index));
void rendezvous_enter(void);
bool rendezvous_over(void);

/* Make them leave @work, in which they may be @halted, and halt them. */
void rendezvous_end(unsigned int others, bool halted);

/*
 * Wait until *@value is @wanted. After 200 ms or more, in which vCPUs that share a
 * processor get their turn, give up; the next rendezvous_failed() then returns @what.
 */
void rendezvous_await(const struct line *value, uint32_t wanted, const char *what);
const char *rendezvous_failed(void);

void rendezvous_delay(uint64_t tsc);

/* Add one atomically. */
void rendezvous_add_one(struct line *value);

#endif
