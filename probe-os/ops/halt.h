/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wait for an interrupt of the local APIC's timer whose time is known. A row that uses this
 * has uses_timer, skip_no_timer, delivery_finish_timer() and delivery_failed().
 */
#ifndef OPS_HALT_H
#define OPS_HALT_H

#include <stdint.h>

/* Half a second or more. A timer that is later than this does not work. */
#define HALT_LATE_TSC 3000000000

/* Call it in setup(), and delivery_teardown_timer() in teardown(). */
void halt_setup(void);

/*
 * Arm the timer for @tsc ticks from now. In TSC-deadline mode the time is exact. Otherwise
 * it is as exact as the timer's calibration. It is counted from after the write that starts
 * the timer, which is late by the entry latency of that write's exit.
 */
void halt_arm(uint64_t tsc);

/* Return the TSC when the timer that was armed last is due. */
uint64_t halt_due(void);

/* HLT until the timer's interrupt has come. Interrupts are on only meanwhile. */
void halt_until_due(void);

/* As the member wait of struct op: the ticks from @start until the timer was due. */
uint64_t halt_wait(uint64_t start);

#endif
