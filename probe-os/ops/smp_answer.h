/* SPDX-License-Identifier: GPL-2.0-only */
/* Other vCPUs that take interrupts on VECTOR_IPI and say so, while they spin or halt. */
#ifndef OPS_SMP_ANSWER_H
#define OPS_SMP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The exits while this vCPU waits 10 ms for another one whose thread waits for its
 * turn. They are pause-loop exits, whose window doubles from 4096 ticks, or on SVM
 * from 3000 PAUSEs to 65535, and the host's timer ticks at 1000 Hz.
 */
#define TURN_PAUSE_MAX 13
#define TURN_TICKS_MAX 10
#define WAIT_MAX       (TURN_PAUSE_MAX + TURN_TICKS_MAX)
#define TURNS                                                                                      \
	"no bound: every vCPU that must wait for a processor adds a turn of the host's scheduler"

/* The same of a hypercall that another vCPU answers, with the hypercall's own. */
#define CALL_WAITS    "one, and pause-loop exits and the host's interrupts while it waits"
#define CALL_WAIT_MAX (1 + WAIT_MAX)
#define CALL_AND_WAIT(most, text)                                                                  \
	.svm = EXITS_AMONG(1, most, text, SVM_EXIT_VMMCALL, SVM_EXIT_PAUSE, SVM_EXIT_INTR),        \
	.vmx = EXITS_AMONG(1, most, text, EXIT_REASON_VMCALL, EXIT_REASON_PAUSE_INSTRUCTION,       \
			   EXIT_REASON_EXTERNAL_INTERRUPT)

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
