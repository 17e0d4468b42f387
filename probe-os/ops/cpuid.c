// SPDX-License-Identifier: GPL-2.0-only
/* CPUID: exits always on VMX (SDM 25.1.2), intercepted by KVM on SVM. */
#include "ops/ops.h"

#include "cpu/insn.h"

static void run_cpuid_0(void)
{
	cpuid(0, 0);
}

static const struct op ops[] = {
	{ .name = "cpuid", .what = "CPUID leaf 0", .run = run_cpuid_0 },
};

const struct op_family family_cpuid = OP_FAMILY(ops);
