// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that the guest raises and handles. The exception bitmap (SDM 24.6.3)
 * or the intercepts (APM 15.12) decide which of them exit. The time includes the
 * guest's own delivery, handler and IRET (cpu/trap.h).
 */
#include "ops/ops.h"

#include "cpu/emulated.h"
#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/trap.h"

#define RFLAGS_TF (1u << 8)

/* The mapping ends at 4 GiB (boot/entry.asm). */
#define UNMAPPED (5ul << 30)

/* Bits 63:47 are not all the same (SDM vol. 1, 3.3.7.1). */
#define NON_CANONICAL (1ul << 63)

#define SVM_EXCEPTION(vector) (SVM_EXIT_EXCP_BASE + (vector))
#define DB		      1
#define UD		      6
#define GP		      13
#define PF		      14

static void run_ud(void)
{
	asm volatile(FAULT_RESUMES("ud2") : : : "memory");
}

static void run_de(void)
{
	uint32_t low = 1, high = 0;

	asm volatile(FAULT_RESUMES("divl %2") : "+a"(low), "+d"(high) : "r"(0) : "cc", "memory");
}

/* KVM's emulator does not implement INT3, and KVM stops the VM. */
static const char *skip_emulated(void)
{
	return instructions_emulated()
		       ? "all instructions are emulated (a NOP takes over 100 ticks)"
		       : NULL;
}

static void run_bp(void)
{
	asm volatile(TRAP_RESUMES("int3") : : : "memory");
}

/* POPFQ sets TF for the next instruction, so the trap follows the NOP. */
static void run_db(void)
{
	asm volatile(TRAP_RESUMES("pushfq; orl %0, (%%rsp); popfq; nop")
		     :
		     : "i"(RFLAGS_TF)
		     : "cc", "memory");
}

static void run_gp(void)
{
	asm volatile(FAULT_RESUMES("movb (%0), %%al") : : "r"(NON_CANONICAL) : "al", "memory");
}

static void run_pf(void)
{
	asm volatile(FAULT_RESUMES("movb (%0), %%al") : : "r"(UNMAPPED) : "al", "memory");
}

/* KVM's force-emulation prefix is UD2 and three bytes that KVM recognizes. */
static void run_forced_nop(void)
{
	asm volatile(FAULT_RESUMES("ud2; .ascii \"kvm\"; nop") : : : "memory");
}

static const char *skip_no_prefix(void)
{
	if (!machine()->kvm_leaf)
		return "no KVM (CPUID 0x40000000)";
	trap_taken();
	run_forced_nop();
	return trap_taken() < 0 ? NULL : "#UD: the host has kvm.force_emulation_prefix=0";
}

static const struct op ops[] = {
	{
		.name = "ud",
		.what = "UD2: #UD",
		.why = "KVM intercepts every #UD (SDM 25.2, APM 15.12), because the instruction "
		       "may be the other vendor's hypercall, which KVM patches, or one that KVM "
		       "emulates. UD2 is neither: KVM decodes it, finds nothing to do and injects "
		       "the exception.",
		.compare = "de,gp,forced-nop",
		.faults = true,
		.svm = EXITS(1, SVM_EXCEPTION(UD)),
		.vmx = EXITS(1, EXIT_REASON_EXCEPTION_NMI),
		.run = run_ud,
	},
	{
		.name = "de",
		.what = "DIV by 0: #DE",
		.why = "KVM does not intercept it. The time is what an exception costs the guest "
		       "itself.",
		.compare = "ud,bp",
		.faults = true,
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_de,
	},
	{
		.name = "bp",
		.what = "INT3: #BP",
		.why = "KVM does not intercept it unless the VMM debugs the guest with software "
		       "breakpoints (SDM 25.2, APM 15.12).",
		.compare = "db,de",
		.faults = true,
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.skip = skip_emulated,
		.run = run_bp,
	},
	{
		.name = "gp",
		.what = "load from a non-canonical address: #GP",
		.why = "KVM does not intercept it unless it emulates VMware's backdoor, whose "
		       "ports a guest may use in ring 3 (kvm.enable_vmware_backdoor).",
		.compare = "pf,ud",
		.faults = true,
		.svm = EXITS_VARY(0, 1, SVM_EXCEPTION(GP), "one with kvm.enable_vmware_backdoor=1"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_EXCEPTION_NMI,
				  "one with kvm.enable_vmware_backdoor=1"),
		.run = run_gp,
	},
	{
		.name = "pf",
		.what = "load from an unmapped address: #PF",
		.why = "With nested paging the guest handles its page faults alone (SDM 25.2, APM "
		       "15.12). With shadow paging the fault exits, and KVM has to walk the "
		       "guest's tables to learn that it is the guest's own.",
		.compare = "gp,touch-4k,map-page",
		.faults = true,
		.svm = EXITS_VARY(0, 1, SVM_EXCEPTION(PF), "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_EXCEPTION_NMI, "one with kvm_intel.ept=0"),
		.run = run_pf,
	},
	{
		.name = "db",
		.what = "single step over a NOP, with TF set by POPFQ: #DB",
		.why = "KVM intercepts every #DB and injects it. Otherwise an endless series of "
		       "#DBs during delivery could keep the processor from the host "
		       "(CVE-2015-8104).",
		.compare = "bp,ud",
		.faults = true,
		.svm = EXITS(1, SVM_EXCEPTION(DB)),
		.vmx = EXITS(1, EXIT_REASON_EXCEPTION_NMI),
		.run = run_db,
	},
	{
		.name = "forced-nop",
		.what = "NOP that KVM emulates because of its prefix",
		.why = "With kvm.force_emulation_prefix=1, the #UD of UD2 followed by the bytes "
		       "\"kvm\" makes KVM emulate the next instruction. The row is an exit with "
		       "the emulator's least work and no device.",
		.compare = "ud,cpuid",
		.svm = EXITS(1, SVM_EXCEPTION(UD)),
		.vmx = EXITS(1, EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_prefix,
		.run = run_forced_nop,
	},
};

const struct op_family family_exception = OP_FAMILY(
	"exception",
	"Exceptions that the guest raises and handles. KVM intercepts some of them; the others do "
	"not exit. The time includes the guest's delivery, its handler and IRET.",
	ops);
