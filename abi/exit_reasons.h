/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only list of the exit reasons of both instruction sets: number, identifier and name.
 *
 * Numbers and names are those of the manuals: APM vol. 2, appendix C (without its
 * prefix VMEXIT_); SDM vol. 3D, appendix C (shortened).  The identifiers are Linux's:
 * SVM_EXIT_... of uapi/asm/svm.h, EXIT_REASON_... of uapi/asm/vmx.h.
 *
 * The lists are macros that apply @R(number, identifier, name) to every reason. Kernel code,
 * which already has these identifiers, can use the lists alone.
 */
#ifndef EXIT_REASONS_H
#define EXIT_REASONS_H

/* clang-format off */
#define VMX_EXIT_REASON_LIST(R) \
	R(0, EXCEPTION_NMI, "EXCEPTION_NMI") \
	R(1, EXTERNAL_INTERRUPT, "EXTERNAL_INTERRUPT") \
	R(2, TRIPLE_FAULT, "TRIPLE_FAULT") \
	R(3, INIT_SIGNAL, "INIT") \
	R(4, SIPI_SIGNAL, "SIPI") \
	R(5, IO_SMI, "IO_SMI") \
	R(6, OTHER_SMI, "OTHER_SMI") \
	R(7, INTERRUPT_WINDOW, "INTERRUPT_WINDOW") \
	R(8, NMI_WINDOW, "NMI_WINDOW") \
	R(9, TASK_SWITCH, "TASK_SWITCH") \
	R(10, CPUID, "CPUID") \
	R(11, GETSEC, "GETSEC") \
	R(12, HLT, "HLT") \
	R(13, INVD, "INVD") \
	R(14, INVLPG, "INVLPG") \
	R(15, RDPMC, "RDPMC") \
	R(16, RDTSC, "RDTSC") \
	R(17, RSM, "RSM") \
	R(18, VMCALL, "VMCALL") \
	R(19, VMCLEAR, "VMCLEAR") \
	R(20, VMLAUNCH, "VMLAUNCH") \
	R(21, VMPTRLD, "VMPTRLD") \
	R(22, VMPTRST, "VMPTRST") \
	R(23, VMREAD, "VMREAD") \
	R(24, VMRESUME, "VMRESUME") \
	R(25, VMWRITE, "VMWRITE") \
	R(26, VMOFF, "VMXOFF") \
	R(27, VMON, "VMXON") \
	R(28, CR_ACCESS, "CR_ACCESS") \
	R(29, DR_ACCESS, "MOV_DR") \
	R(30, IO_INSTRUCTION, "IO_INSTRUCTION") \
	R(31, MSR_READ, "RDMSR") \
	R(32, MSR_WRITE, "WRMSR") \
	R(33, INVALID_STATE, "INVALID_GUEST_STATE") \
	R(34, MSR_LOAD_FAIL, "MSR_LOADING") \
	R(36, MWAIT_INSTRUCTION, "MWAIT") \
	R(37, MONITOR_TRAP_FLAG, "MONITOR_TRAP_FLAG") \
	R(39, MONITOR_INSTRUCTION, "MONITOR") \
	R(40, PAUSE_INSTRUCTION, "PAUSE") \
	R(41, MCE_DURING_VMENTRY, "MACHINE_CHECK") \
	R(43, TPR_BELOW_THRESHOLD, "TPR_BELOW_THRESHOLD") \
	R(44, APIC_ACCESS, "APIC_ACCESS") \
	R(45, EOI_INDUCED, "VIRTUALIZED_EOI") \
	R(46, GDTR_IDTR, "GDTR_IDTR") \
	R(47, LDTR_TR, "LDTR_TR") \
	R(48, EPT_VIOLATION, "EPT_VIOLATION") \
	R(49, EPT_MISCONFIG, "EPT_MISCONFIG") \
	R(50, INVEPT, "INVEPT") \
	R(51, RDTSCP, "RDTSCP") \
	R(52, PREEMPTION_TIMER, "PREEMPTION_TIMER") \
	R(53, INVVPID, "INVVPID") \
	R(54, WBINVD, "WBINVD") \
	R(55, XSETBV, "XSETBV") \
	R(56, APIC_WRITE, "APIC_WRITE") \
	R(57, RDRAND, "RDRAND") \
	R(58, INVPCID, "INVPCID") \
	R(59, VMFUNC, "VMFUNC") \
	R(60, ENCLS, "ENCLS") \
	R(61, RDSEED, "RDSEED") \
	R(62, PML_FULL, "PML_FULL") \
	R(63, XSAVES, "XSAVES") \
	R(64, XRSTORS, "XRSTORS") \
	R(65, PCONFIG, "PCONFIG") \
	R(66, SPP, "SPP") \
	R(67, UMWAIT, "UMWAIT") \
	R(68, TPAUSE, "TPAUSE") \
	R(69, LOADIWKEY, "LOADIWKEY") \
	R(70, ENCLV, "ENCLV") \
	R(72, ENQCMD_PASID, "ENQCMD_PASID") \
	R(73, ENQCMDS_PASID, "ENQCMDS_PASID") \
	R(74, BUS_LOCK, "BUS_LOCK") \
	R(75, NOTIFY, "NOTIFY") \
	R(76, SEAMCALL, "SEAMCALL") \
	R(77, TDCALL, "TDCALL") \
	R(78, RDMSRLIST, "RDMSRLIST") \
	R(79, WRMSRLIST, "WRMSRLIST") \
	R(80, URDMSR, "URDMSR") \
	R(81, UWRMSR, "UWRMSR") \
	R(84, MSR_READ_IMM, "RDMSR_IMM") \
	R(85, MSR_WRITE_IMM, "WRMSRNS_IMM")

