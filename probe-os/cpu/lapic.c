// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/lapic.h"

#include "cpu/insn.h"
#include "cpu/trap.h"

#define CPUID_1_EDX_APIC (1u << 9)
#define CPUID_1_EDX_MSR	 (1u << 5)

#define MSR_APIC_BASE	  0x1b
#define APIC_BASE_X2APIC  (1u << 10)
#define APIC_BASE_ENABLE  (1u << 11)
#define APIC_BASE_ADDRESS 0xffffff000ull

/* 8259A: all lines masked by the interrupt mask registers. */
#define PIC1_IMR 0x21
#define PIC2_IMR 0xa1
#define PIC_ALL	 0xff

/* Long enough for a few hundred timer ticks on anything that exists. */
#define CALIBRATION_TSC 2000000

static volatile uint32_t *base;
static uint64_t ticks_per_mega; /* timer ticks in 2^20 TSC ticks */

bool lapic_present(void)
{
	return base;
}

bool lapic_timer_present(void)
{
	return ticks_per_mega;
}

uint32_t lapic_read(uint32_t offset)
{
	return base[offset / 4];
}

void lapic_write(uint32_t offset, uint32_t value)
{
	base[offset / 4] = value;
}

static void calibrate(void)
{
	uint64_t start, now;
	uint32_t ticks;

	lapic_write(LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
	start = rdtsc_fenced();
	lapic_write(LAPIC_TIMER_INITIAL, UINT32_MAX);
	do
		now = rdtsc_fenced();
	while (now - start < CALIBRATION_TSC);
	ticks = UINT32_MAX - lapic_read(LAPIC_TIMER_CURRENT);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
	ticks_per_mega = ((uint64_t)ticks << 20) / (now - start);
}

bool lapic_init(void)
{
	static const uint32_t lvt[] = { LAPIC_LVT_TIMER, LAPIC_LVT_LINT0, LAPIC_LVT_LINT1,
					LAPIC_LVT_ERROR, LAPIC_LVT_PERF,  LAPIC_LVT_THERMAL };
	uint32_t features = cpuid(1, 0).edx;
	uint64_t msr;

	outb(PIC1_IMR, PIC_ALL);
	outb(PIC2_IMR, PIC_ALL);
	if (!(features & CPUID_1_EDX_APIC) || !(features & CPUID_1_EDX_MSR))
		return false;
	msr = rdmsr(MSR_APIC_BASE);
	if (!(msr & APIC_BASE_ENABLE) || (msr & APIC_BASE_X2APIC))
		return false;

	base = (volatile uint32_t *)(uintptr_t)(msr & APIC_BASE_ADDRESS);
	lapic_write(LAPIC_SVR, LAPIC_SVR_ENABLE | VECTOR_SPURIOUS);
	for (unsigned int i = 0; i < sizeof(lvt) / sizeof(lvt[0]); i++)
		lapic_write(lvt[i], LAPIC_LVT_MASKED);
	calibrate();
	return true;
}

void lapic_timer_arm(uint64_t tsc)
{
	uint64_t ticks = (tsc * ticks_per_mega) >> 20;

	lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, ticks ? (uint32_t)ticks : 1);
}

void lapic_timer_stop(void)
{
	lapic_write(LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
	lapic_write(LAPIC_EOI, 0);
}
