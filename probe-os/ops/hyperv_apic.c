// SPDX-License-Identifier: GPL-2.0-only
/* Hyper-V's ways to the local APIC: TLFS, "Virtual Interrupts". */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/hyperv.h"
#include "ops/skip.h"
#include "platform/memory.h"

/* TLFS, "Virtual Processor Assist Page": bit 0 is "no EOI required". */
static volatile uint32_t assist[PAGE_SIZE / sizeof(uint32_t)] __attribute__((aligned(PAGE_SIZE)));

static const char *skip_apic(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return hyperv_skip(HV_EAX_APIC, 0, 0,
			   "no local APIC by MSR (CPUID 0x40000003 EAX bit 4; QEMU: hv-vapic)");
}

static void run_eoi(void)
{
	wrmsr(HV_MSR_EOI, 0);
}

static void run_tpr(void)
{
	wrmsr(HV_MSR_TPR, 0);
}

/* The first CLI is for guard_try(), which has interrupts on. */
static void run_icr(void)
{
	uint32_t before = delivery_count();

	asm volatile("cli" : : : "memory");
	wrmsr(HV_MSR_ICR, LAPIC_ICR_SELF | LAPIC_ICR_ASSERT | VECTOR_IPI);
	asm volatile("sti" : : : "memory");
	delivery_await(before);
	asm volatile("cli" : : : "memory");
}

static void setup_assist(void)
{
	delivery_setup_self();
	wrmsr(HV_MSR_VP_ASSIST_PAGE, (uintptr_t)assist | HV_ENABLE);
}

static void teardown_assist(void)
{
	wrmsr(HV_MSR_VP_ASSIST_PAGE, 0);
	delivery_teardown_self();
}

/* The interrupt is sent as in pv-eoi-off, so that the two differ in the EOI alone. */
static void run_assist(void)
{
	uint32_t before = delivery_count();
	bool was_set;

	asm volatile("cli" : : : "memory");
	delivery_send_self();
	asm volatile("sti" : : : "memory");
	delivery_await(before);
	asm volatile("cli" : : : "memory");
	asm volatile("btrl $0, %0" : "+m"(assist[0]), "=@ccc"(was_set) : : "memory");
	if (!was_set)
		wrmsr(HV_MSR_EOI, 0);
}

#define WRMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_WRITE)

#define ACCELERATED "fewer where AVIC or APICv delivers or ends the interrupt"

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others),                \
		.skip = skip_apic, __VA_ARGS__,                                                    \
	}

static const struct op ops[] = {
	ROW("hv-eoi", "WRMSR to HV_X64_MSR_EOI (0x40000070), no interrupt in service",
	    "The number is outside the MSR bitmap's ranges, so it always exits (SDM 25.1.3, APM "
	    "15.11), also with APICv or AVIC, which need no exit for xapic-eoi. KVM has no "
	    "instruction to decode (TLFS, Local APIC MSR Accesses).",
	    "xapic-eoi,x2apic-eoi", WRMSR_EXITS, .run = run_eoi),
	ROW("hv-tpr", "WRMSR of 0 to HV_X64_MSR_TPR (0x40000072)",
	    "As hv-eoi. QEMU asks KVM to report this write too, as in xapic-tpr. 64-bit Windows "
	    "uses MOV to CR8, which need not exit.",
	    "xapic-tpr,x2apic-tpr,mov-cr8", WRMSR_EXITS, .run = run_tpr),
	ROW("hv-icr", "self-IPI by HV_X64_MSR_ICR (0x40000071), delivered by STI",
	    "The write exits as in hv-eoi, and the interrupt is delivered as in ipi-self-sti.",
	    "ipi-self-sti,ipi-self-x2-sti",
	    .svm = EXITS_EITHER(1, 2, SVM_EXIT_MSR, SVM_EXIT_VINTR, ACCELERATED),
	    .vmx = EXITS_EITHER(1, 2, EXIT_REASON_MSR_WRITE, EXIT_REASON_INTERRUPT_WINDOW,
				ACCELERATED),
	    .setup = delivery_setup_self, .run = run_icr, .finish = delivery_finish_self,
	    .teardown = delivery_teardown_self, .failed = delivery_failed),
	ROW("hv-assist-eoi", "self-IPI delivered by STI, and its EOI by the VP assist page",
	    "As pv-eoi, with Hyper-V's page (TLFS, Virtual Processor Assist Page): KVM sets \"no "
	    "EOI required\" when it injects the interrupt, and the guest clears it. If an exit "
	    "came before, the guest writes HV_X64_MSR_EOI.",
	    "pv-eoi-off,pv-eoi,hv-eoi",
	    .svm = EXITS_AMONG(0, 3, ACCELERATED, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_VINTR,
			       SVM_EXIT_MSR, SVM_EXIT_AVIC_INCOMPLETE_IPI,
			       SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
	    .vmx = EXITS_AMONG(0, 3, ACCELERATED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,
			       EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,
			       EXIT_REASON_INTERRUPT_WINDOW, EXIT_REASON_MSR_WRITE),
	    .setup = setup_assist, .run = run_assist, .teardown = teardown_assist,
	    .failed = delivery_failed),
};

const struct op_family family_hyperv_apic = OP_FAMILY(
	"hyperv-apic",
	"The local APIC by Hyper-V's registers and by its page in memory: rows for exitprobe run "
	"--hyperv.",
	ops);
