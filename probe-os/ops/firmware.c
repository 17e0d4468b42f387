// SPDX-License-Identifier: GPL-2.0-only
/* What leaves the guest in ways of its own: SMIs, MSRs that the VMM answers, bus locks. */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/skip.h"

/* Intel 82371AB (PIIX4) and ICH9 data sheets: a write to APM_CNT raises an SMI. */
#define PORT_APM_CNT 0xb2
#define APM_NOTHING  0 /* no command of SeaBIOS or OVMF */

/* SDM vol. 4. KVM has both for AMD's processors as well. */
#define MSR_SMI_COUNT	      0x34
#define MSR_CORE_THREAD_COUNT 0x35

#define LINE_SIZE 64

static void run_smi(void)
{
	outb(PORT_APM_CNT, APM_NOTHING);
}

static const char *skip_no_smi(void)
{
	uint64_t before, after;
	const char *reason = skip_no_hypervisor();

	if (reason)
		return reason;
	if (!rdmsr_try(MSR_SMI_COUNT, &before))
		return "SMIs are not counted (RDMSR of 0x34 faults)";
	run_smi();
	if (!rdmsr_try(MSR_SMI_COUNT, &after) || before == after)
		return "OUT to 0xb2 raises no SMI (0x34 does not count; QEMU: -machine smm=on)";
	return NULL;
}

static const char *skip_not_filtered(void)
{
	uint64_t value;

	return rdmsr_try(MSR_CORE_THREAD_COUNT, &value)
		       ? NULL
		       : "no CORE_THREAD_COUNT (RDMSR of 0x35 faults; QEMU before 7.2)";
}

static void run_filtered(void)
{
	rdmsr_guarded(MSR_CORE_THREAD_COUNT);
}

static uint8_t lines[2 * LINE_SIZE] __attribute__((aligned(LINE_SIZE)));

static bool may_fault_split(void)
{
	return true;
}

static void run_split_lock(void)
{
	asm volatile(FAULT_RESUMES("lock incl %0")
		     : "+m"(*(volatile uint32_t *)(lines + LINE_SIZE - 2))
		     :
		     : "cc", "memory");
}

/* The OUT, what the firmware's handler does, and the RSM. */
#define SMI_MAX 32

static const struct op ops[] = {
	{
		.name = "rdmsr-filtered",
		.what = "RDMSR of CORE_THREAD_COUNT (0x35), which QEMU answers",
		.why = "KVM intercepts the MSR (SDM 25.1.3, APM 15.11), finds it in the VMM's filter "
		       "(KVM_X86_SET_MSR_FILTER) and returns to the VMM for the value "
		       "(KVM_EXIT_X86_RDMSR). QEMU does this from 7.2 on. A VMM that answers more "
		       "MSRs itself pays this for each.",
		.compare = "rdmsr-misc-enable,inl-user",
		.svm = EXITS(1, SVM_EXIT_MSR),
		.vmx = EXITS(1, EXIT_REASON_MSR_READ),
		.skip = skip_not_filtered,
		.run = run_filtered,
	},
	{
		.name = "smi",
		.what = "OUT to 0xb2, which raises an SMI, until the firmware has returned",
		.why = "The OUT exits to the VMM, which asks KVM for an SMI. KVM saves the "
		       "processor's state to the guest's memory and enters the firmware's handler "
		       "in real mode. What that does may exit, and RSM does: by its intercept (APM "
		       "15.9), or on VMX with #UD, since for the processor the guest is not in SMM "
		       "(SDM vol. 2B, RSM). KVM emulates it. Runs on request, because SMIs are counted "
		       "among what disturbs a run.",
		.compare = "out-80",
		.on_request = true,
		.svm = EXITS_AMONG(2, SMI_MAX, "the firmware", SVM_EXIT_IOIO, SVM_EXIT_RSM,
				   SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_WRITE_CR0,
				   SVM_EXIT_CR0_SEL_WRITE, SVM_EXIT_EXCP_BASE + 6),
		.vmx = EXITS_AMONG(2, SMI_MAX, "the firmware", EXIT_REASON_IO_INSTRUCTION,
				   EXIT_REASON_RSM, EXIT_REASON_EXCEPTION_NMI,
				   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EPT_MISCONFIG,
				   EXIT_REASON_CR_ACCESS),
		.skip = skip_no_smi,
		.run = run_smi,
	},
	{
		.name = "split-lock",
		.what = "LOCK INC of a word in two cache lines",
		.why = "The processor locks the bus for all others. Where the host detects split "
		       "locks, the access raises #AC, which KVM intercepts on VMX (SDM 24.6.3): the "
		       "host's kernel warns, may hold the vCPU up, and lets it go on, or QEMU ends. "
		       "If the VMM asks for it (KVM_CAP_X86_BUS_LOCK_EXIT), the bus lock exits. It "
		       "slows the whole machine down, so the probe runs it only if it is named.",
		.compare = "load",
		.by_name = true,
		.svm = EXITS_VARY(0, 1, SVM_EXIT_BUS_LOCK, "one if the VMM asks for it"),
		.vmx = EXITS_EITHER(0, 1, EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_BUS_LOCK,
				    "one if the host detects split locks or the VMM asks for it"),
		.may_fault = may_fault_split,
		.run = run_split_lock,
	},
};

const struct op_family family_firmware = OP_FAMILY(
	"firmware",
	"What leaves the guest in ways of its own: a system management interrupt, a register that "
	"the VMM answers, a lock of the bus.",
	ops);
