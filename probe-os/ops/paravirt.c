// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM offers a guest that knows it: Linux, Documentation/virt/kvm/x86/cpuid.rst (the
 * features), msr.rst (the registers), hypercalls.rst.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/kvm_call.h"
#include "ops/ports.h"
#include "ops/skip.h"
#include "platform/smp.h"
#include "platform/stolen.h"
#include "platform/tsc.h"

static const char *skip_no_feature(uint32_t feature, const char *reason)
{
	return machine()->kvm_features & feature ? NULL : reason;
}

/* --- kvmclock --------------------------------------------------------------- */

/* msr.rst, MSR_KVM_SYSTEM_TIME_NEW. An odd version means that KVM is writing. */
static volatile struct {
	uint32_t version, pad;
	uint64_t tsc_timestamp, system_time;
	uint32_t tsc_to_system_mul;
	int8_t tsc_shift;
	uint8_t flags, pad2[2];
} __attribute__((aligned(64))) clock;

static const char *skip_kvmclock(void)
{
	return skip_no_feature(KVM_FEATURE_CLOCKSOURCE2,
			       "no kvmclock (CPUID 0x40000001 EAX bit 3 of KVM)");
}

static void setup_kvmclock(void)
{
	wrmsr_guarded(MSR_KVM_SYSTEM_TIME_NEW, (uintptr_t)&clock | MSR_KVM_ENABLED);
}

static void teardown_kvmclock(void)
{
	wrmsr_guarded(MSR_KVM_SYSTEM_TIME_NEW, 0);
}

/* x86 keeps loads in order, and volatile makes the compiler keep them too. */
static void run_kvmclock_read(void)
{
	uint32_t version, low, high;
	uint64_t delta, product, carry, ns;

	do {
		version = clock.version & ~1u;
		asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
		delta = ((uint64_t)high << 32 | low) - clock.tsc_timestamp;
		delta = clock.tsc_shift < 0 ? delta >> -clock.tsc_shift : delta << clock.tsc_shift;
		asm("mulq %3"
		    : "=a"(product), "=d"(carry)
		    : "0"(delta), "r"((uint64_t)clock.tsc_to_system_mul));
		ns = clock.system_time + (carry << 32 | product >> 32);
		asm volatile("" : : "r"(ns));
	} while (version != clock.version);
}

/* --- steal time --------------------------------------------------------------- */

static const char *skip_steal(void)
{
	return skip_no_feature(KVM_FEATURE_STEAL_TIME,
			       "no steal time (CPUID 0x40000001 EAX bit 5 of KVM)");
}

static void run_steal_on(void)
{
	steal_report(true);
}

static void run_steal_off(void)
{
	steal_report(false);
}

static void run_steal_user(void)
{
	inl(PORT_UNMAPPED);
}

/* --- asynchronous page faults --------------------------------------------------- */

/* msr.rst, MSR_KVM_ASYNC_PF_EN: "page ready" comes by an interrupt. */
#define ASYNC_PF_BY_INTERRUPT (1u << 3)

static volatile struct {
	uint32_t flags, token;
	uint8_t pad[56];
} __attribute__((aligned(64))) async_pf;

static const char *skip_async_pf(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return skip_no_feature(
		KVM_FEATURE_ASYNC_PF_INT,
		"no \"page ready\" by interrupt (CPUID 0x40000001 EAX bit 14 of KVM)");
}

static void setup_async_pf(void)
{
	wrmsr_guarded(MSR_KVM_ASYNC_PF_INT, VECTOR_IPI);
}

static void run_async_pf_on(void)
{
	wrmsr_guarded(MSR_KVM_ASYNC_PF_EN,
		      (uintptr_t)&async_pf | ASYNC_PF_BY_INTERRUPT | MSR_KVM_ENABLED);
}

static void run_async_pf_off(void)
{
	wrmsr_guarded(MSR_KVM_ASYNC_PF_EN, 0);
}

/*
 * KVM answers with a "page ready" that wakes every task. Take its interrupt and free the
 * slot. Switching on once more raises it if run() was not called; otherwise KVM forgets
 * the second one when the feature is switched off.
 */
