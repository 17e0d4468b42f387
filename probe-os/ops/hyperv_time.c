// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hyper-V's clocks and timers: TLFS, "Timers" (reference counter, reference TSC page,
 * synthetic timers) and "Inter-Partition Communication" (SynIC messages).
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/hyperv.h"
#include "ops/skip.h"
#include "platform/memory.h"

/* --- clocks -------------------------------------------------------------------- */

/* TLFS, "Reference TSC Page". Sequence 0: the page is not valid, use the counter. */
static volatile struct {
	uint32_t sequence, reserved;
	uint64_t scale;
	int64_t offset;
	uint8_t rest[PAGE_SIZE - 24];
} __attribute__((aligned(PAGE_SIZE))) tsc_page;

static const char *skip_ref_counter(void)
{
	return hyperv_skip(HV_EAX_TIME_REF_COUNT, 0, 0,
			   "no reference counter (CPUID 0x40000003 EAX bit 1; QEMU: hv-time)");
}

static void run_ref_counter(void)
{
	rdmsr(HV_MSR_TIME_REF_COUNT);
}

static void setup_ref_tsc(void)
{
	wrmsr(HV_MSR_REFERENCE_TSC, (uintptr_t)&tsc_page | HV_ENABLE);
}

static void teardown_ref_tsc(void)
{
	wrmsr(HV_MSR_REFERENCE_TSC, 0);
}

static const char *skip_ref_tsc(void)
{
	const char *lacking =
		hyperv_skip(HV_EAX_REFERENCE_TSC, 0, 0,
			    "no reference TSC page (CPUID 0x40000003 EAX bit 9; QEMU: hv-time)");
	bool valid;

	if (lacking)
		return lacking;
	setup_ref_tsc();
	valid = tsc_page.sequence;
	teardown_ref_tsc();
	return valid ? NULL
		     : "the reference TSC page is not valid: the host's clock is not its TSC";
}

/* x86 keeps loads in order, and volatile makes the compiler keep them too. */
static void run_ref_tsc(void)
{
	uint32_t sequence, low, high;
	uint64_t product, time;

	do {
		sequence = tsc_page.sequence;
		asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
		asm("mulq %3"
		    : "=a"(product), "=d"(time)
		    : "0"((uint64_t)high << 32 | low), "r"(tsc_page.scale)
		    : "cc");
		time += (uint64_t)tsc_page.offset;
		asm volatile("" : : "r"(time));
	} while (sequence != tsc_page.sequence);
}

/* --- synthetic timers -------------------------------------------------------------- */

/* TLFS, "Synthetic Timer Configuration Register". A one-shot timer's count is a time. */
#define STIMER_AUTO_ENABLE    (1u << 3)
#define STIMER_VECTOR(vector) ((vector) << 4)
#define STIMER_DIRECT	      (1u << 12)
#define STIMER_SINT(number)   ((number) << 16)

#define SINT 2 /* any */

/* In units of 100 ns. */
#define FAR_AWAY 100000000
#define LONG_AGO 1

static uint64_t due;

static const char *skip_stimer_direct(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return hyperv_skip(HV_EAX_STIMER | HV_EAX_TIME_REF_COUNT, HV_EDX_STIMER_DIRECT, 0,
			   "no direct synthetic timers (CPUID 0x40000003 EDX bit 19; QEMU: "
			   "hv-stimer-direct)");
}

static void setup_stimer_direct(void)
{
	delivery_setup_self();
	wrmsr(HV_MSR_STIMER0_CONFIG,
	      STIMER_AUTO_ENABLE | STIMER_DIRECT | STIMER_VECTOR(VECTOR_IPI));
}

static void teardown_stimer_direct(void)
{
	wrmsr(HV_MSR_STIMER0_CONFIG, 0);
	delivery_teardown_self();
}

static void prepare_stimer_arm(void)
{
	due = rdmsr(HV_MSR_TIME_REF_COUNT) + FAR_AWAY;
}

static void run_stimer_arm(void)
{
	wrmsr(HV_MSR_STIMER0_COUNT, due);
}

