// SPDX-License-Identifier: GPL-2.0-only
#include "ops/halt.h"

#include <stdbool.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/delivery.h"

static bool deadline; /* whether the timer has TSC-deadline mode */
static uint64_t due;

void halt_setup(void)
{
	deadline = cpuid(1, 0).ecx & CPUID_1_ECX_DEADLINE;
	delivery_setup_timer();
}

void halt_arm(uint64_t tsc)
{
	if (deadline) {
		lapic_timer_by_deadline();
		due = rdtsc_fenced() + tsc;
		wrmsr(MSR_TSC_DEADLINE, due);
	} else {
		lapic_timer_arm(tsc);
		due = rdtsc_fenced() + tsc;
	}
}

uint64_t halt_due(void)
{
	return due;
}

/*
 * STI blocks interrupts for one more instruction (SDM vol. 2B, STI). The loop
 * usually runs once; the host's interrupts wake an SVM guest that may halt by
 * itself. It ends when the timer is too late and reports this as a failure, because
 * lapic_init() has seen the timer interrupt.
 */
void halt_until_due(void)
{
	uint32_t before = delivery_count();

	for (;;) {
		asm volatile("sti; hlt; cli" : : : "memory");
		if (delivery_count() != before)
			return;
		if (rdtsc_fenced() >= due + HALT_LATE_TSC) {
			delivery_fail("the timer's interrupt did not end HLT");
			return;
		}
	}
}

uint64_t halt_wait(uint64_t start)
{
	return due > start ? due - start : 0;
}
