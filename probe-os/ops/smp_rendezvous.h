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
const char *together_skip(unsigned int needed);

/*
 * Have the first @others vCPUs run @work, which calls together_enter() and goes
 * on until together_over(), and wait until they are in it.
 */
void together_start(unsigned int others, void (*work)(unsigned int index));
void together_enter(void);
bool together_over(void);

/* Have them leave it, @halted or not, and halt before others measure. */
void together_end(unsigned int others, bool halted);

/*
 * Until *@value is @wanted, 200 ms and more at most: vCPUs that share a processor
 * get their turn in that.  Past it @what is what together_failed() tells, once.
 */
void together_await(const struct line *value, uint32_t wanted, const char *what);
const char *together_failed(void);

void together_delay(uint64_t tsc);

/* Atomically. */
void together_add_one(struct line *value);

#endif
