// SPDX-License-Identifier: GPL-2.0-only
#include "report/reason_names.h"

#include <stddef.h>

#include "kvm_exit_stats.h"

/* Intel SDM vol. 3D, appendix C. */
static const char *const vmx_names[] = {
	[0] = "EXCEPTION_NMI",
	[1] = "EXTERNAL_INTERRUPT",
	[2] = "TRIPLE_FAULT",
	[3] = "INIT",
	[4] = "SIPI",
	[5] = "IO_SMI",
	[6] = "OTHER_SMI",
	[7] = "INTERRUPT_WINDOW",
	[8] = "NMI_WINDOW",
	[9] = "TASK_SWITCH",
	[10] = "CPUID",
	[11] = "GETSEC",
	[12] = "HLT",
	[13] = "INVD",
	[14] = "INVLPG",
	[15] = "RDPMC",
	[16] = "RDTSC",
	[17] = "RSM",
	[18] = "VMCALL",
	[19] = "VMCLEAR",
	[20] = "VMLAUNCH",
	[21] = "VMPTRLD",
	[22] = "VMPTRST",
	[23] = "VMREAD",
	[24] = "VMRESUME",
	[25] = "VMWRITE",
	[26] = "VMXOFF",
	[27] = "VMXON",
	[28] = "CR_ACCESS",
	[29] = "MOV_DR",
	[30] = "IO_INSTRUCTION",
	[31] = "RDMSR",
	[32] = "WRMSR",
	[33] = "INVALID_GUEST_STATE",
	[34] = "MSR_LOADING",
	[36] = "MWAIT",
	[37] = "MONITOR_TRAP_FLAG",
	[39] = "MONITOR",
	[40] = "PAUSE",
	[41] = "MACHINE_CHECK",
	[43] = "TPR_BELOW_THRESHOLD",
	[44] = "APIC_ACCESS",
	[45] = "VIRTUALIZED_EOI",
	[46] = "GDTR_IDTR",
	[47] = "LDTR_TR",
	[48] = "EPT_VIOLATION",
	[49] = "EPT_MISCONFIG",
	[50] = "INVEPT",
	[51] = "RDTSCP",
	[52] = "PREEMPTION_TIMER",
	[53] = "INVVPID",
	[54] = "WBINVD",
	[55] = "XSETBV",
	[56] = "APIC_WRITE",
	[57] = "RDRAND",
	[58] = "INVPCID",
	[59] = "VMFUNC",
	[60] = "ENCLS",
	[61] = "RDSEED",
	[62] = "PML_FULL",
	[63] = "XSAVES",
	[64] = "XRSTORS",
	[65] = "PCONFIG",
	[66] = "SPP",
	[67] = "UMWAIT",
	[68] = "TPAUSE",
	[69] = "LOADIWKEY",
	[70] = "ENCLV",
	[72] = "ENQCMD_PASID",
	[73] = "ENQCMDS_PASID",
	[74] = "BUS_LOCK",
	[75] = "NOTIFY",
	[76] = "SEAMCALL",
	[77] = "TDCALL",
	[78] = "RDMSRLIST",
	[79] = "WRMSRLIST",
	[80] = "URDMSR",
	[81] = "UWRMSR",
	[84] = "RDMSR_IMM",
	[85] = "WRMSRNS_IMM",
};

