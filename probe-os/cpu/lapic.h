/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC in xAPIC mode, and its timer (SDM vol. 3A, ch. 11; APM vol. 2,
 * ch. 16).  Registers are at LAPIC_BASE + offset.
 */
#ifndef CPU_LAPIC_H
#define CPU_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define LAPIC_ID	    0x020
#define LAPIC_EOI	    0x0b0
#define LAPIC_SVR	    0x0f0
#define LAPIC_SVR_ENABLE    (1u << 8)
#define LAPIC_LVT_TIMER	    0x320
#define LAPIC_LVT_THERMAL   0x330
#define LAPIC_LVT_PERF	    0x340
#define LAPIC_LVT_LINT0	    0x350
#define LAPIC_LVT_LINT1	    0x360
#define LAPIC_LVT_ERROR	    0x370
#define LAPIC_LVT_MASKED    (1u << 16)
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE  0x3e0
#define LAPIC_DIVIDE_BY_1   0x0b

/*
 * Mask every source of interrupts: both 8259 PICs and all of the local APIC's
 * vector table; measure the timer against the TSC.  False without a usable
 * local APIC: then lapic_* must not be called.
 */
bool lapic_init(void);

/* Whether lapic_init() found one, and whether its timer counts. */
bool lapic_present(void);
bool lapic_timer_present(void);

uint32_t lapic_read(uint32_t offset);
void lapic_write(uint32_t offset, uint32_t value);

/* One interrupt on VECTOR_TIMER about @tsc ticks from now, once. */
void lapic_timer_arm(uint64_t tsc);

/* Mask and stop the timer, and take back an interrupt it has raised. */
void lapic_timer_stop(void);

#endif
