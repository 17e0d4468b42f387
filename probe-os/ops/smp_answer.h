/* SPDX-License-Identifier: GPL-2.0-only */
/* Other vCPUs that take interrupts on VECTOR_IPI and say so, while they spin or halt. */
#ifndef OPS_SMP_ANSWER_H
#define OPS_SMP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

/* Work for smp_start(): spin with interrupts on until rendezvous_over(). */
void answer_spin(unsigned int index);

/* Make the first @others vCPUs answer, and end this. */
void answer_start(unsigned int others, bool halted);
void answer_end(unsigned int others, bool halted);

/*
 * Send @answers IPIs by @send and wait until as many handlers have run. It fails as
 * rendezvous_await() does.
 */
void answer_get(uint32_t answers, void (*send)(void));

/* Wait until the handlers have ended, after which the next IPI may follow. */
void answer_finish(void);

#endif