static void finish_stimer_arm(void)
{
	wrmsr(HV_MSR_STIMER0_COUNT, 0);
}

static void arm_long_ago(void)
{
	wrmsr(HV_MSR_STIMER0_COUNT, LONG_AGO);
}

static void expire(void)
{
	delivery_take(arm_long_ago);
}

static void run_stimer_direct(void)
{
	expire();
	lapic_write(LAPIC_EOI, 0);
}

/* --- SynIC messages -------------------------------------------------------------------- */

/* TLFS, "SynIC Message Page" and "SINTx Registers". */
#define SINT_AUTO_EOI (1u << 17)
#define SINT_MASKED   (1u << 16)
#define MESSAGE_NONE  0

static volatile struct {
	uint32_t type;
	uint8_t payload_size, flags;
	uint8_t rest[250];
} * messages;

/*
 * QEMU puts a page of its own over this one and so divides the guest's memory there. The
 * page is far from the probe, whose large pages stay whole.
 */
static bool take_page(void)
{
	if (!messages)
		messages = memory_take(PAGE_SIZE, LARGE_PAGE_SIZE);
	return messages;
}

static const char *skip_synic(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	if (!take_page())
		return "no memory left for a page of messages";
	return hyperv_skip(HV_EAX_SYNIC | HV_EAX_STIMER, 0, 0,
			   "no SynIC or no synthetic timers (CPUID 0x40000003 EAX bits 2 and 3; "
			   "QEMU: hv-synic,hv-stimer)");
}

static const char *skip_eom(void)
{
	return hyperv_skip(HV_EAX_SYNIC, 0, 0,
			   "no SynIC (CPUID 0x40000003 EAX bit 2; QEMU: hv-synic)");
}

static void setup_synic(uint64_t sint)
{
	delivery_setup_self();
	wrmsr(HV_MSR_SIMP, (uintptr_t)messages | HV_ENABLE);
	wrmsr(HV_MSR_SCONTROL, HV_ENABLE);
	messages[SINT].type = MESSAGE_NONE;
	wrmsr(HV_MSR_SINT0 + SINT, sint);
	wrmsr(HV_MSR_STIMER0_CONFIG, STIMER_AUTO_ENABLE | STIMER_SINT(SINT));
	memory_touch_image();
}

static void setup_synic_msg(void)
{
	setup_synic(VECTOR_IPI);
}

static void setup_synic_autoeoi(void)
{
	setup_synic(SINT_AUTO_EOI | VECTOR_IPI);
}

static void teardown_synic(void)
{
	wrmsr(HV_MSR_STIMER0_CONFIG, 0);
	wrmsr(HV_MSR_SINT0 + SINT, SINT_MASKED | VECTOR_IPI);
	wrmsr(HV_MSR_SCONTROL, 0);
	wrmsr(HV_MSR_SIMP, 0);
	delivery_teardown_self();
}

/* Take the message. No other waits for the slot, so that EOM need not be written. */
static void run_synic_autoeoi(void)
{
	expire();
	messages[SINT].type = MESSAGE_NONE;
}

static void run_synic_msg(void)
{
	run_synic_autoeoi();
	lapic_write(LAPIC_EOI, 0);
}

static void run_eom(void)
{
	wrmsr(HV_MSR_EOM, 0);
}

/* --- the rows ---------------------------------------------------------------------------- */

#define RDMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_READ)
#define WRMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_WRITE)

#define ACCELERATED "fewer where AVIC or APICv delivers or ends the interrupt"

