// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCALL (SDM vol. 3C, 30.3) and VMMCALL (APM vol. 3): the vendor's own
 * instruction.  Without a hypervisor either faults with #UD.
 */
#include "ops/ops.h"

#include "cpu/machine.h"
#include "cpu/trap.h"

/* No hypercall of KVM, Xen or Hyper-V has this number: an error comes back. */
#define HYPERCALL_UNKNOWN 0x7fffff00

static void run_hypercall(void)
{
	unsigned long rax = HYPERCALL_UNKNOWN;

	if (machine()->amd)
		asm volatile(FAULT_RESUMES("vmmcall") : "+a"(rax) : : "memory");
	else
		asm volatile(FAULT_RESUMES("vmcall") : "+a"(rax) : : "memory");
}

static const struct op ops[] = {
	{
		.name = "hypercall",
		.what = "VMMCALL (AMD) or VMCALL (Intel), unknown number",
		.run = run_hypercall,
	},
};

const struct op_family family_hypercall = OP_FAMILY(ops);
