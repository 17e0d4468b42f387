// SPDX-License-Identifier: GPL-2.0-only
#include "nested/vmx.h"

#include <stdbool.h>

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "exit_reasons.h"
#include "lib/format.h"
#include "nested/end.h"
#include "nested/vmcs.h"
#include "nested/vmx_state.h"

#define CPUID_1_ECX_VMX (1u << 5)
#define CR4_VMXE	(1ul << 13)

#define MSR_FEATURE_CONTROL    0x3a /* SDM vol. 3C, 23.7 */
#define FEATURE_CONTROL_LOCKED (1u << 0)
#define FEATURE_CONTROL_VMXON  (1u << 2)

#define MSR_VMX_BASIC	     0x480
#define VMX_BASIC_REVISION   0x7fffffff
#define MSR_VMX_CR0_FIXED0   0x486
#define MSR_VMX_EPT_VPID_CAP 0x48c
#define EPT_VPID_CAP_INVEPT  (1ull << 20 | 1ull << 26) /* with all contexts */
#define EPT_VPID_CAP_INVVPID (1ull << 32 | 1ull << 42)

/* More targets than any processor has (SDM vol. 3C, 24.6.7). */
#define CR3_TARGETS_INVALID 255

#define REASON_MASK 0xffff
#define STACK_SIZE  512
#define TEXT_SIZE   64

struct vmx_region vmx_on __attribute__((aligned(4096)));
struct vmx_region vmx_vmcs __attribute__((aligned(4096)));
struct vmx_region vmx_other __attribute__((aligned(4096)));

static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
static struct table_register gdtr, idtr;
static uint64_t cr0_before, entry;
static uint32_t must_end;

/* How enter() has ended. Its asm statement writes these. */
enum how { NOT_ENTERED, EXITED, FAILED };
static volatile uint8_t how, launched;
static uint64_t l1_stack;
extern const char vmx_exit[];

static uint64_t feature_control(void)
{
	uint64_t value = 0;

	rdmsr_try(MSR_FEATURE_CONTROL, &value);
	return value;
}

static const char *skip(void)
{
	const char *hypervisor = machine()->hypervisor;

	if (machine()->amd)
		return "VMX is Intel's";
	if (!(cpuid(1, 0).ecx & CPUID_1_ECX_VMX))
		return hypervisor[0]
			       ? "no VMX (CPUID 1 ECX bit 5); the host needs kvm_intel.nested=1, "
				 "QEMU -cpu host or -cpu ...,+vmx"
			       : "no VMX (CPUID 1 ECX bit 5)";
	/* Under a hypervisor begin() may lock it. On a real machine this is the firmware's. */
	if (feature_control() & FEATURE_CONTROL_LOCKED || !hypervisor[0])
		return feature_control() & FEATURE_CONTROL_VMXON
			       ? NULL
			       : "VMX is disabled (MSR 0x3a bit 2); the firmware has a setting for it";
	return NULL;
}

static const char *skip_ept(void)
{
	const char *why = skip();

	return why || vmx_second_allows(SECOND_EPT)
		       ? why
		       : "no nested paging for L2 (MSR 0x48b bit 33); the host needs kvm_intel.ept=1";
}

const char *vmx_skip_invept(void)
{
	const char *why = skip_ept();

	return why || !(~rdmsr(MSR_VMX_EPT_VPID_CAP) & EPT_VPID_CAP_INVEPT)
		       ? why
		       : "no INVEPT of all contexts (MSR 0x48c bits 20, 26)";
}

const char *vmx_skip_invvpid(void)
{
	const char *why = skip();

	return why || (vmx_second_allows(SECOND_VPID) &&
		       !(~rdmsr(MSR_VMX_EPT_VPID_CAP) & EPT_VPID_CAP_INVVPID))
		       ? why
		       : "no INVVPID of all contexts (MSR 0x48b bit 37, MSR 0x48c bits 32, 42)";
}

