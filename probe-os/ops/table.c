// SPDX-License-Identifier: GPL-2.0-only
#include "ops/ops.h"

static void run_empty(void)
{
}

const struct op op_empty = {
	.name = "empty",
	.what = "nothing: the bracket itself",
	.run = run_empty,
};

const struct op_family *const op_families[] = {
	&family_control,   &family_cpuid, &family_port, &family_msr,
	&family_hypercall, &family_apic,  &family_idle, &family_stats,
};
const size_t op_family_count = sizeof(op_families) / sizeof(op_families[0]);
