// SPDX-License-Identifier: GPL-2.0-only
/*
 * RDMSR and WRMSR exit as the MSR bitmap says (SDM 25.1.3, 24.6.9; APM vol. 2,
 * 15.11). Any of them may raise #GP; the probe then reports this and the time
 * includes the delivery. Unless a row says otherwise, writes use the MSR's current
 * value. MSRs: SDM vol. 4, 2.1; APM vol. 2, appendix A.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "cpu/trap.h"

#define MSR_TSC		      0x00000010
#define MSR_TSC_ADJUST	      0x0000003b
#define MSR_SPEC_CTRL	      0x00000048
#define MSR_PRED_CMD	      0x00000049
#define PRED_CMD_IBPB	      (1u << 0)
#define MSR_MTRRCAP	      0x000000fe
#define MSR_ARCH_CAPABILITIES 0x0000010a
#define ARCH_CAP_TSX_CTRL     (1u << 7)
#define MSR_TSX_CTRL	      0x00000122
#define MSR_MISC_ENABLE	      0x000001a0
#define MSR_PAT		      0x00000277
#define MSR_FS_BASE	      0xc0000100
#define MSR_KERNEL_GS_BASE    0xc0000102
#define MSR_UNKNOWN	      0x4b564d7f /* outside of every assigned range */

#define CPUID_1_EDX_MTRR	  (1u << 12)
#define CPUID_1_EDX_PAT		  (1u << 16)
#define CPUID_7_EBX_TSC_ADJUST	  (1u << 1)
#define CPUID_7_EDX_SPEC_CTRL	  (1u << 26)
#define CPUID_7_EDX_ARCH_CAP	  (1u << 29)
#define CPUID_EXT_8		  0x80000008
#define CPUID_EXT_8_EBX_IBPB	  (1u << 12)
#define CPUID_EXT_8_EBX_SPEC_CTRL (1u << 14 | 1u << 15 | 1u << 24) /* IBRS, STIBP, SSBD */

static uint64_t held; /* the current value of the MSR that run() writes */

/* Define run_rdmsr_@name(). */
#define RDMSR(name, msr)                                                                           \
	static void run_rdmsr_##name(void)                                                         \
	{                                                                                          \
		rdmsr_guarded(msr);                                                                \
	}

/* Define setup_@name() and run_wrmsr_@name(), which writes the current value. */
#define WRMSR(name, msr)                                                                           \
	static void setup_##name(void)                                                             \
	{                                                                                          \
		rdmsr_try(msr, &held);                                                             \
	}                                                                                          \
	static void run_wrmsr_##name(void)                                                         \
	{                                                                                          \
		wrmsr_guarded((msr), held);                                                        \
	}

RDMSR(fs_base, MSR_FS_BASE)
WRMSR(fs_base, MSR_FS_BASE)
RDMSR(kgs_base, MSR_KERNEL_GS_BASE)
WRMSR(kgs_base, MSR_KERNEL_GS_BASE)
RDMSR(tsc, MSR_TSC)
RDMSR(tsc_adjust, MSR_TSC_ADJUST)
WRMSR(tsc_adjust, MSR_TSC_ADJUST)
RDMSR(apic_base, MSR_APIC_BASE)
WRMSR(apic_base, MSR_APIC_BASE)
RDMSR(misc_enable, MSR_MISC_ENABLE)
WRMSR(misc_enable, MSR_MISC_ENABLE)
RDMSR(mtrrcap, MSR_MTRRCAP)
RDMSR(pat, MSR_PAT)
WRMSR(pat, MSR_PAT)
RDMSR(efer, MSR_EFER)
WRMSR(efer, MSR_EFER)
RDMSR(spec_ctrl, MSR_SPEC_CTRL)
WRMSR(spec_ctrl, MSR_SPEC_CTRL)
RDMSR(arch_caps, MSR_ARCH_CAPABILITIES)
RDMSR(tsx_ctrl, MSR_TSX_CTRL)
RDMSR(microcode, MSR_MICROCODE)
RDMSR(unknown, MSR_UNKNOWN)

static struct cpuid cpuid_7(void)
{
	return cpuid(0, 0).eax >= 7 ? cpuid(7, 0) : (struct cpuid){ 0 };
}

static struct cpuid cpuid_ext_8(void)
{
	return cpuid(CPUID_EXTENDED, 0).eax >= CPUID_EXT_8 ? cpuid(CPUID_EXT_8, 0)
							   : (struct cpuid){ 0 };
}

static bool readable(uint32_t msr)
{
	uint64_t value;

	return rdmsr_try(msr, &value);
}

/* An MSR that cannot be read is not written either, because its value is unknown. */
static const char *skip_fs_base(void)
{
	return readable(MSR_FS_BASE) ? NULL : "no FS_BASE (RDMSR of 0xc0000100 faults)";
}

