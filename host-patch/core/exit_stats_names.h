/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of exit reasons as the processor manuals have them: SDM vol. 3D, appendix C
 * (shortened); APM vol. 2, appendix C, without its prefix VMEXIT_.  KVM's tracepoints have names
 * of their own, of which those for SVM are not the manual's.
 */
#ifndef __KVM_X86_EXIT_STATS_NAMES_H
#define __KVM_X86_EXIT_STATS_NAMES_H

static const char *const exit_stats_vmx_names[] = {
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

/* Rows of SVM's reasons: the register's number, or the vector, is between the two words. */
static const struct {
	u8 first, count;
	const char *before, *after;
} exit_stats_svm_rows[] = {
	{ 0x00, 16, "CR", "_READ" }, { 0x10, 16, "CR", "_WRITE" },
	{ 0x20, 16, "DR", "_READ" }, { 0x30, 16, "DR", "_WRITE" },
	{ 0x40, 32, "EXCP", "" },    { 0x90, 16, "CR", "_WRITE_TRAP" },
};

static const char *const exit_stats_svm_names[] = {
	[0x60] = "INTR",
	[0x61] = "NMI",
	[0x62] = "SMI",
	[0x63] = "INIT",
	[0x64] = "VINTR",
	[0x65] = "CR0_SEL_WRITE",
	[0x66] = "IDTR_READ",
	[0x67] = "GDTR_READ",
	[0x68] = "LDTR_READ",
	[0x69] = "TR_READ",
	[0x6a] = "IDTR_WRITE",
	[0x6b] = "GDTR_WRITE",
	[0x6c] = "LDTR_WRITE",
	[0x6d] = "TR_WRITE",
	[0x6e] = "RDTSC",
	[0x6f] = "RDPMC",
	[0x70] = "PUSHF",
	[0x71] = "POPF",
	[0x72] = "CPUID",
	[0x73] = "RSM",
	[0x74] = "IRET",
	[0x75] = "SWINT",
	[0x76] = "INVD",
	[0x77] = "PAUSE",
	[0x78] = "HLT",
	[0x79] = "INVLPG",
	[0x7a] = "INVLPGA",
	[0x7b] = "IOIO",
	[0x7c] = "MSR",
	[0x7d] = "TASK_SWITCH",
	[0x7e] = "FERR_FREEZE",
	[0x7f] = "SHUTDOWN",
	[0x80] = "VMRUN",
	[0x81] = "VMMCALL",
	[0x82] = "VMLOAD",
	[0x83] = "VMSAVE",
	[0x84] = "STGI",
	[0x85] = "CLGI",
	[0x86] = "SKINIT",
	[0x87] = "RDTSCP",
	[0x88] = "ICEBP",
	[0x89] = "WBINVD",
	[0x8a] = "MONITOR",
	[0x8b] = "MWAIT",
	[0x8c] = "MWAIT_CONDITIONAL",
	[0x8d] = "XSETBV",
	[0x8e] = "RDPRU",
	[0x8f] = "EFER_WRITE_TRAP",
	[0xa0] = "INVLPGB",
	[0xa1] = "INVLPGB_ILLEGAL",
	[0xa2] = "INVPCID",
	[0xa3] = "MCOMMIT",
	[0xa4] = "TLBSYNC",
	[0xa5] = "BUSLOCK",
	[0xa6] = "IDLE_HLT",
};

/* From 0x400 on. */
static const char *const exit_stats_svm_high_names[] = {
	[0] = "NPF",
	[0x1] = "AVIC_INCOMPLETE_IPI",
	[0x2] = "AVIC_NOACCEL",
	[0x3] = "VMGEXIT",
};

/*
 * Return the name of SVM's or VMX's @reason, which may be written to @text, or NULL if the
 * manual has none.
 */
static const char *exit_stats_name(bool svm, u32 reason, char *text, size_t size)
{
	const char *const *names = svm ? exit_stats_svm_names : exit_stats_vmx_names;
	size_t i, nr = svm ? ARRAY_SIZE(exit_stats_svm_names) : ARRAY_SIZE(exit_stats_vmx_names);

	for (i = 0; svm && i < ARRAY_SIZE(exit_stats_svm_rows); i++) {
		if (reason - exit_stats_svm_rows[i].first >= exit_stats_svm_rows[i].count)
			continue;
		snprintf(text, size, "%s%u%s", exit_stats_svm_rows[i].before,
			 reason - exit_stats_svm_rows[i].first, exit_stats_svm_rows[i].after);
		return text;
	}
	if (svm && reason >= 0x400) {
		reason -= 0x400;
		names = exit_stats_svm_high_names;
		nr = ARRAY_SIZE(exit_stats_svm_high_names);
	}
	return reason < nr ? names[reason] : NULL;
}

#endif /* __KVM_X86_EXIT_STATS_NAMES_H */
