/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processors' numbers for the exits that the operations cause: APM vol. 2,
 * appendix C; SDM vol. 3D, appendix C.
 */
#ifndef CPU_EXIT_REASONS_H
#define CPU_EXIT_REASONS_H

enum svm_exit_reason {
	SVM_CR0_READ = 0x00, /* + the register's number */
	SVM_CR0_WRITE = 0x10,
	SVM_DR0_READ = 0x20,
	SVM_DR0_WRITE = 0x30,
	SVM_EXCP0 = 0x40,		 /* + the vector */
	SVM_PAGE_FAULT = SVM_EXCP0 + 14, /* #PF: all of MMIO without nested paging */
	SVM_INTR = 0x60,
	SVM_NMI = 0x61,
	SVM_SMI = 0x62,
	SVM_VINTR = 0x64,
	SVM_CR0_SEL_WRITE = 0x65,
	SVM_RDPMC = 0x6f,
	SVM_CPUID = 0x72,
	SVM_INVD = 0x76,
	SVM_PAUSE = 0x77,
	SVM_HLT = 0x78,
	SVM_INVLPG = 0x79,
	SVM_IOIO = 0x7b,
	SVM_MSR = 0x7c,
	SVM_VMMCALL = 0x81,
	SVM_WBINVD = 0x89,
	SVM_MONITOR = 0x8a,
	SVM_MWAIT = 0x8b,
	SVM_XSETBV = 0x8d,
	SVM_INVPCID = 0xa2,
	SVM_NPF = 0x400,
	SVM_AVIC_INCOMPLETE_IPI = 0x401,
	SVM_AVIC_NOACCEL = 0x402,
};

enum vmx_exit_reason {
	VMX_EXCEPTION_NMI = 0,
	VMX_EXTERNAL_INTERRUPT = 1,
	VMX_INTERRUPT_WINDOW = 7,
	VMX_CPUID = 10,
	VMX_HLT = 12,
	VMX_INVD = 13,
	VMX_INVLPG = 14,
	VMX_RDPMC = 15,
	VMX_VMCALL = 18,
	VMX_CR_ACCESS = 28,
	VMX_MOV_DR = 29,
	VMX_IO_INSTRUCTION = 30,
	VMX_RDMSR = 31,
	VMX_WRMSR = 32,
	VMX_MWAIT = 36,
	VMX_MONITOR = 39,
	VMX_PAUSE = 40,
	VMX_TPR_BELOW_THRESHOLD = 43,
	VMX_APIC_ACCESS = 44,
	VMX_EPT_VIOLATION = 48,
	VMX_EPT_MISCONFIG = 49,
	VMX_PREEMPTION_TIMER = 52,
	VMX_WBINVD = 54,
	VMX_XSETBV = 55,
	VMX_APIC_WRITE = 56,
	VMX_INVPCID = 58,
};

#endif
