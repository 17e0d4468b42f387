// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time: how late the local APIC's timer interrupts a guest that spins or has halted, and what
 * it costs to read the PIT as a clock.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "ops/delivery.h"
#include "ops/halt.h"
#include "ops/skip.h"
#include "platform/tsc.h"

/* 8254 data sheet: counter 0, and the command that latches it, which stops nothing. */
#define PORT_PIT_COUNTER0  0x40
#define PORT_PIT_CONTROL   0x43
#define PIT_LATCH_COUNTER0 0x00

/* Between two looks at the TSC, which on some hosts exits itself. */
#define LOOKS 64

/*
 * How long after prepare() the timer is due. Reading the counters takes less, even if the
 * TSC is as slow as that of Bochs (100 MHz), where the least of them counts.
 */
#define LEAST_TSC     20000
#define SPIN_US	      100
#define HALT_SHORT_US 50
#define HALT_LONG_US  300
#define HALT_IDLE_US  2000

static const char *skip_time(void)
{
	const char *why = skip_no_timer();

	if (why)
		return why;
	return skip_unknown_tsc();
}

static void arm(unsigned int us)
{
	uint64_t tsc = tsc_check()->khz * us / 1000;

	halt_arm(tsc > LEAST_TSC ? tsc : LEAST_TSC);
}

static void prepare_spin(void)
{
	arm(SPIN_US);
}

static void prepare_short(void)
{
	arm(HALT_SHORT_US);
}

static void prepare_long(void)
{
	arm(HALT_LONG_US);
}

static void prepare_idle(void)
{
	arm(HALT_IDLE_US);
}

/*
 * STI again and again: Bochs 2.7 looks whether the host's interrupts reach a guest only when
 * the guest changes the flag.
 */
static void run_spin(void)
{
	uint32_t before = delivery_count();

	do {
		asm volatile("sti" : : : "memory");
		for (unsigned int i = 0; i < LOOKS && delivery_count() == before; i++)
			;
		if (delivery_count() == before && rdtsc_fenced() >= halt_due() + HALT_LATE_TSC) {
			delivery_fail("the timer's interrupt did not come");
			break;
		}
	} while (delivery_count() == before);
	asm volatile("cli" : : : "memory");
}

static void run_clock_pit(void)
{
	outb(PORT_PIT_CONTROL, PIT_LATCH_COUNTER0);
	inb(PORT_PIT_COUNTER0);
	inb(PORT_PIT_COUNTER0);
}

/* QEMU: -overcommit cpu-pm=on. */
#define IN_GUEST "not for HLT but for the timer if the VMM lets the guest idle by itself"
#define POSTED	 "none if another processor posts the interrupt (kvm.pi_inject_timer)"

#define HALT(label, before, text, reason, others)                                                  \
	{                                                                                          \
		.name = "late-halt-" label, .what = text, .why = reason, .compare = others,        \
		.uses_timer = true,                                                                \
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_HLT, SVM_EXIT_INTR, IN_GUEST),                  \
		.vmx = EXITS_AMONG(0, 1, IN_GUEST, EXIT_REASON_HLT,                                \
				   EXIT_REASON_EXTERNAL_INTERRUPT, EXIT_REASON_PREEMPTION_TIMER),  \
		.skip = skip_time, .setup = halt_setup, .run = halt_until_due, .wait = halt_wait,  \
		.finish = delivery_finish_timer, .teardown = delivery_teardown_timer,              \
		.failed = delivery_failed, .prepare = before,                                      \
	}

static const struct op ops[] = {
	{
		.name = "late-spin",
		.what = "how late a timer's interrupt comes to a guest that spins, 100 us after it "
			"was armed",
		.why = "The timer is one of the host's, whose interrupt exits, or VMX's preemption timer "
		       "(SDM 25.5.1). KVM then injects the guest's interrupt, a little early if it "
		       "has learnt how long that takes (kvm.lapic_timer_advance). The time until the "
		       "timer is due is subtracted.",
		.compare = "late-halt-50us,timer-interrupt",
		.uses_timer = true,
		.svm = EXITS_EITHER(0, 2, SVM_EXIT_INTR, SVM_EXIT_VINTR, POSTED),
		.vmx = EXITS_AMONG(0, 2, POSTED, EXIT_REASON_EXTERNAL_INTERRUPT,
				   EXIT_REASON_PREEMPTION_TIMER, EXIT_REASON_INTERRUPT_WINDOW),
		.skip = skip_time,
		.setup = halt_setup,
		.prepare = prepare_spin,
		.run = run_spin,
		.wait = halt_wait,
		.waits_in_guest = true,
		.finish = delivery_finish_timer,
		.teardown = delivery_teardown_timer,
		.failed = delivery_failed,
	},
	HALT("50us", prepare_short, "how late it ends a HLT, 50 us after it was armed",
	     "HLT exits (SDM 25.1.3, APM 15.9). KVM polls for halt_poll_ns at most (200 us by "
	     "default, and the window grows with success), so it sees the timer without giving the "
	     "processor away. With halt_poll_ns=0 it blocks as in late-halt-300us.",
	     "late-halt-300us,late-spin"),
	HALT("300us", prepare_long, "how late it ends a HLT, 300 us after it was armed",
	     "As hlt-timer: longer than halt_poll_ns, so that KVM blocks and the host's scheduler "
	     "wakes the vCPU's thread.",
	     "late-halt-50us,hlt-timer"),
	HALT("2ms", prepare_idle, "how late it ends a HLT, 2 ms after it was armed",
	     "As late-halt-300us. An idle processor of the host sleeps deeper the longer it expects "
	     "to, and takes longer to wake.",
	     "late-halt-300us"),
	{
		.name = "clock-pit",
		.what = "the PIT read as a clock: OUT latches channel 0, two IN read it",
		.why = "Each access to a port exits, as in-pit. A clock that takes one read is "
		       "hpet-counter (MMIO) or in-pm-timer (a port); rdtsc takes no exit.",
		.compare = "in-pit,hpet-counter,in-pm-timer,rdtsc",
		.svm = EXITS(3, SVM_EXIT_IOIO),
		.vmx = EXITS(3, EXIT_REASON_IO_INSTRUCTION),
		.run = run_clock_pit,
	},
};

const struct op_family family_time = OP_FAMILY(
	"time",
	"How late a timer interrupts, from the time it is due until the guest goes on, and the "
	"most expensive of the clocks. The distribution matters here: p99 and the histogram say what the "
	"median hides. How long KVM polls for a halted vCPU (halt_poll_ns) decides between the rows.",
	ops);
