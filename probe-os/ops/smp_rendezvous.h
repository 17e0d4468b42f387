/* SPDX-License-Identifier: GPL-2.0-only */
/* For operations that take several vCPUs: starting the others, waiting, ending. */
#ifndef OPS_SMP_RENDEZVOUS_H
#define OPS_SMP_RENDEZVOUS_H

#include <stdbool.h>
#include <stdint.h>

/* A cache line of its own, or writers would disturb each other's readers. */
struct line {
	volatile uint32_t value;
} __attribute__((aligned(64)));

/*
 * Longer than another takes from its last sign to being halted, and than KVM
 * polls before it gives the processor away (halt_poll_ns, 200 us).
 */
#define TOGETHER_HALT_TSC 1000000

/* Why what needs @needed vCPUs cannot run, or NULL. */
const char *rendezvous_skip(unsigned int needed);

/*
 * Have the first @others vCPUs run @work, which calls rendezvous_enter() and goes
 * on until rendezvous_over(), and wait until they are in it.
 */
void rendezvous_start(unsigned int others, void (*work)(unsigned int index));
void rendezvous_enter(void);
bool rendezvous_over(void);

/* Have them leave it, @halted or not, and halt before others measure. */
void rendezvous_end(unsigned int others, bool halted);

/*
 * Until *@value is @wanted, 200 ms and more at most: vCPUs that share a processor
 * get their turn in that.  Past it @what is what rendezvous_failed() tells, once.
 */
void rendezvous_await(const struct line *value, uint32_t wanted, const char *what);
const char *rendezvous_failed(void);

void rendezvous_delay(uint64_t tsc);

/* Atomically. */
void rendezvous_add_one(struct line *value);

#endif