/* The timer, the interrupt window and an EOI. */
#define EXPIRY_EXITS                                                                               \
	.svm = EXITS_AMONG(1, 3, ACCELERATED, SVM_EXIT_MSR, SVM_EXIT_VINTR, SVM_EXIT_NPF,          \
			   SVM_EXIT_PF, SVM_EXIT_AVIC_UNACCELERATED_ACCESS),                       \
	.vmx = EXITS_AMONG(1, 3, ACCELERATED, EXIT_REASON_MSR_WRITE, EXIT_REASON_INTERRUPT_WINDOW, \
			   EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,                        \
			   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,                   \
			   EXIT_REASON_EOI_INDUCED)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("hv-ref-counter", "RDMSR of the reference counter (0x40000020), in 100 ns",
	    "The number is outside the MSR bitmap's ranges, so it always exits (SDM 25.1.3, APM "
	    "15.11), and KVM computes the time (TLFS, Reference Counter).",
	    "hv-ref-tsc,in-pm-timer", .skip = skip_ref_counter, RDMSR_EXITS,
	    .run = run_ref_counter),
	ROW("hv-ref-tsc", "reading the time by the reference TSC page: RDTSC and memory",
	    "Does not exit. KVM has written to the page how to convert the TSC (TLFS, Reference "
	    "TSC Page), as for kvmclock-read.",
	    "hv-ref-counter,kvmclock-read,in-pm-timer,hpet-counter", .skip = skip_ref_tsc,
	    .svm = NO_EXIT, .vmx = NO_EXIT, .setup = setup_ref_tsc, .run = run_ref_tsc,
	    .teardown = teardown_ref_tsc),
	ROW("hv-stimer-arm", "WRMSR to synthetic timer 0's count (0x400000b1): due in seconds",
	    "Exits as hv-ref-counter. Before it enters the guest again, KVM starts a "
	    "high-resolution timer of the host (TLFS, Synthetic Timers).",
	    "timer-arm,tsc-deadline-far", .skip = skip_stimer_direct, WRMSR_EXITS,
	    .setup = setup_stimer_direct, .prepare = prepare_stimer_arm, .run = run_stimer_arm,
	    .finish = finish_stimer_arm, .teardown = teardown_stimer_direct),
	ROW("hv-stimer-direct", "direct synthetic timer due at once, delivered by STI, and EOI",
	    "The write exits as in hv-stimer-arm. KVM finds that the timer is due and makes its "
	    "vector pending; an exit for the interrupt window and one for the EOI follow, as in "
	    "pv-eoi-off.",
	    "timer-interrupt,hv-synic-msg", .skip = skip_stimer_direct, EXPIRY_EXITS,
	    .setup = setup_stimer_direct, .run = run_stimer_direct,
	    .teardown = teardown_stimer_direct, .failed = delivery_failed),
	ROW("hv-synic-msg", "synthetic timer's message by the SynIC, delivered by STI, and EOI",
	    "As hv-stimer-direct, but KVM writes a message into the guest's page and raises a "
	    "synthetic interrupt (TLFS, SynIC Message Page). At the EOI it looks for timers that "
	    "wait for the slot.",
	    "hv-stimer-direct,hv-synic-autoeoi", .skip = skip_synic, EXPIRY_EXITS,
	    .setup = setup_synic_msg, .run = run_synic_msg, .teardown = teardown_synic,
	    .failed = delivery_failed),
	ROW("hv-synic-autoeoi", "as hv-synic-msg, but the interrupt ends by itself (AutoEOI)",
	    "As hv-synic-msg without the exit for the EOI: KVM ends the interrupt when it injects "
	    "it (TLFS, SINTx Registers). While a SINT has AutoEOI, KVM uses neither AVIC nor "
	    "APICv in this VM.",
	    "hv-synic-msg", .skip = skip_synic, EXPIRY_EXITS, .setup = setup_synic_autoeoi,
	    .run = run_synic_autoeoi, .teardown = teardown_synic, .failed = delivery_failed),
	ROW("hv-eom", "WRMSR to the SynIC's EOM (0x40000084), no message waiting",
	    "Exits as hv-ref-counter. A guest that has taken a message writes it if the next one "
	    "waits for the slot (TLFS, EOM Register).",
	    "hv-eoi,hv-synic-msg", .skip = skip_eom, WRMSR_EXITS, .run = run_eom),
};

const struct op_family family_hyperv_time = OP_FAMILY(
	"hyperv-time",
	"Hyper-V's clocks, timers and messages, which KVM imitates for Windows: rows for exitprobe "
	"run --hyperv. TLFS is Microsoft's Hypervisor Top Level Functional Specification.",
	ops);
