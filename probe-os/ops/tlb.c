// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translations and caches. With nested paging the guest flushes its own translations.
 * A flush of all caches concerns the host.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/trap.h"
#include "ops/skip.h"

#define CPUID_1_EDX_CLFSH   (1u << 19)
#define CPUID_7_EBX_INVPCID (1u << 10)

#define INVPCID_ADDRESS 0ul /* one address in one PCID, SDM vol. 2A, INVPCID */

static uint8_t target;

static void run_invlpg(void)
{
	asm volatile("invlpg %0" : : "m"(target) : "memory");
}

static const char *skip_no_invpcid(void)
{
	if (cpuid(0, 0).eax >= 7 && cpuid(7, 0).ebx & CPUID_7_EBX_INVPCID)
		return NULL;
	return "no INVPCID (CPUID 7 EBX bit 10)";
}

/* PCID 0 is the only one while CR4.PCIDE is off. */
static void run_invpcid(void)
{
	const struct {
		uint64_t pcid, address;
	} descriptor = { 0, (uintptr_t)&target };

	asm volatile(FAULT_RESUMES("invpcid %0, %1")
		     :
		     : "m"(descriptor), "r"(INVPCID_ADDRESS)
		     : "memory");
}

static const char *skip_no_clflush(void)
{
	return cpuid(1, 0).edx & CPUID_1_EDX_CLFSH ? NULL : "no CLFLUSH (CPUID 1 EDX bit 19)";
}

static void run_clflush(void)
{
	asm volatile("clflush %0" : "+m"(target));
}

static void run_wbinvd(void)
{
	asm volatile("wbinvd" : : : "memory");
}

static void run_invd(void)
{
	asm volatile("invd" : : : "memory");
}

static const struct op ops[] = {
	{
		.name = "invlpg",
		.what = "INVLPG of a mapped address",
		.why = "With nested paging KVM sets neither INVLPG exiting (SDM 25.1.3) nor the "
		       "intercept (APM 15.9). The guest flushes its own translation.",
		.compare = "invpcid,mov-to-cr3",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_INVLPG, "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_INVLPG, "one with kvm_intel.ept=0"),
		.run = run_invlpg,
	},
	{
		.name = "invpcid",
		.what = "INVPCID of a mapped address",
		.why = "INVPCID exits on VMX with INVLPG exiting (SDM 25.1.3), and on SVM with "
		       "its own intercept (APM 15.9). With nested paging KVM uses neither.",
		.compare = "invlpg,mov-to-cr3",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_INVPCID, "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_INVPCID, "one with kvm_intel.ept=0"),
		.skip = skip_no_invpcid,
		.run = run_invpcid,
	},
	{
		.name = "clflush",
		.what = "CLFLUSH of a byte of memory",
		.why = "No control of either processor intercepts CLFLUSH. Any code that may read "
		       "a line may flush it.",
		.compare = "load,wbinvd",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.skip = skip_no_clflush,
		.run = run_clflush,
	},
	{
		.name = "wbinvd",
		.what = "WBINVD",
		.why = "KVM turns on WBINVD exiting (SDM 25.1.3) or the intercept (APM 15.9). KVM "
		       "flushes nothing unless a device of the guest does DMA that does not "
		       "snoop. Where WBINVD is not intercepted it stalls the whole processor, so "
		       "the probe runs it only on request.",
		.compare = "invd,clflush",
		.by_name = true,
		.svm = EXITS(1, SVM_EXIT_WBINVD),
		.vmx = EXITS(1, EXIT_REASON_WBINVD),
		.run = run_wbinvd,
	},
	{
		.name = "invd",
		.what = "INVD",
		.why = "INVD always exits on VMX (SDM 25.1.2), and KVM intercepts it on SVM (APM "
		       "15.9). KVM then does nothing. INVD discards what the caches have not "
		       "written back. That would lose memory on a bare machine, so the probe runs "
		       "it only on request and never without a hypervisor.",
		.compare = "wbinvd",
		.by_name = true,
		.svm = EXITS_EITHER(1, 1, SVM_EXIT_INVD, SVM_EXIT_WBINVD,
				    "older QEMU's emulated SVM takes it for WBINVD"),
		.vmx = EXITS(1, EXIT_REASON_INVD),
		.skip = skip_no_hypervisor,
		.run = run_invd,
	},
};

const struct op_family family_tlb = OP_FAMILY(
	"tlb",
	"Flushes of translations, which nested paging leaves to the guest, and flushes of caches, "
	"which concern the host.",
	ops);
