/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC and its timer (SDM vol. 3A, ch. 10; APM vol. 2, ch. 16).  In
 * xAPIC mode, which is the rule here, registers are in memory; in x2APIC mode
 * they are MSRs 0x800 + offset / 16 (SDM vol. 3A, 10.12.1.2).
 */
#ifndef CPU_LAPIC_H
#define CPU_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define LAPIC_ID	    0x020
#define LAPIC_ID_SHIFT	    24
#define LAPIC_TPR	    0x080
#define LAPIC_EOI	    0x0b0
#define LAPIC_SVR	    0x0f0
#define LAPIC_SVR_ENABLE    (1u << 8)
#define LAPIC_IRR	    0x200 /* 8 registers, 32 vectors each, 16 bytes apart */
#define LAPIC_ICR	    0x300
#define LAPIC_ICR_INIT	    (5u << 8)
#define LAPIC_ICR_STARTUP   (6u << 8)
#define LAPIC_ICR_BUSY	    (1u << 12)
#define LAPIC_ICR_ASSERT    (1u << 14)
#define LAPIC_ICR_SELF	    (1u << 18)
#define LAPIC_ICR_OTHERS    (3u << 18)
#define LAPIC_ICR_HIGH	    0x310
#define LAPIC_LVT_TIMER	    0x320
#define LAPIC_LVT_THERMAL   0x330
#define LAPIC_LVT_PERF	    0x340
#define LAPIC_LVT_LINT0	    0x350
#define LAPIC_LVT_LINT1	    0x360
#define LAPIC_LVT_ERROR	    0x370
#define LAPIC_LVT_MASKED    (1u << 16)
#define LAPIC_LVT_DEADLINE  (2u << 17) /* the timer's: TSC-deadline mode */
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE  0x3e0
#define LAPIC_DIVIDE_BY_1   0x0b
#define LAPIC_SELF_IPI	    0x3f0 /* in x2APIC mode only */

#define LAPIC_X2APIC_MSR(offset) (0x800u + (offset) / 16)

/*
 * Mask every source of interrupts: both 8259 PICs and all of the local APIC's
 * vector table; measure the timer against the TSC.  False without a usable
 * local APIC: then lapic_* must not be called.
 */
bool lapic_init(void);

/*
 * Enable the local APIC of the vCPU that this runs on, in xAPIC mode whatever the
 * firmware left, all its sources masked.  False if it must stay in x2APIC mode.
 */
bool lapic_enable(void);

/* Whether lapic_init() found one, and whether its timer counts. */
bool lapic_present(void);
bool lapic_timer_present(void);

/*
 * The register itself, for an operation that is nothing but the access: only in
 * xAPIC mode, and where lapic_present().
 */
extern volatile uint32_t *lapic_registers;
static inline volatile uint32_t *lapic_register(uint32_t offset)
{
	return lapic_registers + offset / 4;
}

/* The same in either mode. */
uint32_t lapic_read(uint32_t offset);
void lapic_write(uint32_t offset, uint32_t value);

/*
 * In xAPIC mode: send an IPI to the local APIC @id; @command is the ICR's lower
 * half.  Later writes to LAPIC_ICR go there as well.
 */
void lapic_ipi(uint32_t id, uint32_t command);

/* One interrupt on VECTOR_TIMER about @tsc ticks from now, once. */
void lapic_timer_arm(uint64_t tsc);

/* Mask and stop the timer, and take back an interrupt it has raised. */
void lapic_timer_stop(void);

/* Halt for @tsc ticks or a little longer; where lapic_timer_present(). */
void lapic_idle(uint64_t tsc);

/*
 * Let in the interrupt that pends on @vector, and signal its end.  With
 * interrupts off; harmless should none pend.
 */
void lapic_take(uint8_t vector);

/*
 * Switch to x2APIC mode, if the processor has it (CPUID 1 ECX bit 21), and back.
 * The way back is through a disabled local APIC, whose state is lost: afterwards
 * it is as lapic_init() left it.  With no interrupt pending.  False if the local
 * APIC is not in the mode asked for.
 */
bool lapic_x2apic(bool on);

#endif