static void finish_async_pf_on(void)
{
	run_async_pf_on();
	lapic_take(VECTOR_IPI);
	run_async_pf_off();
	async_pf.token = 0;
	wrmsr_guarded(MSR_KVM_ASYNC_PF_ACK, 1);
}

static void prepare_async_pf_off(void)
{
	run_async_pf_on();
	lapic_take(VECTOR_IPI);
	async_pf.token = 0;
	wrmsr_guarded(MSR_KVM_ASYNC_PF_ACK, 1);
}

/* From one tick of a Linux guest with CONFIG_HZ=250 to the next. */
#define TICK_US	 4000
#define TICK_DUE 1 /* a deadline long past */

/* --- the end of an interrupt ------------------------------------------------------ */

static volatile uint32_t eoi __attribute__((aligned(64)));

static const char *skip_pv_eoi(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return skip_no_feature(KVM_FEATURE_PV_EOI,
			       "no EOI by memory (CPUID 0x40000001 EAX bit 6 of KVM)");
}

static void setup_pv_eoi(void)
{
	delivery_setup_self();
	wrmsr_guarded(MSR_KVM_PV_EOI_EN, (uintptr_t)&eoi | MSR_KVM_ENABLED);
}

static void teardown_pv_eoi(void)
{
	wrmsr_guarded(MSR_KVM_PV_EOI_EN, 0);
	delivery_teardown_self();
}

/* As in ipi-self-sti. */
static void take_from_self(void)
{
	delivery_take(delivery_send_self);
}

static void run_pv_eoi_off(void)
{
	take_from_self();
	lapic_write(LAPIC_EOI, 0);
}

/*
 * KVM sets bit 0 when it injects an interrupt whose end nobody else waits for, and takes
 * the bit back at the next exit. The guest ends the interrupt by clearing the bit. If the
 * bit is clear already, it writes the register.
 */
static void run_pv_eoi(void)
{
	bool was_set;

	take_from_self();
	asm volatile("btrl $0, %0" : "+m"(eoi), "=@ccc"(was_set) : : "memory");
	if (!was_set)
		lapic_write(LAPIC_EOI, 0);
}

static const char *skip_tick(void)
{
	const char *reason = skip_pv_eoi();

	if (!reason)
		reason = skip_no_deadline();
	return reason ? reason : skip_unknown_tsc();
}

static void setup_tick(void)
{
	setup_pv_eoi();
	lapic_timer_by_deadline();
}

static void teardown_tick(void)
{
	lapic_timer_stop();
	teardown_pv_eoi();
}

static void run_tick(void)
{
	run_pv_eoi();
	wrmsr(MSR_TSC_DEADLINE, rdtsc_fenced() + TICK_US * tsc_check()->khz / 1000);
}

/*
 * Take the timer's interrupt, or it would stay pending if the host kept the vCPU for longer than
 * a tick. Raise it first, so that the exits here do not depend on whether run() was called.
 */
static void finish_tick(void)
{
	wrmsr(MSR_TSC_DEADLINE, TICK_DUE);
	lapic_take(VECTOR_TIMER);
}

/* --- hypercalls -------------------------------------------------------------------- */

static const char *skip_pv_ipi(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return skip_no_feature(KVM_FEATURE_PV_SEND_IPI,
			       "no IPI by hypercall (CPUID 0x40000001 EAX bit 11 of KVM)");
}

static void run_pv_ipi_self(void)
{
	kvm_call(KVM_HC_SEND_IPI, 1, 0, smp_apic_id(0), VECTOR_IPI);
}

/* Send it once more, so that the exits here do not depend on whether run() was called. */
static void finish_pv_ipi_self(void)
{
	delivery_send_self();
	lapic_take(VECTOR_IPI);
}

static const char *skip_pv_kick(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return skip_no_feature(KVM_FEATURE_PV_UNHALT,
			       "no kick by hypercall (CPUID 0x40000001 EAX bit 7 of KVM)");
}

/* Interrupts are on, so that the watchdog ends HLT where the kick does not. */
static void run_pv_kick_self(void)
{
	kvm_call(KVM_HC_KICK_CPU, 0, smp_apic_id(0), 0, 0);
	asm volatile("sti; hlt; cli" : : : "memory");
}

/* --- the rows ------------------------------------------------------------------------ */