static uint64_t read_cr0(void)
{
	uint64_t value;

	asm volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static void write_cr0(uint64_t value)
{
	asm volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

static void set_vmxe(bool on)
{
	uint64_t value;

	asm volatile("mov %%cr4, %0" : "=r"(value));
	value = on ? value | CR4_VMXE : value & ~CR4_VMXE;
	asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

/* Return what to say if it fails, or NULL. */
static const char *try_begin(void)
{
	static char text[TEXT_SIZE];
	uint32_t field;

	if (!vmxon(&vmx_on))
		return "VMXON fails";
	if (!vmclear(&vmx_vmcs) || !vmptrld(&vmx_vmcs))
		return "VMCLEAR or VMPTRLD fails";
	field = vmx_fill(vmx_exit, stack + sizeof(stack));
	if (!field)
		return NULL;
	format_text(text, sizeof(text), "VMWRITE of field 0x%x fails", field);
	return text;
}

static void begin(enum l2_program program, uint32_t reason)
{
	uint32_t revision = (uint32_t)rdmsr(MSR_VMX_BASIC) & VMX_BASIC_REVISION;

	/* A VM exit makes both limits 0xffff (SDM vol. 3C, 27.5.2). */
	asm volatile("sgdt %0" : "=m"(gdtr));
	asm volatile("sidt %0" : "=m"(idtr));
	if (!(feature_control() & FEATURE_CONTROL_LOCKED))
		wrmsr(MSR_FEATURE_CONTROL,
		      feature_control() | FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMXON);
	cr0_before = read_cr0();
	write_cr0(cr0_before | rdmsr(MSR_VMX_CR0_FIXED0));
	set_vmxe(true);
	vmx_on.revision = vmx_vmcs.revision = vmx_other.revision = revision;
	entry = l2_vmx_programs[program];
	must_end = reason;
	launched = 0;
	end_fail(try_begin());
}

static void spoil(void)
{
	vmwrite(VMCS_CR3_TARGETS, CR3_TARGETS_INVALID);
}

void vmx_leave(void)
{
	asm volatile(FAULT_RESUMES("vmxoff") : : : "cc", "memory");
}

static void end(void)
{
	vmx_leave();
	set_vmxe(false);
	write_cr0(cr0_before);
	asm volatile("lgdt %0" : : "m"(gdtr) : "memory");
	asm volatile("lidt %0" : : "m"(idtr) : "memory");
	trap_taken(); /* VMXOFF faults if VMX is off already */
}

void vmx_unlaunch(void)
{
	vmclear(&vmx_vmcs);
	vmptrld(&vmx_vmcs);
	launched = 0;
}

static void prepare(void)
{
	vmwrite(VMCS_GUEST_RIP, entry);
	how = NOT_ENTERED;
}

/*
 * An entry that fails continues behind the instruction. An exit continues at vmx_exit,
 * with interrupts off and the general registers of L2, which keeps L1's but for the
 * stack. There is one such address in the VMCS, so this function must exist once.
 */
static void __attribute__((noinline, noclone)) enter(uint64_t argument)
{
	asm volatile(
		"push %%rbp\n"
		"movq %%rsp, %[l1_stack]\n"
		"movb %[failed], %[how]\n"
		"cmpb $0, %[launched]\n"
		"jne 3f\n" FAULT_RESUMES("vmlaunch") "jmp 4f\n"
						     "3:\n" FAULT_RESUMES(
							     "vmresume") "jmp 4f\n"
									 "vmx_exit:\n"
									 "movq %[l1_stack], %%rsp\n"
									 "movb %[exited], %[how]\n"
									 "movb $1, %[launched]\n"
									 "4:	pop %%rbp\n"
		: [l1_stack] "=m"(l1_stack), [how] "=m"(how), [launched] "+m"(launched)
		: "D"(argument), [failed] "i"(FAILED), [exited] "i"(EXITED)
		: "rax", L2_CHANGES);
}

/* As KVM does for an exit: what it was, and where L2 continues. */
static void serve(void)
{
	vmread(VMCS_REASON);
	vmread(VMCS_LENGTH);
	vmread(VMCS_GUEST_RIP);
	vmwrite(VMCS_GUEST_RIP, entry);
	enter(0);
}

static void finish(void)
{
	uint32_t reason = (uint32_t)vmread(VMCS_REASON) & REASON_MASK, error = 0;

	/* This exits. It must do so without enter() too where enter() is to fail. */
	if (how == FAILED || must_end >= VMX_FAILED(0))
		error = (uint32_t)vmread(VMCS_ERROR);
	if (how == FAILED)
		reason = VMX_FAILED(error);
	if (how == NOT_ENTERED || reason == must_end)
		return;
	end_fail_by(KVM_EXIT_STATS_ISA_VMX, reason, must_end);
}

const struct hypervisor vmx_hypervisor = {
	.skip = skip,
	.skip_paging = skip_ept,
	.begin = begin,
	.spoil = spoil,
	.end = end,
	.prepare = prepare,
	.enter = enter,
	.serve = serve,
	.finish = finish,
};
