// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/lapic.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/trap.h"

#define CPUID_1_EDX_APIC (1u << 9)
#define CPUID_1_EDX_MSR	 (1u << 5)

#define APIC_BASE_X2APIC  (1u << 10)
#define APIC_BASE_ENABLE  (1u << 11)
#define APIC_BASE_ADDRESS 0xffffff000ull

/* 8259A: the interrupt mask registers mask all lines. */
#define PIC1_IMR 0x21
#define PIC2_IMR 0xa1
#define PIC_ALL	 0xff

#define ICR_TRIES 10000

/* This is long enough for a few hundred timer ticks on any machine. */
#define CALIBRATION_TSC 2000000

/* A host may take 200 ms or more to inject the interrupt. */
#define ARRIVAL_TSC 1000000000

/* The most ticks to idle at a time: on any machine they fit the timer's 32 bits. */
#define IDLE_TSC 500000000

/* A count that has not changed by then never does. */
#define COUNTING_TSC (4 * CALIBRATION_TSC)

/* An interrupt reaches the local APIC much sooner. */
#define ARRIVAL_READS 1000

volatile uint32_t *lapic_registers;
static uint64_t ticks_per_mega; /* timer ticks in 2^20 TSC ticks */
static bool x2apic;

bool lapic_present(void)
{
	return lapic_registers;
}

bool lapic_timer_present(void)
{
	return ticks_per_mega;
}

uint32_t lapic_read(uint32_t offset)
{
	if (x2apic)
		return (uint32_t)rdmsr(LAPIC_X2APIC_MSR(offset));
	return *lapic_register(offset);
}

void lapic_write(uint32_t offset, uint32_t value)
{
	if (x2apic)
		wrmsr_guarded(LAPIC_X2APIC_MSR(offset), value);
	else
		*lapic_register(offset) = value;
}

static volatile bool interrupted;

static void note_interrupt(void)
{
	interrupted = true;
}

/*
 * Return whether the timer's interrupt arrives, on which code that halts relies. The
 * host may be busy elsewhere, so wait for a timer that counts. Do not wait for one that
 * does not count.
 */
static bool timer_interrupts(void)
{
	uint64_t start = rdtsc_fenced(), passed;
	uint32_t count;

	interrupted = false;
	trap_handle(VECTOR_TIMER, note_interrupt);
	lapic_timer_arm(CALIBRATION_TSC / 2);
	/* Not the first of the current counts, which is 0 if the host ran other threads so long. */
	count = lapic_read(LAPIC_TIMER_INITIAL);
	asm volatile("sti" : : : "memory");
	do {
		asm volatile("pause");
		passed = rdtsc_fenced() - start;
	} while (!interrupted && passed < ARRIVAL_TSC &&
		 (passed < COUNTING_TSC || lapic_read(LAPIC_TIMER_CURRENT) != count));
	asm volatile("cli" : : : "memory");
	trap_handle(VECTOR_TIMER, NULL);
	lapic_timer_stop();
	return interrupted;
}

/* Measure the timer against the TSC and check that it interrupts. */
static void calibrate(void)
{
	uint64_t start, now;
	uint32_t ticks;

	start = rdtsc_fenced();
	lapic_write(LAPIC_TIMER_INITIAL, UINT32_MAX);
	do
		now = rdtsc_fenced();
	while (now - start < CALIBRATION_TSC);
	ticks = UINT32_MAX - lapic_read(LAPIC_TIMER_CURRENT);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
	ticks_per_mega = ((uint64_t)ticks << 20) / (now - start);
	if (ticks_per_mega && !timer_interrupts())
		ticks_per_mega = 0;
}

/*
 * The only way out of x2APIC mode is to disable the local APIC (SDM vol. 3A, "x2APIC
 * State Transitions"). With IA32_XAPIC_DISABLE_STATUS there is none.
 */
static bool to_xapic(void)
{
	uint64_t msr = rdmsr(MSR_APIC_BASE);

	if (!(msr & APIC_BASE_X2APIC))
		return true;
	msr &= ~(uint64_t)(APIC_BASE_ENABLE | APIC_BASE_X2APIC);
	return wrmsr_try(MSR_APIC_BASE, msr) && wrmsr_try(MSR_APIC_BASE, msr | APIC_BASE_ENABLE);
}

