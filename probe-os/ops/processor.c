// SPDX-License-Identifier: GPL-2.0-only
/* Performance counters and random numbers. Each instruction has its own exit control on VMX. */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/trap.h"

#define CPUID_1_ECX_RDRAND (1u << 30)
#define CPUID_7_EBX_RDSEED (1u << 18)

static void run_rdpmc(void)
{
	asm volatile(FAULT_RESUMES("rdpmc") : : "c"(0) : "eax", "edx", "memory");
}

/* It faults where the processor or the VM has no counters. */
static bool may_fault_rdpmc(void)
{
	return true;
}

static const char *skip_no_rdrand(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_RDRAND ? NULL : "no RDRAND (CPUID 1 ECX bit 30)";
}

static void run_rdrand(void)
{
	uint64_t value;

	asm volatile(FAULT_RESUMES("rdrand %0") : "=r"(value) : : "cc");
}

static const char *skip_no_rdseed(void)
{
	if (cpuid(0, 0).eax >= 7 && cpuid(7, 0).ebx & CPUID_7_EBX_RDSEED)
		return NULL;
	return "no RDSEED (CPUID 7 EBX bit 18)";
}

static void run_rdseed(void)
{
	uint64_t value;

	asm volatile(FAULT_RESUMES("rdseed %0") : "=r"(value) : : "cc");
}

static const struct op ops[] = {
	{
		.name = "rdpmc",
		.what = "RDPMC of counter 0",
		.why = "KVM intercepts it (SDM 25.1.3, RDPMC exiting; APM 15.9) and reads a "
		       "virtual counter, or raises #GP where the VM has none.",
		.compare = "rdtsc",
		.svm = EXITS(1, SVM_EXIT_RDPMC),
		.vmx = EXITS(1, EXIT_REASON_RDPMC),
		.may_fault = may_fault_rdpmc,
		.run = run_rdpmc,
	},
	{
		.name = "rdrand",
		.what = "RDRAND",
		.why = "Does not exit. KVM enables RDRAND exiting (SDM 25.1.3) only for guests "
		       "whose CPUID hides the instruction. SVM has no intercept for it.",
		.compare = "rdseed",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.skip = skip_no_rdrand,
		.run = run_rdrand,
	},
	{
		.name = "rdseed",
		.what = "RDSEED",
		.why = "As rdrand, with RDSEED exiting.",
		.compare = "rdrand",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.skip = skip_no_rdseed,
		.run = run_rdseed,
	},
};

const struct op_family family_processor = OP_FAMILY(
	"processor", "Instructions that read performance counters and random numbers.", ops);
