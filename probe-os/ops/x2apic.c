// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC's registers as MSRs (SDM vol. 3A, 10.12; APM vol. 2, "x2APIC Support" in
 * ch. 16). setup() enters x2APIC mode, and teardown() returns to xAPIC mode.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/skip.h"

static bool entered;

static void setup_x2apic(void)
{
	entered = lapic_x2apic(true);
}

static const char *failed_x2apic(void)
{
	return entered ? NULL : "x2APIC mode cannot be entered";
}

static void teardown_x2apic(void)
{
	lapic_x2apic(false);
}

static void try_read(uint32_t offset)
{
	rdmsr_guarded(LAPIC_X2APIC_MSR(offset));
}

static void try_write(uint32_t offset, uint32_t value)
{
	wrmsr_guarded(LAPIC_X2APIC_MSR(offset), value);
}

static void run_id(void)
{
	try_read(LAPIC_ID);
}

static void run_tpr_read(void)
{
	try_read(LAPIC_TPR);
}

static void run_tpr(void)
{
	try_write(LAPIC_TPR, 0);
}

static void run_eoi(void)
{
	try_write(LAPIC_EOI, 0);
}

static void run_self_ipi(void)
{
	try_write(LAPIC_SELF_IPI, VECTOR_IPI);
}

/*
 * Take the interrupt. Send it once more, so that the exits here do not depend on
 * whether run() was called: a second one merges with one that is pending. If
 * interrupts were on in run(), the first one is still in service, hence the EOI.
 */
static void finish_self_ipi(void)
{
	try_write(LAPIC_EOI, 0);
	try_write(LAPIC_SELF_IPI, VECTOR_IPI);
	lapic_take(VECTOR_IPI);
}

#define X2APIC_ROW                                                                                 \
	.skip = skip_no_x2apic, .setup = setup_x2apic, .failed = failed_x2apic,                    \
	.teardown = teardown_x2apic

static const struct op ops[] = {
	{
		.name = "x2apic-id",
		.what = "RDMSR of the x2APIC's ID (0x802)",
		.why = "Exits by the MSR bitmap (SDM 25.1.3, APM 15.11), unless APICv's "
		       "APIC-register virtualization (SDM 29.5) or x2AVIC (APM 15.29) lets KVM "
		       "pass the MSR through.",
		.compare = "xapic-read,rdmsr-apic-base",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 with x2AVIC active"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_READ, "0 with APICv active"),
		X2APIC_ROW,
		.run = run_id,
	},
	{
		.name = "x2apic-tpr-read",
		.what = "RDMSR of the x2APIC's task priority (0x808)",
		.why = "On VMX KVM passes this MSR through as soon as the processor can "
		       "virtualize x2APIC mode, with or without APICv (SDM 29.5). On SVM it does "
		       "so only with x2AVIC. Otherwise the read may go to the VMM: QEMU asks KVM "
		       "to report TPR accesses for kvmvapic.",
		.compare = "x2apic-id,x2apic-tpr",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 with x2AVIC active"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_READ,
				  "0 if the processor virtualizes x2APIC mode for the guest"),
		X2APIC_ROW,
		.run = run_tpr_read,
	},
	{
		.name = "x2apic-tpr",
		.what = "WRMSR of 0 to the x2APIC's task priority (0x808)",
		.why = "As x2apic-tpr-read. No interrupt is pending, so the priority falls below "
		       "no TPR threshold (SDM 29.1.2).",
		.compare = "mov-cr8,x2apic-tpr-read",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 with x2AVIC active"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_WRITE,
				  "0 if the processor virtualizes x2APIC mode for the guest"),
		X2APIC_ROW,
		.run = run_tpr,
	},
	{
		.name = "x2apic-eoi",
		.what = "WRMSR to the x2APIC's EOI (0x80b), nothing in service",
		.why = "Exits unless virtual-interrupt delivery (SDM 29.1.4, 29.5) or x2AVIC (APM "
		       "15.29) ends interrupts in the processor.",
		.compare = "x2apic-self-ipi",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, "0 with x2AVIC active"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_WRITE, "0 with APICv active"),
		X2APIC_ROW,
		.run = run_eoi,
	},
	{
		.name = "x2apic-self-ipi",
		.what = "WRMSR to the x2APIC's SELF IPI (0x83f), interrupts off",
		.why = "With virtual-interrupt delivery the processor evaluates the write itself "
		       "(SDM 29.1.5, 29.5). On SVM KVM intercepts it even with x2AVIC.",
		.compare = "x2apic-eoi",
		.svm = EXITS(1, SVM_EXIT_MSR),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_WRITE, "0 with APICv active"),
		X2APIC_ROW,
		.run = run_self_ipi,
		.finish = finish_self_ipi,
	},
};

const struct op_family family_x2apic = OP_FAMILY(
	"x2apic",
	"The local APIC in x2APIC mode. Its registers are MSRs instead of memory, so KVM has no "
	"instruction to decode. KVM passes through in the MSR bitmap what the processor "
	"virtualizes.",
	ops);
