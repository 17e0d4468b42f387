// SPDX-License-Identifier: GPL-2.0-only
/*
 * A performance counter (SDM vol. 3B, Performance Monitoring; APM vol. 2, 13.2). KVM emulates it by a counter of
 * the host, so that changing it is expensive.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "lib/text.h"
#include "ops/delivery.h"
#include "ops/skip.h"

/* SDM vol. 4, 2.1; APM vol. 2, appendix A. */
#define MSR_INTEL_COUNTER      0x000000c1
#define MSR_INTEL_SELECT       0x00000186
#define MSR_INTEL_GLOBAL_CTRL  0x0000038f
#define MSR_INTEL_GLOBAL_CLEAR 0x00000390
#define MSR_AMD_SELECT	       0xc0010000
#define MSR_AMD_COUNTER	       0xc0010004
#define MSR_AMD_GLOBAL_CTRL    0xc0000301
#define MSR_AMD_GLOBAL_CLEAR   0xc0000302

#define CPUID_PERFMON		0xa	   /* EAX bits 7:0: Intel's version */
#define CPUID_EXT_PERFMON	0x80000022 /* EAX bit 0: AMD's version 2 */
#define EVENT_INSTRUCTIONS	0xc0	   /* retired instructions, on both vendors */
#define SELECT_USER		(1u << 16)
#define SELECT_OS		(1u << 17)
#define SELECT_INTERRUPT	(1u << 20)
#define SELECT_ENABLE		(1u << 22)
#define COUNTING		(EVENT_INSTRUCTIONS | SELECT_USER | SELECT_OS | SELECT_INTERRUPT | SELECT_ENABLE)
#define COUNTER			(1u << 0)	   /* of the global MSRs */
#define COUNTER_MASK		((1ull << 48) - 1) /* Intel's and AMD's have 48 bits */
#define INSTRUCTIONS_TO_DETECT	1000
#define INSTRUCTIONS_TO_OVERRUN 100

static uint32_t msr_select, msr_counter, msr_global, msr_clear;
static uint64_t global_before;

/* Find the MSRs of counter 0. The global ones are 0 where there are none. */
static bool find_counter(void)
{
	msr_global = msr_clear = 0;
	if (machine()->amd) {
		msr_select = MSR_AMD_SELECT;
		msr_counter = MSR_AMD_COUNTER;
		if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_EXT_PERFMON &&
		    cpuid(CPUID_EXT_PERFMON, 0).eax & 1) {
			msr_global = MSR_AMD_GLOBAL_CTRL;
			msr_clear = MSR_AMD_GLOBAL_CLEAR;
		}
		return true;
	}
	msr_select = MSR_INTEL_SELECT;
	msr_counter = MSR_INTEL_COUNTER;
	if (cpuid(0, 0).eax < CPUID_PERFMON || !(cpuid(CPUID_PERFMON, 0).eax & 0xff))
		return false;
	if ((cpuid(CPUID_PERFMON, 0).eax & 0xff) >= 2) {
		msr_global = MSR_INTEL_GLOBAL_CTRL;
		msr_clear = MSR_INTEL_GLOBAL_CLEAR;
	}
	return true;
}

static void stop(void)
{
	wrmsr_guarded(msr_select, 0);
}

static void start(void)
{
	wrmsr_guarded(msr_select, COUNTING);
}

static void set_to(uint64_t value)
{
	wrmsr_guarded(msr_counter, value & COUNTER_MASK);
}

static void setup_counter(void)
{
	if (!msr_global)
		return;
	if (!rdmsr_try(msr_global, &global_before))
		global_before = 0;
	wrmsr_guarded(msr_global, COUNTER);
}

static void teardown_counter(void)
{
	stop();
	if (msr_global)
		wrmsr_guarded(msr_global, global_before);
}

static void setup_counting(void)
{
	setup_counter();
	set_to(0);
	start();
}

/* Return whether the counter counts, without interrupts. */
static bool counts(void)
{
	uint64_t before, after;
	bool can = wrmsr_try(msr_select, 0) && rdmsr_try(msr_counter, &before);

	if (!can)
		return false;
	setup_counter();
	wrmsr_guarded(msr_select, COUNTING & ~SELECT_INTERRUPT);
	for (int i = 0; i < INSTRUCTIONS_TO_DETECT; i++)
		asm volatile("nop");
	can = rdmsr_try(msr_counter, &after);
	teardown_counter();
	return can && after - before >= INSTRUCTIONS_TO_DETECT;
}

static const char *skip_no_counter(void)
{
	if (!machine()->amd && !text_equal(machine()->vendor, "GenuineIntel"))
		return "neither Intel's performance counters nor AMD's";
	if (!find_counter())
		return "no performance counters (CPUID 10 EAX bits 7:0 are 0; QEMU: -cpu pmu=on)";
	return counts()
		       ? NULL
		       : "no performance counter that counts (the host gives the VM none; QEMU: -cpu pmu=on)";
}