static const char *skip_kgs_base(void)
{
	return readable(MSR_KERNEL_GS_BASE) ? NULL
					    : "no KERNEL_GS_BASE (RDMSR of 0xc0000102 faults)";
}

static const char *skip_tsc_adjust(void)
{
	if (!(cpuid_7().ebx & CPUID_7_EBX_TSC_ADJUST))
		return "no TSC_ADJUST (CPUID 7 EBX bit 1)";
	return readable(MSR_TSC_ADJUST) ? NULL : "no TSC_ADJUST (RDMSR of 0x3b faults)";
}

static const char *skip_apic_base(void)
{
	return readable(MSR_APIC_BASE) ? NULL : "no APIC_BASE (RDMSR of 0x1b faults)";
}

static const char *skip_misc_enable(void)
{
	return readable(MSR_MISC_ENABLE) ? NULL : "no MISC_ENABLE (RDMSR of 0x1a0 faults)";
}

static const char *skip_mtrrcap(void)
{
	return cpuid(1, 0).edx & CPUID_1_EDX_MTRR ? NULL : "no MTRRs (CPUID 1 EDX bit 12)";
}

static const char *skip_pat(void)
{
	if (!(cpuid(1, 0).edx & CPUID_1_EDX_PAT))
		return "no PAT (CPUID 1 EDX bit 16)";
	return readable(MSR_PAT) ? NULL : "no PAT (RDMSR of 0x277 faults)";
}

static const char *skip_efer(void)
{
	return readable(MSR_EFER) ? NULL : "no EFER (RDMSR of 0xc0000080 faults)";
}

static const char *skip_spec_ctrl(void)
{
	if (!(cpuid_7().edx & CPUID_7_EDX_SPEC_CTRL) &&
	    !(cpuid_ext_8().ebx & CPUID_EXT_8_EBX_SPEC_CTRL))
		return "no SPEC_CTRL (CPUID 7 EDX bit 26; 0x80000008 EBX bits 14, 15, 24)";
	return readable(MSR_SPEC_CTRL) ? NULL : "no SPEC_CTRL (RDMSR of 0x48 faults)";
}

static const char *skip_pred_cmd(void)
{
	return cpuid_7().edx & CPUID_7_EDX_SPEC_CTRL || cpuid_ext_8().ebx & CPUID_EXT_8_EBX_IBPB
		       ? NULL
		       : "no IBPB (CPUID 7 EDX bit 26; 0x80000008 EBX bit 12)";
}

static const char *skip_arch_caps(void)
{
	return cpuid_7().edx & CPUID_7_EDX_ARCH_CAP ? NULL
						    : "no ARCH_CAPABILITIES (CPUID 7 EDX bit 29)";
}

static const char *skip_tsx_ctrl(void)
{
	uint64_t value;

	if (!skip_arch_caps() && rdmsr_try(MSR_ARCH_CAPABILITIES, &value) &&
	    value & ARCH_CAP_TSX_CTRL)
		return NULL;
	return "no TSX_CTRL (ARCH_CAPABILITIES bit 7)";
}

static void run_wrmsr_pred_cmd(void)
{
	wrmsr_guarded(MSR_PRED_CMD, PRED_CMD_IBPB);
}

static void run_wrmsr_unknown(void)
{
	wrmsr_guarded(MSR_UNKNOWN, 0);
}

/* KVM may write these 32 bytes at any time while they are registered. */
static uint32_t clock[8] __attribute__((aligned(64)));

static const char *skip_kvmclock(void)
{
	return machine()->kvm_features & KVM_FEATURE_CLOCKSOURCE2
		       ? NULL
		       : "no kvmclock (CPUID 0x40000001 EAX bit 3 of KVM)";
}

static void run_wrmsr_kvmclock(void)
{
	wrmsr_guarded(MSR_KVM_SYSTEM_TIME_NEW, (uintptr_t)clock | MSR_KVM_ENABLED);
}

static void teardown_kvmclock(void)
{
	wrmsr_guarded(MSR_KVM_SYSTEM_TIME_NEW, 0);
}

