// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that a vCPU sends to itself, by IPI or by the local APIC timer. The
 * operations differ in when KVM can deliver the interrupt.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/skip.h"

static void setup_timer_arm(void)
{
	lapic_write(LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER);
}

static void run_timer_arm(void)
{
	*lapic_register(LAPIC_TIMER_INITIAL) = UINT32_MAX;
}

static void finish_timer_arm(void)
{
	lapic_write(LAPIC_TIMER_INITIAL, 0);
}

static void prepare_timer_interrupt(void)
{
	lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
}

static void run_timer_interrupt(void)
{
	uint32_t before = delivery_count();

	*lapic_register(LAPIC_TIMER_INITIAL) = 1;
	asm volatile("sti" : : : "memory");
	delivery_await(before);
	asm volatile("cli" : : : "memory");
}

/*
 * The IPI is part of every run. If prepare() sent it, it would stay pending when
 * there is no run.
 */
static void run_ipi_self_sti(void)
{
	delivery_take(delivery_send_self);
}

static void set_cr8(uint64_t class)
{
	asm volatile("mov %0, %%cr8" : : "r"(class) : "memory");
}

/* Block the priority class of VECTOR_IPI and those below it. */
static void prepare_tpr(void)
{
	set_cr8(VECTOR_IPI >> 4);
}

static void run_ipi_self_tpr(void)
{
	uint32_t before = delivery_count();

	asm volatile("sti" : : : "memory");
	delivery_send_self();
	set_cr8(0);
	delivery_await(before);
	asm volatile("cli" : : : "memory");
}

static void finish_tpr(void)
{
	set_cr8(0);
	lapic_write(LAPIC_EOI, 0);
}

static void setup_x2(void)
{
	delivery_setup_self();
	if (!lapic_x2apic(true))
		delivery_fail("x2APIC mode cannot be entered");
}

static void teardown_x2(void)
{
	lapic_x2apic(false);
	delivery_teardown_self();
}

static void send_self_x2(void)
{
	lapic_write(LAPIC_SELF_IPI, VECTOR_IPI);
}

static void run_ipi_self_x2_sti(void)
{
	delivery_take(send_self_x2);
}

#define POSTED	  "none where AVIC or APICv takes the write and delivers by itself"
#define TAKEN_BY  "the reason tells whether AVIC or APICv takes the write"
#define NO_WINDOW "1 where AVIC or APICv delivers the interrupt"