/* The rows of 16 or 32 reasons, for registers and vectors, are in a list of their own below. */
#define SVM_EXIT_REASON_LIST(R) \
	R(0x60, INTR, "INTR") \
	R(0x61, NMI, "NMI") \
	R(0x62, SMI, "SMI") \
	R(0x63, INIT, "INIT") \
	R(0x64, VINTR, "VINTR") \
	R(0x65, CR0_SEL_WRITE, "CR0_SEL_WRITE") \
	R(0x66, IDTR_READ, "IDTR_READ") \
	R(0x67, GDTR_READ, "GDTR_READ") \
	R(0x68, LDTR_READ, "LDTR_READ") \
	R(0x69, TR_READ, "TR_READ") \
	R(0x6a, IDTR_WRITE, "IDTR_WRITE") \
	R(0x6b, GDTR_WRITE, "GDTR_WRITE") \
	R(0x6c, LDTR_WRITE, "LDTR_WRITE") \
	R(0x6d, TR_WRITE, "TR_WRITE") \
	R(0x6e, RDTSC, "RDTSC") \
	R(0x6f, RDPMC, "RDPMC") \
	R(0x70, PUSHF, "PUSHF") \
	R(0x71, POPF, "POPF") \
	R(0x72, CPUID, "CPUID") \
	R(0x73, RSM, "RSM") \
	R(0x74, IRET, "IRET") \
	R(0x75, SWINT, "SWINT") \
	R(0x76, INVD, "INVD") \
	R(0x77, PAUSE, "PAUSE") \
	R(0x78, HLT, "HLT") \
	R(0x79, INVLPG, "INVLPG") \
	R(0x7a, INVLPGA, "INVLPGA") \
	R(0x7b, IOIO, "IOIO") \
	R(0x7c, MSR, "MSR") \
	R(0x7d, TASK_SWITCH, "TASK_SWITCH") \
	R(0x7e, FERR_FREEZE, "FERR_FREEZE") \
	R(0x7f, SHUTDOWN, "SHUTDOWN") \
	R(0x80, VMRUN, "VMRUN") \
	R(0x81, VMMCALL, "VMMCALL") \
	R(0x82, VMLOAD, "VMLOAD") \
	R(0x83, VMSAVE, "VMSAVE") \
	R(0x84, STGI, "STGI") \
	R(0x85, CLGI, "CLGI") \
	R(0x86, SKINIT, "SKINIT") \
	R(0x87, RDTSCP, "RDTSCP") \
	R(0x88, ICEBP, "ICEBP") \
	R(0x89, WBINVD, "WBINVD") \
	R(0x8a, MONITOR, "MONITOR") \
	R(0x8b, MWAIT, "MWAIT") \
	R(0x8c, MWAIT_COND, "MWAIT_CONDITIONAL") \
	R(0x8d, XSETBV, "XSETBV") \
	R(0x8e, RDPRU, "RDPRU") \
	R(0x8f, EFER_WRITE_TRAP, "EFER_WRITE_TRAP") \
	R(0xa0, INVLPGB, "INVLPGB") \
	R(0xa1, INVLPGB_ILLEGAL, "INVLPGB_ILLEGAL") \
	R(0xa2, INVPCID, "INVPCID") \
	R(0xa3, MCOMMIT, "MCOMMIT") \
	R(0xa4, TLBSYNC, "TLBSYNC") \
	R(0xa5, BUS_LOCK, "BUSLOCK") \
	R(0xa6, IDLE_HLT, "IDLE_HLT") \
	R(0x400, NPF, "NPF") \
	R(0x401, AVIC_INCOMPLETE_IPI, "AVIC_INCOMPLETE_IPI") \
	R(0x402, AVIC_UNACCELERATED_ACCESS, "AVIC_NOACCEL") \
	R(0x403, VMGEXIT, "VMGEXIT")