/* Every version of KVM intercepts it. */
#define RDMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_READ)
#define WRMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_WRITE)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("rdmsr-fs-base", "RDMSR of FS_BASE (0xc0000100), passed through",
	    "Does not exit. The VMCB or VMCS holds the guest's segment bases, so KVM passes these "
	    "MSRs through by clear bits in the MSR bitmap (SDM 24.6.9, APM 15.11).",
	    "rdmsr-kgs-base,rdmsr-tsc-adjust", .svm = NO_EXIT, .vmx = NO_EXIT,
	    .run = run_rdmsr_fs_base),
	ROW("wrmsr-fs-base", "WRMSR to FS_BASE of its current value, passed through",
	    "As rdmsr-fs-base.", "rdmsr-fs-base,wrmsr-tsc-adjust", .skip = skip_fs_base,
	    .svm = NO_EXIT, .vmx = NO_EXIT, .setup = setup_fs_base, .run = run_wrmsr_fs_base),
	ROW("rdmsr-kgs-base", "RDMSR of KERNEL_GS_BASE (0xc0000102), passed through",
	    "Does not exit. VMLOAD and VMSAVE (APM 15.5.2), or KVM's own MSR switch on VMX, give "
	    "the guest a value of its own.",
	    "rdmsr-fs-base", .svm = NO_EXIT, .vmx = NO_EXIT, .run = run_rdmsr_kgs_base),
	ROW("wrmsr-kgs-base", "WRMSR to KERNEL_GS_BASE of its current value, passed through",
	    "As rdmsr-kgs-base.", "wrmsr-fs-base", .skip = skip_kgs_base, .svm = NO_EXIT,
	    .vmx = NO_EXIT, .setup = setup_kgs_base, .run = run_wrmsr_kgs_base),
	ROW("rdmsr-tsc", "RDMSR of the TSC (0x10)",
	    "On VMX KVM passes the read through, and the TSC offset applies to it (SDM 25.3). On "
	    "SVM KVM intercepts it.",
	    "rdtsc", .svm = EXITS(1, SVM_EXIT_MSR), .vmx = NO_EXIT, .run = run_rdmsr_tsc),
	ROW("rdmsr-tsc-adjust", "RDMSR of TSC_ADJUST (0x3b)",
	    "Exits because the MSR's bit in the MSR bitmap is set (SDM 25.1.3, APM 15.11). KVM "
	    "keeps the value in memory.",
	    "rdmsr-fs-base,wrmsr-tsc-adjust,cpuid", .skip = skip_tsc_adjust, RDMSR_EXITS,
	    .run = run_rdmsr_tsc_adjust),
	ROW("wrmsr-tsc-adjust", "WRMSR to TSC_ADJUST of its current value",
	    "As rdmsr-tsc-adjust. KVM would move the guest's TSC offset by the difference from "
	    "the current value.",
	    "rdmsr-tsc-adjust", .skip = skip_tsc_adjust, WRMSR_EXITS, .setup = setup_tsc_adjust,
	    .run = run_wrmsr_tsc_adjust),
	ROW("rdmsr-apic-base", "RDMSR of APIC_BASE (0x1b)",
	    "Exits by the MSR bitmap, because KVM emulates the local APIC.", "wrmsr-apic-base",
	    .skip = skip_apic_base, RDMSR_EXITS, .run = run_rdmsr_apic_base),
	ROW("wrmsr-apic-base", "WRMSR to APIC_BASE of its current value",
	    "As rdmsr-apic-base. KVM checks the change of mode and finds that there is none.",
	    "rdmsr-apic-base", .skip = skip_apic_base, WRMSR_EXITS, .setup = setup_apic_base,
	    .run = run_wrmsr_apic_base),
	ROW("rdmsr-misc-enable", "RDMSR of MISC_ENABLE (0x1a0)",
	    "Exits by the MSR bitmap. KVM provides the MSR on AMD as well, where the processor "
	    "has no such MSR.",
	    "rdmsr-tsc-adjust", .skip = skip_misc_enable, RDMSR_EXITS,
	    .run = run_rdmsr_misc_enable),
	ROW("wrmsr-misc-enable", "WRMSR to MISC_ENABLE of its current value",
	    "As rdmsr-misc-enable. KVM would update CPUID if the MONITOR bit changed.",
	    "rdmsr-misc-enable", .skip = skip_misc_enable, WRMSR_EXITS, .setup = setup_misc_enable,
	    .run = run_wrmsr_misc_enable),
	ROW("rdmsr-mtrrcap", "RDMSR of MTRRcap (0xfe)",
	    "Exits by the MSR bitmap. KVM keeps the guest's MTRRs in memory only.",
	    "rdmsr-tsc-adjust", .skip = skip_mtrrcap, RDMSR_EXITS, .run = run_rdmsr_mtrrcap),
	ROW("rdmsr-pat", "RDMSR of PAT (0x277)",
	    "Exits by the MSR bitmap, although VMCB and VMCS hold the guest's own PAT.",
	    "rdmsr-fs-base,wrmsr-pat", .skip = skip_pat, RDMSR_EXITS, .run = run_rdmsr_pat),
	ROW("wrmsr-pat", "WRMSR to PAT of its current value",
	    "As rdmsr-pat. KVM checks the memory types and writes them to the VMCB or VMCS.",
	    "rdmsr-pat", .skip = skip_pat, WRMSR_EXITS, .setup = setup_pat, .run = run_wrmsr_pat),
	ROW("rdmsr-efer", "RDMSR of EFER (0xc0000080)",
	    "Exits by the MSR bitmap, because the EFER in use differs from the guest's. On SVM, "
	    "for example, it has SVME set (APM 15.5.1).",
	    "wrmsr-efer", RDMSR_EXITS, .run = run_rdmsr_efer),
	ROW("wrmsr-efer", "WRMSR to EFER of its current value",
	    "As rdmsr-efer. KVM would rebuild its MMU's roles if NX changed.", "rdmsr-efer",
	    .skip = skip_efer, WRMSR_EXITS, .setup = setup_efer, .run = run_wrmsr_efer),
	ROW("rdmsr-spec-ctrl", "RDMSR of SPEC_CTRL (0x48)",
	    "Exits until the guest has once written a value other than 0. From then on KVM passes "
	    "the MSR through and switches it at every exit. Where SVM virtualizes it (CPUID "
	    "0x8000000a EDX bit 20), KVM passes it through from the start.",
	    "rdmsr-tsc-adjust", .skip = skip_spec_ctrl,
	    .svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 once in use, or if virtualized"),
	    .vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_READ, "0 once in use"),
	    .run = run_rdmsr_spec_ctrl),
	ROW("wrmsr-spec-ctrl", "WRMSR to SPEC_CTRL of its current value",
	    "As rdmsr-spec-ctrl. A write of 0 does not yet make KVM pass the MSR through.",
	    "rdmsr-spec-ctrl", .skip = skip_spec_ctrl,
	    .svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 once in use, or if virtualized"),
	    .vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_WRITE, "0 once in use"),
	    .setup = setup_spec_ctrl, .run = run_wrmsr_spec_ctrl),
	ROW("wrmsr-pred-cmd", "WRMSR of IBPB to PRED_CMD (0x49)",
	    "KVM passes the command through. Before Linux 6.4 it does so from the first use on, "
	    "and the first use is not measured. The cycles are the barrier's.",
	    "wrmsr-spec-ctrl", .skip = skip_pred_cmd, .svm = NO_EXIT, .vmx = NO_EXIT,
	    .run = run_wrmsr_pred_cmd),
	ROW("rdmsr-arch-caps", "RDMSR of ARCH_CAPABILITIES (0x10a)",
	    "Exits by the MSR bitmap, because the VMM chooses the value that the guest sees.",
	    "rdmsr-tsc-adjust", .skip = skip_arch_caps, RDMSR_EXITS, .run = run_rdmsr_arch_caps),
	ROW("rdmsr-tsx-ctrl", "RDMSR of TSX_CTRL (0x122)",
	    "Exits by the MSR bitmap. KVM keeps the guest's value among those that it restores "
	    "for the host only on return to userspace.",
	    "rdmsr-arch-caps", .skip = skip_tsx_ctrl, RDMSR_EXITS, .run = run_rdmsr_tsx_ctrl),
	ROW("rdmsr-microcode", "RDMSR of the microcode's revision (0x8b)",
	    "Exits by the MSR bitmap, because the VMM makes the number up.", "rdmsr-tsc-adjust",
	    RDMSR_EXITS, .run = run_rdmsr_microcode),
	ROW("rdmsr-unknown", "RDMSR of an MSR that does not exist: #GP",
	    "MSR numbers outside the MSR bitmap's ranges always exit (SDM 25.1.3, APM 15.11). KVM "
	    "finds no such MSR and injects #GP. The #GP does not exit, but the time includes its "
	    "delivery in the guest. With kvm.ignore_msrs=1 the MSR reads 0.",
	    "rdmsr-tsc-adjust", .faults = true, RDMSR_EXITS, .run = run_rdmsr_unknown),
	ROW("wrmsr-unknown", "WRMSR to an MSR that does not exist: #GP", "As rdmsr-unknown.",
	    "wrmsr-tsc-adjust,rdmsr-unknown", .faults = true, WRMSR_EXITS,
	    .run = run_wrmsr_unknown),
	ROW("wrmsr-kvmclock", "WRMSR to KVM_SYSTEM_TIME_NEW (0x4b564d01): registers a kvmclock",
	    "Exits as rdmsr-unknown does, but the number is KVM's own. KVM writes the clock's "
	    "parameters to the guest's memory before it enters the guest again.",
	    "wrmsr-tsc-adjust", .skip = skip_kvmclock, WRMSR_EXITS, .run = run_wrmsr_kvmclock,
	    .teardown = teardown_kvmclock),
};

const struct op_family family_msr = OP_FAMILY(
	"msr",
	"Model-specific registers. A bitmap decides for each MSR whether reading or writing it "
	"exits. KVM passes through the MSRs that the processor keeps separately for the guest.",
	ops);
