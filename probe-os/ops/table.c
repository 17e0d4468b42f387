// SPDX-License-Identifier: GPL-2.0-only
#include "ops/ops.h"

static void run_empty(void)
{
}

const struct op op_empty = { .run = run_empty };

/* x2APIC mode comes late, because some emulators' local APIC does not work after it. */
const struct op_family *const op_families[] = {
	&family_control,     &family_cpuid,	   &family_hypercall,  &family_port,
	&family_string,	     &family_mmio,	   &family_fault,      &family_memory,
	&family_msr,	     &family_deadline,	   &family_register,   &family_debug,
	&family_descriptor,  &family_tlb,	   &family_exception,  &family_idle,
	&family_time,	     &family_processor,	   &family_pmu,	       &family_firmware,
	&family_smp,	     &family_paravirt_smp, &family_paravirt,   &family_hyperv_time,
	&family_hyperv_apic, &family_hyperv_call,  &family_interrupt,  &family_after,
	&family_x2apic,	     &family_nested,	   &family_nested_svm, &family_nested_vmx,
	&family_stats,
};
const size_t op_family_count = sizeof(op_families) / sizeof(op_families[0]);

const struct op_family *op_family_of(const struct op *op)
{
	for (size_t f = 0; f < op_family_count; f++) {
		const struct op_family *family = op_families[f];

		if (op >= family->ops && op < family->ops + family->count)
			return family;
	}
	return NULL;
}
