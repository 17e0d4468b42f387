/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC and its timer (SDM vol. 3A, ch. 10; APM vol. 2, ch. 16). In xAPIC
 * mode, which the probe normally uses, the registers are in memory. In x2APIC mode
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
 * Mask every source of interrupts: both 8259 PICs and the whole vector table of the
 * local APIC. Measure the timer against the TSC. Return false without a usable local
 * APIC; the caller must then not call lapic_*.
 */
bool lapic_init(void);

/*
 * Enable the local APIC of the vCPU that this runs on, in xAPIC mode and with all its
 * sources masked. Return false if it must stay in x2APIC mode.
 */
bool lapic_enable(void);

/* Return whether lapic_init() found a local APIC, and whether its timer counts. */
bool lapic_present(void);
bool lapic_timer_present(void);

/*
 * Return the register itself, for an operation that consists of the access. It needs
 * xAPIC mode and lapic_present().
 */
extern volatile uint32_t *lapic_registers;
static inline volatile uint32_t *lapic_register(uint32_t offset)
{
	return lapic_registers + offset / 4;
}

/* Read and write a register in either mode. */
uint32_t lapic_read(uint32_t offset);
void lapic_write(uint32_t offset, uint32_t value);

/*
 * Send an IPI to the local APIC @id in xAPIC mode. @command is the lower half of the
 * ICR. Later writes to LAPIC_ICR go to the same destination.
 */
void lapic_ipi(uint32_t id, uint32_t command);

/* Request one interrupt on VECTOR_TIMER about @tsc ticks from now. */
void lapic_timer_arm(uint64_t tsc);

/* Put it into TSC-deadline mode, where a write to MSR_TSC_DEADLINE arms it (SDM 10.5.4.1). */
void lapic_timer_by_deadline(void);

/* Mask and stop the timer, and signal the end of an interrupt that it has raised. */
void lapic_timer_stop(void);

/* Halt for @tsc ticks or a little longer. It needs lapic_timer_present(). */
void lapic_idle(uint64_t tsc);

/*
 * Take the interrupt that is pending on @vector, and signal its end. The caller has
 * interrupts off. If none is pending, nothing happens.
 */
void lapic_take(uint8_t vector);

/*
 * Switch to x2APIC mode, which the processor must have (CPUID 1 ECX bit 21), or back.
 * Switching back disables the local APIC, which loses its state; it is then as
 * lapic_init() left it. No interrupt may be pending. Return false if the local APIC is
 * not in the requested mode.
 */
bool lapic_x2apic(bool on);

#endif
