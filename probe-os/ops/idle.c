// SPDX-License-Identifier: GPL-2.0-only
/* Going idle and being woken. */
#include "ops/ops.h"

#include "cpu/lapic.h"

/*
 * From prepare() to the interrupt.  A reading of every reason's counter takes
 * less, so the processor does halt; should it not, the interrupt is pending and
 * HLT ends at once.
 */
#define HLT_TSC 1000000

static const char *skip_no_timer(void)
{
	return lapic_timer_present() ? NULL : "no local APIC timer";
}

static void prepare_hlt(void)
{
	lapic_timer_arm(HLT_TSC);
}

/* STI holds interrupts off for one instruction more (SDM vol. 2B, STI). */
static void run_hlt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

static void finish_hlt(void)
{
	lapic_timer_stop();
}

static const struct op ops[] = {
	{
		.name = "hlt-timer",
		.what = "HLT, woken by the local APIC's timer",
		.skip = skip_no_timer,
		.uses_timer = true,
		.prepare = prepare_hlt,
		.run = run_hlt,
		.finish = finish_hlt,
	},
};

const struct op_family family_idle = OP_FAMILY(ops);
