// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCALL (SDM vol. 3C, 30.3) and VMMCALL (APM vol. 3). Without a hypervisor each
 * of them raises #UD, and the other vendor's instruction always does.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/trap.h"

/* No hypercall of KVM, Xen or Hyper-V has this number, so it returns an error. */
#define HYPERCALL_UNKNOWN 0x7fffff00

/* Documentation/virt/kvm/x86/hypercalls.rst: it only returns. */
#define KVM_HC_VAPIC_POLL_IRQ 1

#define CODE_SIZE 3

static const uint8_t vmcall[CODE_SIZE] = { 0x0f, 0x01, 0xc1 };
static const uint8_t vmmcall[CODE_SIZE] = { 0x0f, 0x01, 0xd9 };

/*
 * The function is in writable memory, because KVM overwrites the other vendor's
 * instruction with the right one. It has cache lines of its own: the processor
 * would take a write to data beside code for self-modifying code.
 */
asm(".pushsection .data, \"aw\"\n"
    ".balign 64\n"
    "hypercall_code:\n"
    "	.byte 0x0f, 0x01, 0xc1\n"
    "hypercall_code_end:\n"
    "	ret\n"
    ".balign 64\n"
    ".popsection\n"
    ".pushsection .ex_table, \"a\"\n"
    ".quad hypercall_code, hypercall_code_end\n"
    ".popsection\n");
extern uint8_t hypercall_code[];

static void call(unsigned long number)
{
	if (machine()->amd)
		asm volatile(FAULT_RESUMES("vmmcall") : "+a"(number) : : "memory");
	else
		asm volatile(FAULT_RESUMES("vmcall") : "+a"(number) : : "memory");
}

static const char *skip_not_kvm(void)
{
	return machine()->kvm_leaf
		       ? NULL
		       : "no KVM, whose numbers these are (CPUID 0x40000000: KVMKVMKVM)";
}

/* Other hypervisors, and a machine without one, may not implement hypercalls. */
static bool may_fault_hypercall(void)
{
	return !machine()->kvm_leaf;
}

static bool may_fault_other(void)
{
	return true;
}

static void run_hypercall(void)
{
	call(HYPERCALL_UNKNOWN);
}

static void run_hypercall_poll(void)
{
	call(KVM_HC_VAPIC_POLL_IRQ);
}

/*
 * The processor executes the new bytes for certain only after a serializing
 * instruction (SDM vol. 3A, 8.1.3; APM vol. 2, 7.6.1).
 */
static void write_code(const uint8_t *code)
{
	for (int i = 0; i < CODE_SIZE; i++)
		((volatile uint8_t *)hypercall_code)[i] = code[i];
	cpuid(0, 0);
}

static void prepare_other(void)
{
	write_code(machine()->amd ? vmcall : vmmcall);
}

static void run_other(void)
{
	unsigned long rax = HYPERCALL_UNKNOWN;

	asm volatile("call hypercall_code" : "+a"(rax) : : "memory");
}

static void teardown_other(void)
{
	write_code(machine()->amd ? vmmcall : vmcall);
}

static const struct op ops[] = {
	{
		.name = "hypercall",
		.what = "VMMCALL (AMD) or VMCALL (Intel), unknown number",
		.why = "VMCALL exits unconditionally (SDM 25.1.2), VMMCALL by its intercept (APM "
		       "15.9). KVM does not know the number and returns -KVM_ENOSYS in RAX.",
		.compare = "cpuid,hypercall-poll,hypercall-other",
		.svm = EXITS(1, SVM_EXIT_VMMCALL),
		.vmx = EXITS(1, EXIT_REASON_VMCALL),
		.may_fault = may_fault_hypercall,
		.run = run_hypercall,
	},
	{
		.name = "hypercall-poll",
		.what = "VMMCALL or VMCALL, KVM_HC_VAPIC_POLL_IRQ (1), which does nothing",
		.why = "Exits as with any other number. KVM returns 0 at once: the only purpose "
		       "of the call is the exit.",
		.compare = "hypercall",
		.skip = skip_not_kvm,
		.svm = EXITS(1, SVM_EXIT_VMMCALL),
		.vmx = EXITS(1, EXIT_REASON_VMCALL),
		.run = run_hypercall_poll,
	},
	{
		.name = "hypercall-other",
		.what = "VMCALL on AMD or VMMCALL on Intel: the other vendor's",
		.why = "The instruction is undefined on this processor, and KVM intercepts #UD "
		       "(SDM 24.6.3, APM 15.12). In the first exit KVM writes the right "
		       "instruction over the wrong one, which then exits by itself. With "
		       "KVM_X86_QUIRK_FIX_HYPERCALL_INSN off, the guest gets the #UD instead.",
		.compare = "hypercall",
		.svm = EXITS_EITHER(1, 2, SVM_EXIT_EXCP_BASE + 6, SVM_EXIT_VMMCALL,
				    "1 if KVM_X86_QUIRK_FIX_HYPERCALL_INSN is disabled"),
		.vmx = EXITS_EITHER(1, 2, EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_VMCALL,
				    "1 if KVM_X86_QUIRK_FIX_HYPERCALL_INSN is disabled"),
		.may_fault = may_fault_other,
		.prepare = prepare_other,
		.run = run_other,
		.teardown = teardown_other,
	},
};

const struct op_family family_hypercall = OP_FAMILY(
	"hypercall",
	"The instructions that are made for calling the hypervisor. What they return depends on "
	"the number in RAX; what the exit costs does not.",
	ops);
