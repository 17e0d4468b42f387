// SPDX-License-Identifier: GPL-2.0-only
#include "nested/svm.h"

#include <stdbool.h>

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "exit_reasons.h"
#include "nested/end.h"
#include "nested/paging.h"

#define CPUID_EXT_1	    0x80000001
#define CPUID_EXT_1_ECX_SVM (1u << 2)

#define CPUID_SVM		 0x8000000a /* APM vol. 3, E.4.9 */
#define CPUID_SVM_EDX_NP	 (1u << 0)
#define CPUID_SVM_EDX_VMLOADSAVE (1u << 15)
#define CPUID_SVM_EDX_VGIF	 (1u << 16)

#define EFER_SVME (1u << 12)

#define MSR_VM_CR	0xc0010114 /* APM vol. 2, 15.30.1 */
#define VM_CR_SVMDIS	(1u << 4)
#define MSR_VM_HSAVE_PA 0xc0010117

/* Attributes are bits 55:52 and 47:40 of a descriptor (APM vol. 2, 15.5.1). */
#define ATTRIBUTES_CODE 0xa9b /* 64-bit code, ring 0 */
#define ATTRIBUTES_DATA 0xc93
#define RFLAGS_FIXED	0x2
#define PAT_RESET	0x0007040600070406
#define STACK_SIZE	512

/* L1's own address spaces have none. */
#define ASID 1

struct vmcb svm_vmcb __attribute__((aligned(4096)));
static uint8_t host_save[4096] __attribute__((aligned(4096)));
static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
static uint64_t hsave_before, entry;
static uint32_t must_end;

static bool has(uint32_t edx)
{
	return cpuid(CPUID_EXTENDED, 0).eax >= CPUID_SVM && cpuid(CPUID_SVM, 0).edx & edx;
}

static const char *skip(void)
{
	uint64_t vm_cr;

	if (!machine()->amd)
		return "SVM is AMD's";
	if (!(cpuid(CPUID_EXT_1, 0).ecx & CPUID_EXT_1_ECX_SVM))
		return machine()->hypervisor[0]
			       ? "no SVM (CPUID 0x80000001 ECX bit 2); the host needs kvm_amd.nested=1, "
				 "QEMU -cpu host or -cpu ...,+svm"
			       : "no SVM (CPUID 0x80000001 ECX bit 2)";
	if (rdmsr_try(MSR_VM_CR, &vm_cr) && vm_cr & VM_CR_SVMDIS)
		return "SVM is disabled (MSR 0xc0010114 bit 4); the firmware has a setting for it";
	return NULL;
}

static const char *skip_npt(void)
{
	const char *why = skip();

	return why || has(CPUID_SVM_EDX_NP)
		       ? why
		       : "no nested paging for L2 (CPUID 0x8000000a EDX bit 0); the host needs "
			 "kvm_amd.npt=1, QEMU -cpu ...,+npt";
}

const char *svm_skip_virtual_vmload(void)
{
	const char *why = skip_npt();

	return why || has(CPUID_SVM_EDX_VMLOADSAVE)
		       ? why
		       : "no virtual VMLOAD and VMSAVE for L2 (CPUID 0x8000000a EDX bit 15)";
}

const char *svm_skip_virtual_gif(void)
{
	const char *why = skip();

	return why || has(CPUID_SVM_EDX_VGIF)
		       ? why
		       : "no virtual GIF for L2 (CPUID 0x8000000a EDX bit 16)";
}

static struct vmcb_segment segment(uint16_t selector, uint16_t attributes)
{
	return (struct vmcb_segment){ selector, attributes, UINT32_MAX, 0 };
}

/* L2 has L1's registers (APM vol. 2, 15.5.1). */
static void fill_state(struct vmcb *v)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) table;
	uint16_t cs, ss;

	asm("mov %%cs, %0" : "=r"(cs));
	asm("mov %%ss, %0" : "=r"(ss));
	v->cs = segment(cs, ATTRIBUTES_CODE);
	v->ss = v->ds = v->es = segment(ss, ATTRIBUTES_DATA);
	asm volatile("sgdt %0" : "=m"(table));
	v->gdtr = (struct vmcb_segment){ .limit = table.limit, .base = table.base };
	asm volatile("sidt %0" : "=m"(table));
	v->idtr = (struct vmcb_segment){ .limit = table.limit, .base = table.base };
	v->efer = rdmsr(MSR_EFER);
	asm volatile("mov %%cr0, %0" : "=r"(v->cr0));
	asm volatile("mov %%cr3, %0" : "=r"(v->cr3));
	asm volatile("mov %%cr4, %0" : "=r"(v->cr4));
	asm volatile("mov %%dr6, %0" : "=r"(v->dr6));
	asm volatile("mov %%dr7, %0" : "=r"(v->dr7));
	v->rflags = RFLAGS_FIXED;
	v->rsp = (uintptr_t)stack + sizeof(stack);
	v->g_pat = PAT_RESET;
}