bool lapic_enable(void)
{
	static const uint32_t lvt[] = { LAPIC_LVT_TIMER, LAPIC_LVT_LINT0, LAPIC_LVT_LINT1,
					LAPIC_LVT_ERROR, LAPIC_LVT_PERF,  LAPIC_LVT_THERMAL };

	if (!to_xapic())
		return false;
	lapic_write(LAPIC_SVR, LAPIC_SVR_ENABLE | VECTOR_SPURIOUS);
	for (unsigned int i = 0; i < sizeof(lvt) / sizeof(lvt[0]); i++)
		lapic_write(lvt[i], LAPIC_LVT_MASKED);
	lapic_write(LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
	return true;
}

bool lapic_init(void)
{
	uint32_t features = cpuid(1, 0).edx;
	uint64_t msr;

	outb(PIC1_IMR, PIC_ALL);
	outb(PIC2_IMR, PIC_ALL);
	if (!(features & CPUID_1_EDX_APIC) || !(features & CPUID_1_EDX_MSR))
		return false;
	msr = rdmsr(MSR_APIC_BASE);
	if (!(msr & APIC_BASE_ENABLE))
		return false;

	lapic_registers = (volatile uint32_t *)(uintptr_t)(msr & APIC_BASE_ADDRESS);
	if (!lapic_enable()) {
		lapic_registers = NULL;
		return false;
	}
	calibrate();
	return true;
}

void lapic_ipi(uint32_t id, uint32_t command)
{
	/* This takes at most a few bus cycles. Do not wait for a model that never gets ready. */
	for (int i = 0; i < ICR_TRIES && lapic_read(LAPIC_ICR) & LAPIC_ICR_BUSY; i++)
		asm volatile("pause");
	lapic_write(LAPIC_ICR_HIGH, id << LAPIC_ID_SHIFT);
	lapic_write(LAPIC_ICR, command);
}

void lapic_timer_arm(uint64_t tsc)
{
	uint64_t ticks = (tsc * ticks_per_mega) >> 20;

	lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, ticks ? (uint32_t)ticks : 1);
}

/* The write to the LVT, in memory, must complete before the one to the MSR. */
void lapic_timer_by_deadline(void)
{
	lapic_write(LAPIC_LVT_TIMER, LAPIC_LVT_DEADLINE | VECTOR_TIMER);
	asm volatile("mfence" : : : "memory");
}

void lapic_timer_stop(void)
{
	lapic_write(LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
	lapic_write(LAPIC_EOI, 0);
}

void lapic_idle(uint64_t tsc)
{
	uint64_t begin = rdtsc_fenced(), passed = 0;

	trap_handle(VECTOR_TIMER, note_interrupt);
	while (passed < tsc) {
		lapic_timer_arm(tsc - passed < IDLE_TSC ? tsc - passed : IDLE_TSC);
		asm volatile("sti; hlt; cli" : : : "memory");
		lapic_timer_stop();
		passed = rdtsc_fenced() - begin;
	}
	/* Something else may have ended the last HLT. */
	asm volatile("sti; nop; cli" : : : "memory");
	lapic_write(LAPIC_EOI, 0);
	trap_handle(VECTOR_TIMER, NULL);
}

void lapic_take(uint8_t vector)
{
	uint32_t irr = LAPIC_IRR + vector / 32u * 16;

	for (int i = 0; i < ARRIVAL_READS; i++)
		if (lapic_read(irr) & 1u << vector % 32)
			break;
	asm volatile("sti; nop; cli" : : : "memory"); /* STI blocks for one instruction */
	lapic_write(LAPIC_EOI, 0);
}

static void leave_x2apic(void)
{
	x2apic = false;
	lapic_enable();
	/*
	 * On Bochs 2.7 the timer no longer works afterwards. A timer that still
	 * interrupts is as fast as before.
	 */
	if (ticks_per_mega && !timer_interrupts())
		ticks_per_mega = 0;
}

bool lapic_x2apic(bool on)
{
	uint64_t msr = rdmsr(MSR_APIC_BASE), id;

	if (on && !x2apic) {
		/* Some hypervisors announce the mode but do not implement it. */
		x2apic = wrmsr_try(MSR_APIC_BASE, msr | APIC_BASE_X2APIC);
		/* Bochs 2.7 enters the mode only once, and then without its registers. */
		if (x2apic && !rdmsr_try(LAPIC_X2APIC_MSR(LAPIC_TPR), &id))
			leave_x2apic();
	} else if (!on && x2apic) {
		leave_x2apic();
	}
	return x2apic == on;
}
