// SPDX-License-Identifier: GPL-2.0-only
/* Instructions that should not exit: the baseline for the other families. */
#include "ops/ops.h"

#include "cpu/insn.h"

#define CPUID_EXT_1	       0x80000001
#define CPUID_EXT_1_EDX_RDTSCP (1u << 27)

static const char *skip_rdtscp(void)
{
	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_EXT_1 &&
	    cpuid(CPUID_EXT_1, 0).edx & CPUID_EXT_1_EDX_RDTSCP)
		return NULL;
	return "no RDTSCP (CPUID 0x80000001 EDX bit 27)";
}

static void run_empty(void)
{
}

static void run_nop(void)
{
	asm volatile("nop");
}

static void run_rdtsc(void)
{
	asm volatile("rdtsc" : : : "eax", "edx");
}

static void run_rdtscp(void)
{
	asm volatile("rdtscp" : : : "eax", "ecx", "edx");
}

static void run_pause(void)
{
	asm volatile("pause");
}

static const struct op ops[] = {
	{
		.name = "empty",
		.what = "nothing: the overhead of measuring",
		.why = "The probe measures nothing in the same way as the other rows. The cycles "
		       "are what remains after the overhead is subtracted, and their spread is "
		       "the noise of a measurement.",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_empty,
	},
	{
		.name = "nop",
		.what = "NOP, for reference",
		.why = "No control and no intercept covers NOP (SDM 25.1, APM 15.9).",
		.compare = "empty",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_nop,
	},
	{
		.name = "rdtsc",
		.what = "RDTSC",
		.why = "RDTSC exits only under \"RDTSC exiting\" (SDM 25.1.3) or with its "
		       "intercept (APM 15.9). KVM sets neither; the processor adds the guest's "
		       "TSC offset.",
		.compare = "rdtscp,rdmsr-tsc",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_rdtsc,
	},
	{
		.name = "rdtscp",
		.what = "RDTSCP",
		.why = "RDTSCP behaves like RDTSC (SDM 25.1.3, APM 15.9). Only if the guest's "
		       "CPUID lacks it, KVM intercepts it on SVM and disables it on VMX.",
		.compare = "rdtsc",
		.skip = skip_rdtscp,
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_rdtscp,
	},
	{
		.name = "pause",
		.what = "PAUSE, a single one",
		.why = "A single PAUSE does not exit. KVM lets the processor count: only many in "
		       "a tight loop exit, by PAUSE-loop exiting (SDM 25.1.3) or the PAUSE filter "
		       "(APM 15.14.4). Without that feature KVM does not intercept PAUSE.",
		.compare = "nop",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_pause,
	},
};

const struct op_family family_control = OP_FAMILY(
	"control",
	"Instructions that should not exit. They are the baseline for the other families.", ops);
