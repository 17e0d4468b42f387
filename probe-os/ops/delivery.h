/* SPDX-License-Identifier: GPL-2.0-only */
/* For operations that interrupt themselves: whether the interrupt has come. */
#ifndef OPS_DELIVERY_H
#define OPS_DELIVERY_H

#include <stdint.h>

/* Between the two, count interrupts of the timer, or IPIs to oneself. */
void delivery_setup_timer(void);
void delivery_teardown_timer(void);
void delivery_setup_self(void);
void delivery_teardown_self(void);
uint32_t delivery_count(void);

/*
 * With interrupts on: until delivery_count() is no longer @before, or half a
 * second and more has passed: then delivery_failed(), once, tells so.
 */
void delivery_await(uint32_t before);
const char *delivery_failed(void);

/* For an operation that fails otherwise. */
void delivery_fail(const char *text);

/* Send this vCPU an IPI on VECTOR_IPI; signal the end of one that was taken. */
void delivery_send_self(void);
void delivery_finish_self(void);

/* Stop the timer and take its interrupt if it is still to come, as without a run. */
void delivery_finish_timer(void);

#endif
