// SPDX-License-Identifier: GPL-2.0-only
/* An idle guest: HLT and the interrupts that wake it, MWAIT, PAUSE. */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/halt.h"
#include "ops/skip.h"

/*
 * The time from prepare() to the interrupt. Reading every reason's counter takes
 * less, so the processor does halt. If it did not, the interrupt would be pending
 * and HLT would end at once. The time exceeds halt_poll_ns (200 us), for which KVM
 * polls before it yields the processor.
 */
#define HLT_TSC 1000000

/*
 * More PAUSEs than KVM allows without an exit, which are the 3000 of
 * pause_filter_count. SVM then exits at most twice. VMX counts ticks: if PAUSEs are
 * 128 ticks apart, the most that ple_gap allows, they take 2^20 ticks, in which a
 * window that doubles from 4096 ends eight times.
 */
#define PAUSES	      8192
#define PAUSE_MAX_SVM 2
#define PAUSE_MAX_VMX 8

#define CPUID_1_ECX_MONITOR (1u << 3)

static void prepare_hlt(void)
{
	halt_arm(HLT_TSC);
}

/*
 * The IPI is part of every run. If prepare() sent it, it would stay pending when
 * there is no run. The first CLI is for guard_try(), which has interrupts on.
 */
static void run_hlt_ipi(void)
{
	asm volatile("cli" : : : "memory");
	delivery_send_self();
	asm volatile("sti; hlt; cli" : : : "memory");
}

static const char *skip_no_mwait(void)
{
	/* Without the timer nothing would end a wait that the IPI does not end. */
	if (!lapic_timer_present())
		return "no local APIC timer";
	return cpuid(1, 0).ecx & CPUID_1_ECX_MONITOR ? NULL : "no MONITOR (CPUID 1 ECX bit 3)";
}

/*
 * A pending interrupt that is not masked always ends MWAIT, also where the
 * hypervisor treats it like HLT.
 */
static void run_mwait(void)
{
	static uint64_t line __attribute__((aligned(64)));

	asm volatile("cli" : : : "memory");
	asm volatile(FAULT_RESUMES("monitor") : : "a"(&line), "c"(0), "d"(0) : "memory");
	delivery_send_self();
	asm volatile("sti\n" FAULT_RESUMES("mwait") "cli" : : "a"(0), "c"(0) : "memory");
}

/* After the vCPU's thread has slept, KVM starts again with its smallest window. */
static void prepare_pause_loop(void)
{
	prepare_hlt();
	halt_until_due();
	delivery_finish_timer();
}

static void run_pause_loop(void)
{
	for (unsigned int i = 0; i < PAUSES; i++)
		asm volatile("pause");
}

/* QEMU: -overcommit cpu-pm=on. */
#define IN_GUEST "not for HLT but for the timer if the VMM lets the guest idle by itself"
#define AVOIDED	 "fewer with AVIC or APICv, and if the VMM lets the guest idle by itself"

static const struct op ops[] = {
	{
		.name = "hlt-timer",
		.what = "HLT, woken by the local APIC's timer",
		.why = "HLT exits (SDM 25.1.3, HLT exiting; APM 15.9), and KVM yields the "
		       "processor until the timer is due. The probe subtracts the time until "
		       "then. What remains is the cost of halting and waking.",
		.compare = "hlt-ipi,ipi-halted",
		.uses_timer = true,
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_HLT, SVM_EXIT_INTR, IN_GUEST),
		.vmx = EXITS_AMONG(0, 1, IN_GUEST, EXIT_REASON_HLT, EXIT_REASON_EXTERNAL_INTERRUPT,
				   EXIT_REASON_PREEMPTION_TIMER),
		.skip = skip_no_timer,
		.setup = halt_setup,
		.prepare = prepare_hlt,
		.run = halt_until_due,
		.wait = halt_wait,
		.finish = delivery_finish_timer,
		.teardown = delivery_teardown_timer,
		.failed = delivery_failed,
	},
	{
		.name = "hlt-ipi",
		.what = "self-IPI, then HLT, which the IPI ends at once",
		.why = "The write to the ICR exits. HLT exits too although an interrupt is "
		       "pending, because STI still blocks it. KVM finds the interrupt and enters "
		       "the guest without halting. Only then follows the exit for the interrupt "
		       "window, as in ipi-self-sti.",
		.compare = "hlt-timer,ipi-self-sti",
		.svm = EXITS_AMONG(0, 3, AVOIDED, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_HLT,
				   SVM_EXIT_VINTR, SVM_EXIT_AVIC_INCOMPLETE_IPI,
				   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),
		.vmx = EXITS_AMONG(0, 3, AVOIDED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,
				   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,
				   EXIT_REASON_HLT, EXIT_REASON_INTERRUPT_WINDOW),
		.skip = skip_no_timer,
		.setup = delivery_setup_self,
		.run = run_hlt_ipi,
		.finish = delivery_finish_self,
		.teardown = delivery_teardown_self,
	},
	{
		.name = "mwait",
		.what = "MONITOR, self-IPI, then MWAIT, which the IPI ends at once",
		.why = "KVM intercepts MONITOR and MWAIT (SDM 25.1.3, APM 15.9) and skips them, "
		       "unless the VMM lets the guest idle by itself. Only in that case does "
		       "CPUID show the instructions, and only the IPI exits.",
		.compare = "hlt-ipi",
		.svm = EXITS_AMONG(0, 4, AVOIDED, SVM_EXIT_NPF, SVM_EXIT_PF,
				   SVM_EXIT_AVIC_INCOMPLETE_IPI, SVM_EXIT_MONITOR, SVM_EXIT_MWAIT,
				   SVM_EXIT_VINTR),
		.vmx = EXITS_AMONG(0, 4, AVOIDED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,
				   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,
				   EXIT_REASON_MONITOR_INSTRUCTION, EXIT_REASON_MWAIT_INSTRUCTION,
				   EXIT_REASON_INTERRUPT_WINDOW),
		.skip = skip_no_mwait,
		.setup = delivery_setup_self,
		.run = run_mwait,
		.finish = delivery_finish_self,
		.teardown = delivery_teardown_self,
	},
	{
		.name = "pause-loop",
		.what = "8192 PAUSEs in a row, as a spin lock does",
		.why = "A long loop of PAUSEs exits. VMX counts cycles (PLE_Window, 4096, if no "
		       "two PAUSEs are further apart than PLE_Gap, 128). SVM counts PAUSEs (pause "
		       "filter, 3000). Every exit doubles the window until the vCPU's thread has "
		       "slept, so the vCPU halts before every run.",
		.compare = "pause",
		.uses_timer = true,
		.svm = EXITS_VARY(0, PAUSE_MAX_SVM, SVM_EXIT_PAUSE,
				  "pause_filter_count; none without the filter"),
		.vmx = EXITS_VARY(0, PAUSE_MAX_VMX, EXIT_REASON_PAUSE_INSTRUCTION,
				  "how long a PAUSE takes: ple_gap, ple_window, where the loop "
				  "lies; the host's own interrupts begin a window anew"),
		.skip = skip_no_timer,
		.setup = halt_setup,
		.prepare = prepare_pause_loop,
		.run = run_pause_loop,
		.teardown = delivery_teardown_timer,
		.failed = delivery_failed,
	},
};

const struct op_family family_idle = OP_FAMILY(
	"idle", "A guest with nothing to do: it halts, it is woken, and it waits in a loop.", ops);