/*
 * Whatever L2 should not do ends it. L1's interrupts do so if L1 has them on, which
 * V_INTR_MASKING sees to (APM vol. 2, 15.21.1): the watchdog's timer ends an L2 that
 * does not end by itself.
 */
static void fill_control(struct vmcb *v)
{
	v->intercept_exceptions = UINT32_MAX;
	v->intercept_misc[0] = INTERCEPT_INTR | INTERCEPT_NMI | INTERCEPT_INIT | INTERCEPT_CPUID |
			       INTERCEPT_HLT | INTERCEPT_SHUTDOWN;
	v->intercept_misc[1] = INTERCEPT_VMRUN | INTERCEPT_VMMCALL | INTERCEPT_VMLOAD |
			       INTERCEPT_VMSAVE | INTERCEPT_STGI | INTERCEPT_CLGI |
			       INTERCEPT_SKINIT;
	v->asid = ASID;
	v->virtual_interrupt = V_INTR_MASKING;
	if (has(CPUID_SVM_EDX_NP)) {
		v->np_enable = 1;
		v->n_cr3 = paging_npt();
	}
}

static void begin(enum l2_program program, uint32_t reason)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	hsave_before = rdmsr(MSR_VM_HSAVE_PA);
	wrmsr(MSR_VM_HSAVE_PA, (uintptr_t)host_save);
	svm_vmcb = (struct vmcb){ .exitcode = EXITCODE_NONE };
	/* FS, GS, TR, LDTR and what else VMLOAD loads: L1's own. */
	svm_vmsave();
	fill_state(&svm_vmcb);
	fill_control(&svm_vmcb);
	entry = l2_svm_programs[program];
	must_end = reason;
	end_fail(NULL);
}

/* An ASID of 0 is the host's (APM 15.5.1). */
static void spoil(void)
{
	svm_vmcb.asid = 0;
}

static void end(void)
{
	asm volatile(FAULT_RESUMES("stgi") : : : "memory");
	if (rdmsr(MSR_EFER) & EFER_SVME) {
		wrmsr(MSR_VM_HSAVE_PA, hsave_before);
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~(uint64_t)EFER_SVME);
	}
}

void svm_virtual_vmload(void)
{
	svm_vmcb.virtualization |= VIRTUAL_VMLOADVMSAVE;
	svm_vmcb.intercept_misc[1] &= ~(INTERCEPT_VMLOAD | INTERCEPT_VMSAVE);
}

void svm_virtual_gif(void)
{
	svm_vmcb.virtual_interrupt |= V_GIF_ENABLE;
	svm_vmcb.intercept_misc[1] &= ~(INTERCEPT_STGI | INTERCEPT_CLGI);
}

static void prepare(void)
{
	svm_vmcb.rip = entry;
	svm_vmcb.rax = (uintptr_t)&svm_vmcb;
	svm_vmcb.exitcode = EXITCODE_NONE;
	if (svm_vmcb.virtual_interrupt & V_GIF_ENABLE)
		svm_vmcb.virtual_interrupt |= V_GIF;
}

static void enter(uint64_t argument)
{
	asm volatile(FAULT_RESUMES("vmrun") : : "a"(&svm_vmcb), "D"(argument) : L2_CHANGES);
}

/*
 * As KVM does: GIF is clear around VMRUN, and VMLOAD and VMSAVE switch what VMRUN and
 * #VMEXIT do not. L1's part of that is L2's here.
 */
static void serve(void)
{
	svm_clgi();
	svm_vmload();
	enter(0);
	svm_vmsave();
	svm_vmload();
	svm_stgi();
}

static void finish(void)
{
	uint32_t reason = (uint32_t) * (volatile uint64_t *)&svm_vmcb.exitcode;

	svm_stgi();
	if (reason == EXITCODE_NONE || reason == must_end)
		return;
	end_fail_by(KVM_EXIT_STATS_ISA_SVM, reason, must_end);
}

const struct hypervisor svm_hypervisor = {
	.skip = skip,
	.skip_paging = skip_npt,
	.begin = begin,
	.spoil = spoil,
	.end = end,
	.prepare = prepare,
	.enter = enter,
	.serve = serve,
	.finish = finish,
};
