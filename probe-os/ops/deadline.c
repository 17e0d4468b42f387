// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC timer's TSC-deadline mode (SDM vol. 3A, 10.5.4.1). A write to an MSR
 * arms the timer or disarms it.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/msr.h"
#include "ops/skip.h"
#include "platform/tsc.h"

/*
 * Seconds on any machine, and near enough for the VMX-preemption timer, which
 * counts up to 2^32 units of 32 TSC ticks.
 */
#define DEADLINE_FAR_TSC (1ull << 33)
/* Sooner than the host's own next timer nearly always: its tick comes each 1 to 10 ms. */
#define DEADLINE_NEAR_US 100
#define DEADLINE_DUE	 1
#define DEADLINE_OFF	 0

static uint64_t due; /* the value that the next run writes */

static const char *skip_near(void)
{
	const char *reason = skip_no_deadline();

	return reason ? reason : skip_unknown_tsc();
}

static void teardown_deadline(void)
{
	lapic_timer_stop();
}

static void prepare_deadline_far(void)
{
	due = rdtsc_fenced() + DEADLINE_FAR_TSC;
}

static void prepare_deadline_near(void)
{
	due = rdtsc_fenced() + DEADLINE_NEAR_US * tsc_check()->khz / 1000;
}

static void run_deadline_far(void)
{
	wrmsr_guarded(MSR_TSC_DEADLINE, due);
}

static void prepare_deadline_off(void)
{
	prepare_deadline_far();
	run_deadline_far();
}

static void run_deadline_off(void)
{
	wrmsr_guarded(MSR_TSC_DEADLINE, DEADLINE_OFF);
}

static void run_deadline_now(void)
{
	wrmsr_guarded(MSR_TSC_DEADLINE, DEADLINE_DUE);
}

/*
 * Take the interrupt. Raise it once more, so that the exits here do not depend on
 * whether run() was called: a second one merges with one that is pending.
 */
static void finish_deadline_now(void)
{
	run_deadline_now();
	lapic_take(VECTOR_TIMER);
}

/* Every version of KVM intercepts it. */
#define DEADLINE_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_WRITE)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("tsc-deadline-off", "WRMSR of 0 to TSC_DEADLINE (0x6e0): disarms the armed timer",
	    "Exits by the MSR bitmap, because KVM emulates the timer. On VMX KVM uses the "
	    "VMX-preemption timer (SDM 25.5.1) and handles the write on its fast path. On SVM KVM "
	    "cancels a high-resolution timer of the host.",
	    "tsc-deadline-far", .uses_timer = true, .skip = skip_no_deadline, DEADLINE_EXITS,
	    .setup = lapic_timer_by_deadline, .prepare = prepare_deadline_off,
	    .run = run_deadline_off, .finish = run_deadline_off, .teardown = teardown_deadline),
	ROW("tsc-deadline-far", "WRMSR to TSC_DEADLINE of now + 2^33 ticks: arms the timer",
	    "As tsc-deadline-off. Every timer tick and every wait of a Linux guest begins with "
	    "this write.",
	    "tsc-deadline-off,tsc-deadline-near", .uses_timer = true, .skip = skip_no_deadline,
	    DEADLINE_EXITS, .setup = lapic_timer_by_deadline, .prepare = prepare_deadline_far,
	    .run = run_deadline_far, .finish = run_deadline_off, .teardown = teardown_deadline),
	ROW("tsc-deadline-near", "WRMSR to TSC_DEADLINE of now + 100 us: arms the timer",
	    "As tsc-deadline-far, but it is due before any other timer of the host. Where the host's "
	    "timer stands for the guest's, KVM has to program the host's timer device for it, as for "
	    "most ticks and short waits of a Linux guest.",
	    "tsc-deadline-far,tsc-deadline-now", .uses_timer = true, .skip = skip_near,
	    DEADLINE_EXITS, .setup = lapic_timer_by_deadline, .prepare = prepare_deadline_near,
	    .run = run_deadline_far, .finish = finish_deadline_now, .teardown = teardown_deadline),
	ROW("tsc-deadline-now", "WRMSR to TSC_DEADLINE of a time long past, interrupts off",
	    "As tsc-deadline-far, but KVM sees that the deadline has passed and makes the "
	    "interrupt pending at once. The delivery of the interrupt, which may exit again, is "
	    "not measured.",
	    "tsc-deadline-far", .uses_timer = true, .skip = skip_no_deadline, DEADLINE_EXITS,
	    .setup = lapic_timer_by_deadline, .run = run_deadline_now,
	    .finish = finish_deadline_now, .teardown = teardown_deadline),
};

const struct op_family family_deadline = OP_FAMILY(
	"deadline",
	"The local APIC timer in TSC-deadline mode, which guests use for their timer ticks.", ops);