static const char *skip_no_overflow(void)
{
	return lapic_present() ? skip_no_counter() : SKIP_NO_LAPIC;
}

static void run_rdpmc(void)
{
	asm volatile("rdpmc" : : "c"(0) : "eax", "edx", "memory");
}

static void run_counter(void)
{
	set_to(0);
}

/* --- overflow -------------------------------------------------------------------- */

static void setup_overflow(void)
{
	delivery_setup_self();
	setup_counter();
	set_to(0);
}

/* Intel's local APIC masks the entry when it delivers the interrupt (SDM vol. 3A, 10.5.1). */
static void prepare_overflow(void)
{
	lapic_write(LAPIC_LVT_PERF, VECTOR_IPI);
	start();
}

static void run_overflow(void)
{
	uint32_t before = delivery_count();

	set_to(-(uint64_t)INSTRUCTIONS_TO_OVERRUN);
	asm volatile("sti" : : : "memory");
	delivery_await(before);
	asm volatile("cli" : : : "memory");
}

static void finish_overflow(void)
{
	stop();
	if (msr_clear)
		wrmsr_guarded(msr_clear, COUNTER);
	lapic_write(LAPIC_LVT_PERF, LAPIC_LVT_MASKED);
	lapic_write(LAPIC_EOI, 0);
}

static void teardown_overflow(void)
{
	set_to(0);
	teardown_counter();
	delivery_teardown_self();
}

#define MEDIATED "none where KVM gives the guest the processor's own counters"

#define MSR_WRITE                                                                                  \
	.svm = EXITS_VARY(0, 1, SVM_EXIT_MSR, MEDIATED),                                           \
	.vmx = EXITS_VARY(0, 1, EXIT_REASON_MSR_WRITE, MEDIATED)

/* The write, the host's own counter, and the interrupt window. */
#define OVERFLOW_MAX 8

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("wrmsr-evtsel", "WRMSR to event select 0: counter 0 counts instructions",
	    "KVM intercepts the MSR (SDM 25.1.3, APM 15.11) and asks the host's perf for a counter "
	    "of its own. A guest's perf does this at every switch of tasks.",
	    "wrmsr-pmc,wrmsr-tsc-adjust", .skip = skip_no_counter, MSR_WRITE,
	    .setup = setup_counter, .prepare = stop, .run = start, .finish = stop,
	    .teardown = teardown_counter),
	ROW("wrmsr-pmc", "WRMSR of 0 to counter 0 while it counts",
	    "As wrmsr-evtsel. KVM gives the host's counter a new period.", "wrmsr-evtsel,rdpmc-on",
	    .skip = skip_no_counter, MSR_WRITE, .setup = setup_counting, .run = run_counter,
	    .teardown = teardown_counter),
	ROW("rdpmc-on", "RDPMC of counter 0 while it counts",
	    "KVM intercepts it (SDM 25.1.3, RDPMC exiting; APM 15.9) and reads the host's counter.",
	    "rdpmc,wrmsr-pmc", .skip = skip_no_counter,
	    .svm = EXITS_VARY(0, 1, SVM_EXIT_RDPMC, MEDIATED),
	    .vmx = EXITS_VARY(0, 1, EXIT_REASON_RDPMC, MEDIATED), .setup = setup_counting,
	    .run = run_rdpmc, .teardown = teardown_counter),
	ROW("pmu-overflow",
	    "WRMSR to counter 0: it overflows after 100 instructions and interrupts",
	    "The write exits as in wrmsr-pmc. The host's counter overflows in the guest, whose NMI "
	    "exits (SDM 25.2, APM 15.13.2), and KVM injects the guest's interrupt. A profiler in "
	    "the guest pays this for every sample.",
	    "wrmsr-pmc,ipi-self-sti", .skip = skip_no_overflow,
	    .svm = EXITS_AMONG(0, OVERFLOW_MAX, MEDIATED, SVM_EXIT_MSR, SVM_EXIT_NMI, SVM_EXIT_INTR,
			       SVM_EXIT_VINTR),
	    .vmx = EXITS_AMONG(0, OVERFLOW_MAX, MEDIATED, EXIT_REASON_MSR_WRITE,
			       EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EXTERNAL_INTERRUPT,
			       EXIT_REASON_INTERRUPT_WINDOW),
	    .setup = setup_overflow, .prepare = prepare_overflow, .run = run_overflow,
	    .finish = finish_overflow, .teardown = teardown_overflow, .failed = delivery_failed),
};

const struct op_family family_pmu = OP_FAMILY(
	"pmu",
	"Performance counters, where the host gives the VM some. The lab's processors have none; "
	"the expected exits are by the manuals and KVM's source.",
	ops);
