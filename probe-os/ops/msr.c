// SPDX-License-Identifier: GPL-2.0-only
/*
 * RDMSR and WRMSR exit as the MSR bitmap says (SDM 25.6.9, APM 15.11); any of
 * them may fault with #GP, which is then told and its delivery measured.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/trap.h"

#define MSR_TSC_ADJUST 0x0000003b
#define MSR_FS_BASE    0xc0000100
#define MSR_UNKNOWN    0x4b564d7f /* outside of every assigned range */

#define CPUID_7_EBX_TSC_ADJUST (1u << 1)

static uint64_t tsc_adjust;

static void try_rdmsr(uint32_t msr)
{
	asm volatile(FAULT_RESUMES("rdmsr") : : "c"(msr) : "eax", "edx", "memory");
}

static void try_wrmsr(uint32_t msr, uint64_t value)
{
	asm volatile(FAULT_RESUMES("wrmsr")
		     :
		     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
		     : "memory");
}

static const char *skip_tsc_adjust(void)
{
	if (cpuid(0, 0).eax >= 7 && cpuid(7, 0).ebx & CPUID_7_EBX_TSC_ADJUST)
		return NULL;
	return "no TSC_ADJUST (CPUID 7 EBX bit 1)";
}

static void prepare_tsc_adjust(void)
{
	tsc_adjust = rdmsr(MSR_TSC_ADJUST);
}

static void run_rdmsr_tsc_adjust(void)
{
	try_rdmsr(MSR_TSC_ADJUST);
}

static void run_wrmsr_tsc_adjust(void)
{
	try_wrmsr(MSR_TSC_ADJUST, tsc_adjust);
}

static void run_rdmsr_fs_base(void)
{
	try_rdmsr(MSR_FS_BASE);
}

static void run_rdmsr_unknown(void)
{
	try_rdmsr(MSR_UNKNOWN);
}

static const struct op ops[] = {
	{
		.name = "rdmsr-tsc-adjust",
		.what = "RDMSR of TSC_ADJUST (0x3b)",
		.skip = skip_tsc_adjust,
		.run = run_rdmsr_tsc_adjust,
	},
	{
		.name = "wrmsr-tsc-adjust",
		.what = "WRMSR to TSC_ADJUST of the value it has",
		.skip = skip_tsc_adjust,
		.prepare = prepare_tsc_adjust,
		.run = run_wrmsr_tsc_adjust,
	},
	{
		.name = "rdmsr-fs-base",
		.what = "RDMSR of FS_BASE (0xc0000100), passed through",
		.run = run_rdmsr_fs_base,
	},
	{
		.name = "rdmsr-unknown",
		.what = "RDMSR of an MSR that does not exist: #GP",
		.run = run_rdmsr_unknown,
	},
};

const struct op_family family_msr = OP_FAMILY(ops);