/* AMD APM vol. 2, appendix C: from 0x60 up. */
static const char *const svm_names_60[] = {
	[0x00] = "INTR",
	[0x01] = "NMI",
	[0x02] = "SMI",
	[0x03] = "INIT",
	[0x04] = "VINTR",
	[0x05] = "CR0_SEL_WRITE",
	[0x06] = "IDTR_READ",
	[0x07] = "GDTR_READ",
	[0x08] = "LDTR_READ",
	[0x09] = "TR_READ",
	[0x0a] = "IDTR_WRITE",
	[0x0b] = "GDTR_WRITE",
	[0x0c] = "LDTR_WRITE",
	[0x0d] = "TR_WRITE",
	[0x0e] = "RDTSC",
	[0x0f] = "RDPMC",
	[0x10] = "PUSHF",
	[0x11] = "POPF",
	[0x12] = "CPUID",
	[0x13] = "RSM",
	[0x14] = "IRET",
	[0x15] = "SWINT",
	[0x16] = "INVD",
	[0x17] = "PAUSE",
	[0x18] = "HLT",
	[0x19] = "INVLPG",
	[0x1a] = "INVLPGA",
	[0x1b] = "IOIO",
	[0x1c] = "MSR",
	[0x1d] = "TASK_SWITCH",
	[0x1e] = "FERR_FREEZE",
	[0x1f] = "SHUTDOWN",
	[0x20] = "VMRUN",
	[0x21] = "VMMCALL",
	[0x22] = "VMLOAD",
	[0x23] = "VMSAVE",
	[0x24] = "STGI",
	[0x25] = "CLGI",
	[0x26] = "SKINIT",
	[0x27] = "RDTSCP",
	[0x28] = "ICEBP",
	[0x29] = "WBINVD",
	[0x2a] = "MONITOR",
	[0x2b] = "MWAIT",
	[0x2c] = "MWAIT_CONDITIONAL",
	[0x2d] = "XSETBV",
	[0x2e] = "RDPRU",
	[0x2f] = "EFER_WRITE_TRAP",
	[0x40] = "INVLPGB",
	[0x41] = "INVLPGB_ILLEGAL",
	[0x42] = "INVPCID",
	[0x43] = "MCOMMIT",
	[0x44] = "TLBSYNC",
	[0x45] = "BUSLOCK",
	[0x46] = "IDLE_HLT",
};

static const char *const svm_names_400[] = { "NPF", "AVIC_INCOMPLETE_IPI", "AVIC_NOACCEL",
					     "VMGEXIT" };

#define NAMES_8(before, tens, after)                                                               \
	before #tens "0" after, before #tens "1" after, before #tens "2" after,                    \
		before #tens "3" after, before #tens "4" after, before #tens "5" after,            \
		before #tens "6" after, before #tens "7" after
#define NAMES_10(before, tens, after)                                                              \
	NAMES_8(before, tens, after), before #tens "8" after, before #tens "9" after
#define NAMES_16(before, after)                                                                    \
	NAMES_10(before, , after), before "10" after, before "11" after, before "12" after,        \
		before "13" after, before "14" after, before "15" after

/* From 0 up: control registers, debug registers, exceptions by vector. */
static const char *const svm_names_00[] = {
	NAMES_16("CR", "_READ"),
	NAMES_16("CR", "_WRITE"),
	NAMES_16("DR", "_READ"),
	NAMES_16("DR", "_WRITE"),
	NAMES_10("EXCP", , ""),
	NAMES_10("EXCP", 1, ""),
	NAMES_10("EXCP", 2, ""),
	"EXCP30",
	"EXCP31",
};

/* From 0x90 up. */
static const char *const svm_names_90[] = { NAMES_16("CR", "_WRITE_TRAP") };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *svm_name(uint32_t reason)
{
	if (reason < COUNT(svm_names_00))
		return svm_names_00[reason];
	if (reason >= 0x90 && reason - 0x90 < COUNT(svm_names_90))
		return svm_names_90[reason - 0x90];
	if (reason - 0x60 < COUNT(svm_names_60))
		return svm_names_60[reason - 0x60];
	if (reason >= 0x400 && reason - 0x400 < COUNT(svm_names_400))
		return svm_names_400[reason - 0x400];
	return NULL;
}

const char *reason_name(unsigned int isa, uint32_t reason)
{
	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return "OTHER";
	if (isa == KVM_EXIT_STATS_ISA_SVM)
		return svm_name(reason);
	return reason < COUNT(vmx_names) ? vmx_names[reason] : NULL;
}
