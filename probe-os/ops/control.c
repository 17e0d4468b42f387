// SPDX-License-Identifier: GPL-2.0-only
/* What should not leave the guest at all: the ground that others stand on. */
#include "ops/ops.h"

static void run_nop(void)
{
	asm volatile("nop");
}

/* Exits only where the hypervisor intercepts RDTSC (SDM 25.1.3, APM 15.9). */
static void run_rdtsc(void)
{
	asm volatile("rdtsc" : : : "eax", "edx");
}

static const struct op ops[] = {
	{ .name = "nop", .what = "NOP, for reference", .run = run_nop },
	{ .name = "rdtsc", .what = "RDTSC", .run = run_rdtsc },
};

const struct op_family family_control = OP_FAMILY(ops);
