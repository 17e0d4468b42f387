/* SPDX-License-Identifier: GPL-2.0-only */
/* Wait for an interrupt that an operation sends to its own vCPU. */
#ifndef OPS_DELIVERY_H
#define OPS_DELIVERY_H

#include <stdint.h>

/* Count the timer's interrupts, or IPIs from this vCPU to itself, from setup to teardown. */
void delivery_setup_timer(void);
void delivery_teardown_timer(void);
void delivery_setup_self(void);
void delivery_teardown_self(void);
uint32_t delivery_count(void);

/*
 * Wait, with interrupts on, until delivery_count() differs from @before. After half
 * a second or more give up; the next delivery_failed() then returns the reason.
 */
void delivery_await(uint32_t before);
const char *delivery_failed(void);

/*
 * Send an interrupt by @send() with interrupts off, and take it after STI. The first CLI is for
 * guard_try(), which has interrupts on. Inline, since it is part of what is measured.
 */
static inline __attribute__((always_inline)) void delivery_take(void (*send)(void))
{
	uint32_t before = delivery_count();

	asm volatile("cli" : : : "memory");
	send();
	asm volatile("sti" : : : "memory");
	delivery_await(before);
	asm volatile("cli" : : : "memory");
}

/* Make the next delivery_failed() return @text. */
void delivery_fail(const char *text);

/* Send this vCPU an IPI on VECTOR_IPI. Signal the end of one that it has taken. */
void delivery_send_self(void);
void delivery_finish_self(void);

/* Stop the timer. Take its interrupt if it is still pending, as it is without a run. */
void delivery_finish_timer(void);

#endif