#define WRMSR_EXITS .svm = EXITS(1, SVM_EXIT_MSR), .vmx = EXITS(1, EXIT_REASON_MSR_WRITE)
#define CALL_EXITS  .svm = EXITS(1, SVM_EXIT_VMMCALL), .vmx = EXITS(1, EXIT_REASON_VMCALL)

#define ACCELERATED "fewer where AVIC or APICv delivers or ends the interrupt"

#define EOI_EXITS(most)                                                                            \
	.svm = EXITS_AMONG(0, most, ACCELERATED, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_VINTR,        \
			   SVM_EXIT_AVIC_INCOMPLETE_IPI, SVM_EXIT_AVIC_UNACCELERATED_ACCESS),      \
	.vmx = EXITS_AMONG(0, most, ACCELERATED, EXIT_REASON_APIC_ACCESS, EXIT_REASON_APIC_WRITE,  \
			   EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_EPT_VIOLATION,                   \
			   EXIT_REASON_INTERRUPT_WINDOW)

#define TICK_EXITS                                                                                 \
	.svm = EXITS_AMONG(1, 4, ACCELERATED, SVM_EXIT_MSR, SVM_EXIT_NPF, SVM_EXIT_PF,             \
			   SVM_EXIT_VINTR, SVM_EXIT_AVIC_INCOMPLETE_IPI,                           \
			   SVM_EXIT_AVIC_UNACCELERATED_ACCESS),                                    \
	.vmx = EXITS_AMONG(1, 4, ACCELERATED, EXIT_REASON_MSR_WRITE, EXIT_REASON_APIC_ACCESS,      \
			   EXIT_REASON_APIC_WRITE, EXIT_REASON_EXCEPTION_NMI,                      \
			   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_INTERRUPT_WINDOW)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("kvmclock-read", "reading the time from a kvmclock: RDTSC and four words of memory",
	    "Does not exit. KVM has written to the guest's memory how to convert the TSC, and "
	    "writes there again only if that changes (KVM's msr.rst, "
	    "MSR_KVM_SYSTEM_TIME_NEW; RDTSC: SDM 25.1.3, APM 15.9).",
	    "rdtsc,in-pm-timer,hpet-counter,wrmsr-kvmclock", .skip = skip_kvmclock, .svm = NO_EXIT,
	    .vmx = NO_EXIT, .setup = setup_kvmclock, .run = run_kvmclock_read,
	    .teardown = teardown_kvmclock),
	ROW("steal-on", "WRMSR to KVM_STEAL_TIME (0x4b564d03): KVM reports steal time",
	    "The number is outside the MSR bitmap's ranges, so it always exits (SDM 25.1.3, APM "
	    "15.11). Before it enters the guest again, KVM writes for how long the host's "
	    "scheduler kept the vCPU waiting (msr.rst, MSR_KVM_STEAL_TIME).",
	    "wrmsr-kvmclock,steal-off", .skip = skip_steal, WRMSR_EXITS, .run = run_steal_on,
	    .teardown = run_steal_off),
	ROW("steal-off", "WRMSR of 0 to KVM_STEAL_TIME: KVM no longer reports it",
	    "As steal-on, without anything to write.", "steal-on", .skip = skip_steal, WRMSR_EXITS,
	    .prepare = run_steal_on, .run = run_steal_off, .finish = run_steal_off),
	ROW("steal-inl-user", "IN from 0x1234 (no device) while KVM reports steal time",
	    "As inl-user. While steal time is on, KVM brings the report up to date whenever the "
	    "vCPU's thread comes back from userspace or from another thread's turn. Exits that "
	    "the kernel handles do not change.",
	    "inl-user", .skip = skip_steal, .svm = EXITS(1, SVM_EXIT_IOIO),
	    .vmx = EXITS(1, EXIT_REASON_IO_INSTRUCTION), .setup = run_steal_on,
	    .run = run_steal_user, .teardown = run_steal_off),
	ROW("async-pf-on", "WRMSR to KVM_ASYNC_PF_EN (0x4b564d02): asynchronous page faults on",
	    "Exits as steal-on (msr.rst, MSR_KVM_ASYNC_PF_EN). KVM makes a first interrupt "
	    "pending, which wakes every task that waits for a page. A page fault costs the same "
	    "with the feature on or off; they differ only if the host must wait for the page, "
	    "which a guest cannot bring about.",
	    "steal-on,async-pf-off", .skip = skip_async_pf, WRMSR_EXITS, .setup = setup_async_pf,
	    .run = run_async_pf_on, .finish = finish_async_pf_on),
	ROW("async-pf-off", "WRMSR of 0 to KVM_ASYNC_PF_EN: asynchronous page faults off",
	    "As async-pf-on. KVM forgets the pages that it still waits for.",
	    "async-pf-on,steal-off", .skip = skip_async_pf, WRMSR_EXITS, .setup = setup_async_pf,
	    .prepare = prepare_async_pf_off, .run = run_async_pf_off, .finish = run_async_pf_off),
	ROW("pv-eoi-off", "self-IPI delivered by STI, and its EOI by the local APIC's register",
	    "As ipi-self-sti, and one more exit for the EOI as in xapic-eoi. APICv's "
	    "virtual-interrupt delivery and AVIC need none of them (SDM 29.2, APM 15.29).",
	    "ipi-self-sti,xapic-eoi,pv-eoi", EOI_EXITS(3), .skip = skip_no_lapic,
	    .setup = delivery_setup_self, .run = run_pv_eoi_off, .teardown = delivery_teardown_self,
	    .failed = delivery_failed),
	ROW("pv-eoi", "self-IPI delivered by STI, and its EOI by memory",
	    "As pv-eoi-off, but the guest clears a bit in memory that KVM has set when it injected "
	    "the interrupt (msr.rst, MSR_KVM_PV_EOI_EN). KVM sees this at the next exit. If there "
	    "was an exit before the EOI, KVM has taken the bit back and the guest writes the "
	    "register.",
	    "pv-eoi-off", EOI_EXITS(3), .skip = skip_pv_eoi, .setup = setup_pv_eoi,
	    .run = run_pv_eoi, .teardown = teardown_pv_eoi, .failed = delivery_failed),
	ROW("pv-eoi-tick", "pv-eoi, then WRMSR to TSC_DEADLINE of 4 ms later: as a tick of Linux",
	    "The WRMSR exits as in tsc-deadline-near. It is the exit at which KVM sees the EOI, so "
	    "that it ends the interrupt besides.",
	    "pv-eoi,tsc-deadline-near", TICK_EXITS, .uses_timer = true, .skip = skip_tick,
	    .setup = setup_tick, .run = run_tick, .finish = finish_tick, .teardown = teardown_tick,
	    .failed = delivery_failed),
	ROW("pv-ipi-self", "self-IPI by hypercall (KVM_HC_SEND_IPI), interrupts off",
	    "Exits as hypercall (SDM 25.1.2, APM 15.9). KVM delivers an interrupt to each of up to "
	    "128 vCPUs of a bitmap (KVM's hypercalls.rst, 10), here one.",
	    "hypercall-poll,x2apic-self-ipi", .skip = skip_pv_ipi, CALL_EXITS,
	    .run = run_pv_ipi_self, .finish = finish_pv_ipi_self),
	ROW("pv-kick-self", "kick of itself (KVM_HC_KICK_CPU), then HLT, which the kick ends",
	    "The hypercall exits, and HLT does (SDM 25.1.3, APM 15.9). KVM remembers the kick and "
	    "ends the HLT at once (KVM's hypercalls.rst, 5). Linux's spin locks wait like this in "
	    "a guest; there another vCPU kicks.",
	    "hlt-ipi,hypercall-poll",
	    .svm = EXITS_EITHER(2, 2, SVM_EXIT_VMMCALL, SVM_EXIT_HLT, NULL),
	    .vmx = EXITS_EITHER(2, 2, EXIT_REASON_VMCALL, EXIT_REASON_HLT, NULL),
	    .skip = skip_pv_kick, .run = run_pv_kick_self),
};

const struct op_family family_paravirt = OP_FAMILY(
	"paravirt",
	"What KVM offers to guests that know it, beside what it replaces: clock, steal time, end "
	"of interrupt, IPI and kick. Linux's Documentation/virt/kvm/x86 has the interfaces.",
	ops);