/* clang-format on */

/* R(first number, how many, text before the index, text after it) */
#define SVM_EXIT_REASON_ROWS(R)                                                                    \
	R(0x00, 16, "CR", "_READ")                                                                 \
	R(0x10, 16, "CR", "_WRITE")                                                                \
	R(0x20, 16, "DR", "_READ")                                                                 \
	R(0x30, 16, "DR", "_WRITE")                                                                \
	R(0x40, 32, "EXCP", "")                                                                    \
	R(0x90, 16, "CR", "_WRITE_TRAP")

/*
 * The reasons of these lists that KVM never enables: no guest exits for them, unless it runs a
 * guest of its own and has enabled them for that.  They are those without a handler in Linux 7.1,
 * in kvm_vmx_exit_handlers[] of arch/x86/kvm/vmx/vmx.c and svm_exit_handlers[] of
 * arch/x86/kvm/svm/svm.c, and KVM sets neither their controls (setup_vmcs_config()) nor
 * their intercepts (init_vmcb(), sev.c).  Left out are 33 and 34 of VMX: the processor fails an
 * entry by them whatever the controls are (SDM 26.8).  Since Linux 5.11 no KVM has enabled any of
 * these, but for INIT of SVM in 5.11.
 */
/* clang-format off */
#define VMX_EXIT_REASONS_NEVER_ENABLED \
	3, 4, 5, 6, 11, 16, 17, 51, 63, 64, 65, 66, 67, 68, 69, 70, 72, 73, 78, 79, 80, 81

/* R(first, last): CR and DR, read and write; exceptions; the rest. */
#define SVM_EXIT_REASONS_NEVER_ENABLED(R) \
	R(0x01, 0x02) R(0x05, 0x07) R(0x09, 0x0f) R(0x11, 0x12) R(0x15, 0x17) R(0x19, 0x1f) \
	R(0x28, 0x2f) R(0x38, 0x3f) \
	R(0x40, 0x40) R(0x42, 0x42) R(0x44, 0x45) R(0x47, 0x4c) R(0x4f, 0x50) R(0x53, 0x5f) \
	R(0x63, 0x63) R(0x66, 0x6e) R(0x70, 0x71) R(0x75, 0x75) R(0x7e, 0x7e) R(0x88, 0x88) \
	R(0x8c, 0x8c) R(0x91, 0x93) R(0x95, 0x97) R(0x99, 0x9f) R(0xa0, 0xa1) R(0xa3, 0xa4)
/* clang-format on */

#ifndef __KERNEL__

#include <stdbool.h>
#include <stdint.h>

#define EXIT_REASON_ENUMERATOR(number, identifier, name) EXIT_REASON_##identifier = (number),
enum vmx_exit_reason { VMX_EXIT_REASON_LIST(EXIT_REASON_ENUMERATOR) };
#undef EXIT_REASON_ENUMERATOR

#define SVM_EXIT_ENUMERATOR(number, identifier, name) SVM_EXIT_##identifier = (number),
enum svm_exit_reason {
	SVM_EXIT_REASON_LIST(SVM_EXIT_ENUMERATOR)
	/* The first of each row, to which the register's number or the vector is added. */
	SVM_EXIT_READ_CR0 = 0x00,
	SVM_EXIT_WRITE_CR0 = 0x10,
	SVM_EXIT_READ_DR0 = 0x20,
	SVM_EXIT_WRITE_DR0 = 0x30,
	SVM_EXIT_EXCP_BASE = 0x40,
};
#undef SVM_EXIT_ENUMERATOR

/*
 * Return the manual's name of exit @reason of instruction set @isa (KVM_EXIT_STATS_ISA_*),
 * or NULL if the manual has no name for it.
 */
const char *exit_reason_name(unsigned int isa, uint32_t reason);

/* Return whether the manual defines @reason and KVM never enables it. */
bool exit_reason_never_enabled(unsigned int isa, uint32_t reason);

#endif

#endif
