// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt controller: memory-mapped, and its task priority as CR8. */
#include "ops/ops.h"

#include "cpu/lapic.h"

static const char *skip_no_lapic(void)
{
	return lapic_present() ? NULL : "no local APIC in xAPIC mode";
}

static void run_xapic_read(void)
{
	lapic_read(LAPIC_ID);
}

/* CR8 is the local APIC's task priority, bits 7:4 (SDM vol. 3A, 11.8.6). */
static void run_mov_cr8(void)
{
	asm volatile("mov %0, %%cr8" : : "r"(0ul) : "memory");
}

static const struct op ops[] = {
	{ .name = "mov-cr8", .what = "MOV to CR8 of 0", .run = run_mov_cr8 },
	{
		.name = "xapic-read",
		.what = "read of the local APIC's ID register (MMIO)",
		.skip = skip_no_lapic,
		.run = run_xapic_read,
	},
};

const struct op_family family_apic = OP_FAMILY(ops);