static const struct op ops[] = {
	{
		.name = "ipi-self-sti",
		.what = "self-IPI while interrupts are off, delivered by STI",
		.why = "The write to the ICR exits. KVM cannot inject the interrupt yet, so it "
		       "requests an exit for as soon as it can: INTERRUPT_WINDOW (SDM 25.2) or "
		       "VINTR (APM 15.21.4). Virtual-interrupt delivery (SDM 29.2) and AVIC (APM "
		       "15.29) need none of these exits.",
		.compare = "ipi-self-tpr,ipi-self-x2-sti",
		.svm = EXITS_AMONG(0, 2, POSTED, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_VINTR,
				   SVM_EXIT_AVIC_INCOMPLETE_IPI,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
		.vmx = EXITS_AMONG(0, 2, POSTED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,
				   EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_INTERRUPT_WINDOW),
		.skip = skip_no_lapic,
		.setup = delivery_setup_self,
		.run = run_ipi_self_sti,
		.finish = delivery_finish_self,
		.teardown = delivery_teardown_self,
		.failed = delivery_failed,
	},
	{
		.name = "ipi-self-tpr",
		.what = "self-IPI that the task priority blocks, delivered by MOV to CR8",
		.why = "The write to the ICR exits. While the task priority blocks an interrupt, "
		       "KVM intercepts the write to CR8 (APM 15.21.2) or sets the TPR threshold "
		       "(SDM 29.1.2), so that lowering the priority exits. APICv and AVIC need "
		       "neither exit.",
		.compare = "ipi-self-sti,mov-cr8",
		.svm = EXITS_AMONG(0, 2, POSTED, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_WRITE_CR0 + 8,
				   SVM_EXIT_AVIC_INCOMPLETE_IPI,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
		.vmx = EXITS_AMONG(0, 2, POSTED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,
				   EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_TPR_BELOW_THRESHOLD),
		.skip = skip_no_lapic,
		.setup = delivery_setup_self,
		.prepare = prepare_tpr,
		.run = run_ipi_self_tpr,
		.finish = finish_tpr,
		.teardown = delivery_teardown_self,
		.failed = delivery_failed,
	},
	{
		.name = "timer-arm",
		.what = "write to the local APIC timer's initial count: due in seconds",
		.why = "KVM emulates the timer. The write exits as an access to the APIC's page, "
		       "or after it (SDM 29.4.3.3, APIC-write; APM 15.29, AVIC_NOACCEL), and KVM "
		       "starts a timer of the host.",
		.compare = "xapic-read,timer-interrupt",
		.uses_timer = true,
		.svm = EXITS_AMONG(1, 1, TAKEN_BY, SVM_EXIT_NPF, SVM_EXIT_PF,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
		.vmx = EXITS_AMONG(1, 1, TAKEN_BY, EXIT_REASON_APIC_ACCESS,
				   EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_APIC_WRITE),
		.skip = skip_no_timer,
		.setup = setup_timer_arm,
		.run = run_timer_arm,
		.finish = finish_timer_arm,
	},
	{
		.name = "timer-interrupt",
		.what = "local APIC timer due at once, delivered by STI",
		.why = "The write exits as in timer-arm. KVM finds that the timer is due and "
		       "injects the interrupt when it can, after an exit for the interrupt window "
		       "as in ipi-self-sti.",
		.compare = "timer-arm,ipi-self-sti",
		.uses_timer = true,
		.svm = EXITS_AMONG(1, 2, NO_WINDOW, SVM_EXIT_NPF, SVM_EXIT_PF,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS, SVM_EXIT_VINTR),
		.vmx = EXITS_AMONG(1, 2, NO_WINDOW, EXIT_REASON_APIC_ACCESS,
				   EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_APIC_WRITE, EXIT_REASON_INTERRUPT_WINDOW),
		.skip = skip_no_timer,
		.setup = delivery_setup_timer,
		.prepare = prepare_timer_interrupt,
		.run = run_timer_interrupt,
		.finish = delivery_finish_timer,
		.teardown = delivery_teardown_timer,
		.failed = delivery_failed,
	},
	{
		.name = "ipi-self-x2-sti",
		.what = "self-IPI by x2APIC's SELF_IPI MSR (0x83f), delivered by STI",
		.why = "As ipi-self-sti, but the write is a WRMSR, so KVM has no instruction to "
		       "decode. With virtual-interrupt delivery KVM passes the MSR through (SDM "
		       "29.5).",
		.compare = "ipi-self-sti",
		.svm = EXITS_AMONG(0, 2, POSTED, SVM_EXIT_MSR, SVM_EXIT_VINTR,
				   SVM_EXIT_AVIC_INCOMPLETE_IPI,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
		.vmx = EXITS_EITHER(0, 2, EXIT_REASON_MSR_WRITE, EXIT_REASON_INTERRUPT_WINDOW,
				    POSTED),
		.skip = skip_no_x2apic,
		.setup = setup_x2,
		.run = run_ipi_self_x2_sti,
		.finish = delivery_finish_self,
		.teardown = teardown_x2,
		.failed = delivery_failed,
	},
};

const struct op_family family_interrupt = OP_FAMILY(
	"interrupt",
	"Interrupts that a vCPU sends to itself, by IPI or by the local APIC timer. The rows "
	"differ in when KVM can deliver the interrupt.",
	ops);
