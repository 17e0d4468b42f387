// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM offers a guest between its vCPUs: Linux, Documentation/virt/kvm/x86/
 * hypercalls.rst, and cpuid.rst for the features.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "ops/kvm_call.h"
#include "ops/smp_answer.h"
#include "ops/smp_rendezvous.h"
#include "platform/smp.h"

/* The vCPU that answers. The measuring vCPU is 0. */
#define PARTNER 1

/* --- IPI by hypercall --------------------------------------------------------- */

#define BITMAP_BITS 128 /* of one hypercall */

static uint64_t bitmap[2];
static uint32_t lowest; /* the APIC ID of the first bit */

/* Name vCPUs 1 to @others in the bitmap. Return false if it is too small. */
static bool name_targets(unsigned int others)
{
	lowest = UINT32_MAX;
	bitmap[0] = bitmap[1] = 0;
	for (unsigned int i = 1; i <= others; i++)
		if (smp_apic_id(i) < lowest)
			lowest = smp_apic_id(i);
	for (unsigned int i = 1; i <= others; i++) {
		uint32_t bit = smp_apic_id(i) - lowest;

		if (bit >= BITMAP_BITS)
			return false;
		bitmap[bit / 64] |= 1ull << bit % 64;
	}
	return true;
}

static const char *skip_pv_ipi(void)
{
	if (!(machine()->kvm_features & KVM_FEATURE_PV_SEND_IPI))
		return "no IPI by hypercall (CPUID 0x40000001 EAX bit 11 of KVM)";
	return name_targets(smp_count() - 1)
		       ? NULL
		       : "the vCPUs' APIC IDs are further apart than 128, a hypercall's most";
}

static void send_by_hypercall(void)
{
	kvm_call(KVM_HC_SEND_IPI, bitmap[0], bitmap[1], lowest, VECTOR_IPI);
}

static void setup_pv_ipi_spin(void)
{
	name_targets(1);
	answer_start(1, false);
}

static void run_pv_ipi_spin(void)
{
	answer_get(1, send_by_hypercall);
}

static void teardown_1(void)
{
	answer_end(1, false);
}

static void setup_pv_ipi_all(void)
{
	name_targets(smp_count() - 1);
	answer_start(smp_count() - 1, false);
}

static void run_pv_ipi_all(void)
{
	answer_get(smp_count() - 1, send_by_hypercall);
}

static void teardown_all(void)
{
	answer_end(smp_count() - 1, false);
}

/* --- kick by hypercall ---------------------------------------------------------- */

static struct line kicks, woken, leaving, left;

static const char *skip_pv_kick(void)
{
	return machine()->kvm_features & KVM_FEATURE_PV_UNHALT
		       ? NULL
		       : "no kick by hypercall (CPUID 0x40000001 EAX bit 7 of KVM)";
}

/* Interrupts are off, so that only a kick ends HLT. One that comes before HLT ends it too. */
static void wait_for_kicks(unsigned int index)
{
	(void)index;
	rendezvous_enter();
	while (!leaving.value) {
		if (woken.value != kicks.value)
			woken.value = kicks.value;
		else
			asm volatile("hlt" : : : "memory");
	}
	left.value = 1;
	while (!rendezvous_over())
		asm volatile("pause");
}

static void kick(void)
{
	kvm_call(KVM_HC_KICK_CPU, 0, smp_apic_id(PARTNER), 0, 0);
}

static void setup_pv_kick(void)
{
	kicks.value = woken.value = leaving.value = left.value = 0;
	rendezvous_start(1, wait_for_kicks);
}

static void prepare_pv_kick(void)
{
	rendezvous_delay(RENDEZVOUS_HALT_TSC);
}

static void run_pv_kick(void)
{
	kicks.value = kicks.value + 1;
	kick();
	rendezvous_await(&woken, kicks.value, "a kicked vCPU did not wake up");
}

static void teardown_pv_kick(void)
{
	leaving.value = 1;
	kick();
	rendezvous_await(&left, 1, "a kicked vCPU did not wake up");
	rendezvous_end(1, false);
}

/* --- TLB flush of a vCPU that does not run ------------------------------------------ */

/* msr.rst, MSR_KVM_STEAL_TIME; the second bit: cpuid.rst, KVM_FEATURE_PV_TLB_FLUSH. */
#define PREEMPTED 1
#define FLUSH_TLB 2

/* Ticks in which the host's scheduler gives another thread its turn, if it ever does. */
#define TURN_TSC 200000000

/* The partner's steal time, as in platform/stolen.c. */
static volatile struct {
	uint64_t steal_ns;
	uint32_t version, flags;
	uint8_t preempted, pad[47];
} __attribute__((aligned(64))) partner;

/*
 * Let the host's interrupts in. Bochs 2.7 looks whether one has come only when the guest changes
 * the interrupt flag.
 */
static void look_for_host(void)
{
	asm volatile("pushfq; cli; sti; nop; popfq" : : : "memory", "cc");
}

/*
 * Neither vCPU waits with PAUSE. A PAUSE exit lets KVM yield the processor, and it marks a vCPU
 * as preempted only where an interrupt of the host has stopped it (kvm_steal_time_set_preempted(),
 * at_instruction_boundary). The measuring vCPU would then wait, and exit itself.
 */
static void spin_reporting(unsigned int index)
{
	(void)index;
	wrmsr(MSR_KVM_STEAL_TIME, (uintptr_t)&partner | MSR_KVM_ENABLED);
	rendezvous_enter();
	while (!rendezvous_over())
		look_for_host();
	wrmsr(MSR_KVM_STEAL_TIME, 0);
}

static bool await_preempted(void)
{
	uint64_t start = rdtsc_fenced();

	while (!(partner.preempted & PREEMPTED)) {
		if (rdtsc_fenced() - start >= TURN_TSC)
			return false;
		look_for_host();
	}
	return true;
}

static void setup_pv_tlb(void)
{
	partner.preempted = 0;
	rendezvous_start(1, spin_reporting);
}

static void teardown_pv_tlb(void)
{
	rendezvous_end(1, false);
}

static const char *skip_pv_tlb(void)
{
	bool preempted;

	if (!(machine()->kvm_features & KVM_FEATURE_PV_TLB_FLUSH) ||
	    !(machine()->kvm_features & KVM_FEATURE_STEAL_TIME))
		return "no TLB flush by flag (CPUID 0x40000001 EAX bits 5 and 9 of KVM)";
	setup_pv_tlb();
	preempted = await_preempted();
	teardown_pv_tlb();
	if (rendezvous_failed())
		return "another vCPU does not wake up";
	return preempted ? NULL : "the other vCPU is never preempted (bind both to one processor)";
}

static bool vanished;

static void prepare_pv_tlb(void)
{
	vanished = !await_preempted();
}

static void run_pv_tlb(void)
{
	uint8_t expected = PREEMPTED;

	__atomic_compare_exchange_n(&partner.preempted, &expected, (uint8_t)(PREEMPTED | FLUSH_TLB),
				    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Take the request back. KVM clears both bits when it enters the vCPU. */
static void finish_pv_tlb(void)
{
	uint8_t expected = PREEMPTED | FLUSH_TLB;

	__atomic_compare_exchange_n(&partner.preempted, &expected, (uint8_t)PREEMPTED, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static const char *failed_pv_tlb(void)
{
	return vanished ? "the other vCPU is no longer preempted" : rendezvous_failed();
}

/* --- the rows ------------------------------------------------------------------------ */

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others),                \
		.own_vcpu = true, .vcpus = 2, __VA_ARGS__,                                         \
	}

static const struct op ops[] = {
	ROW("pv-ipi-spin", "IPI by hypercall to a vCPU that spins, until its handler has run",
	    "The hypercall exits (SDM 25.1.2, APM 15.9). KVM then delivers the interrupt as in "
	    "ipi-spin (KVM's hypercalls.rst, KVM_HC_SEND_IPI).",
	    "ipi-spin,pv-ipi-self,pv-ipi-all", CALL_AND_WAIT(CALL_WAIT_MAX, CALL_WAITS),
	    .skip = skip_pv_ipi, .setup = setup_pv_ipi_spin, .run = run_pv_ipi_spin,
	    .finish = answer_finish, .teardown = teardown_1, .failed = rendezvous_failed),
	ROW("pv-ipi-all", "IPI by hypercall to all other vCPUs, which spin, until all have run",
	    "As pv-ipi-spin, with a bitmap of the vCPUs. In x2APIC mode a guest without it sends "
	    "one IPI after another, with an exit for each; the shorthand of ipi-broadcast names "
	    "all or none.",
	    "ipi-broadcast,pv-ipi-spin", CALL_AND_WAIT(EXITS_UNBOUNDED, TURNS), .skip = skip_pv_ipi,
	    .setup = setup_pv_ipi_all, .run = run_pv_ipi_all, .finish = answer_finish,
	    .teardown = teardown_all, .failed = rendezvous_failed),
	ROW("pv-kick", "kick by hypercall of a vCPU in HLT, until it has written to memory",
	    "The hypercall exits. The other vCPU has interrupts off; KVM ends its HLT without one "
	    "(KVM's hypercalls.rst, KVM_HC_KICK_CPU), so that it needs no handler and no EOI as in "
	    "ipi-halted. KVM also yields this vCPU's processor to the other's thread if that is "
	    "preempted.",
	    "ipi-halted,pv-kick-self", CALL_AND_WAIT(CALL_WAIT_MAX, CALL_WAITS),
	    .skip = skip_pv_kick, .setup = setup_pv_kick, .prepare = prepare_pv_kick,
	    .run = run_pv_kick, .teardown = teardown_pv_kick, .failed = rendezvous_failed),
	ROW("pv-tlb-flush", "request for a TLB flush on a preempted vCPU, by a flag in memory",
	    "Does not exit: it is a compare and exchange. KVM has marked the vCPU as preempted in "
	    "its steal time, and flushes its TLB if the flag is set when the vCPU runs again "
	    "(KVM's cpuid.rst, KVM_FEATURE_PV_TLB_FLUSH). Without it, or to a vCPU that runs, a "
	    "guest sends an IPI and waits as in ipi-spin. The row needs two vCPUs that share a "
	    "processor of the host.",
	    "ipi-spin,ipi-halted", .svm = NO_EXIT, .vmx = NO_EXIT, .skip = skip_pv_tlb,
	    .setup = setup_pv_tlb, .prepare = prepare_pv_tlb, .run = run_pv_tlb,
	    .finish = finish_pv_tlb, .teardown = teardown_pv_tlb, .failed = failed_pv_tlb),
};

const struct op_family family_paravirt_smp = OP_FAMILY(
	"paravirt-smp",
	"What KVM offers to guests between their vCPUs: IPI and kick by hypercall, and a TLB flush "
	"without an interrupt. The probe counts only the exits of the measuring vCPU.",
	ops);
