// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that need two vCPUs or more: interrupts from one to another, a cache
 * line that they pass, and exits at the same time.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/smp_answer.h"
#include "ops/smp_rendezvous.h"
#include "platform/smp.h"

/* The vCPU that answers. The measuring vCPU is 0. */
#define PARTNER 1

static struct line sent, ended, ball, replied;

static void begin(unsigned int others, void (*work)(unsigned int))
{
	sent.value = ended.value = ball.value = replied.value = 0;
	rendezvous_start(others, work);
}

static void finish_all(unsigned int others)
{
	rendezvous_end(others, false);
	trap_handle(VECTOR_IPI, NULL);
	trap_handle(VECTOR_REPLY, NULL);
}

static void finish_1(void)
{
	finish_all(1);
}

/* --- interrupts ------------------------------------------------------------- */

/* Set the destination, so that a run is a single write. */
static void aim(void)
{
	lapic_write(LAPIC_ICR_HIGH, smp_apic_id(PARTNER) << LAPIC_ID_SHIFT);
}

static void setup_ipi_spin(void)
{
	answer_start(1, false);
	aim();
}

static void setup_ipi_halted(void)
{
	answer_start(1, true);
	aim();
}

static void setup_ipi_broadcast(void)
{
	answer_start(smp_count() - 1, false);
}

static void prepare_ipi_halted(void)
{
	rendezvous_delay(RENDEZVOUS_HALT_TSC);
}

static void send_ipi(void)
{
	lapic_write(LAPIC_ICR, LAPIC_ICR_ASSERT | VECTOR_IPI);
}

static void run_ipi(void)
{
	answer_get(1, send_ipi);
}

static void send_broadcast(void)
{
	lapic_write(LAPIC_ICR, LAPIC_ICR_ASSERT | VECTOR_IPI | LAPIC_ICR_OTHERS);
}

static void run_ipi_broadcast(void)
{
	answer_get(smp_count() - 1, send_broadcast);
}

static void teardown_1(void)
{
	answer_end(1, false);
}

static void teardown_halted(void)
{
	answer_end(1, true);
}

static void teardown_all(void)
{
	answer_end(smp_count() - 1, false);
}

static void answer(void)
{
	lapic_write(LAPIC_ICR, LAPIC_ICR_ASSERT | VECTOR_REPLY);
	lapic_write(LAPIC_EOI, 0);
	rendezvous_add_one(&ended);
}

static void take_reply(void)
{
	replied.value = replied.value + 1;
}

static void spin_and_answer(unsigned int index)
{
	lapic_write(LAPIC_ICR_HIGH, smp_apic_id(0) << LAPIC_ID_SHIFT);
	answer_spin(index);
}

static void setup_ipi_ping_pong(void)
{
	trap_handle(VECTOR_IPI, answer);
	trap_handle(VECTOR_REPLY, take_reply);
	begin(1, spin_and_answer);
	aim();
}

static void run_ipi_ping_pong(void)
{
	sent.value = sent.value + 1;
	asm volatile("sti" : : : "memory");
	lapic_write(LAPIC_ICR, LAPIC_ICR_ASSERT | VECTOR_IPI);
	rendezvous_await(&replied, sent.value, "an IPI was not answered by another");
	asm volatile("cli" : : : "memory");
}

/* Signal the end of the reply here, because the time of the handler counts. */
static void finish_ipi_ping_pong(void)
{
	rendezvous_await(&ended, sent.value, "an interrupt handler did not end");
	lapic_write(LAPIC_EOI, 0);
}

/* --- memory ----------------------------------------------------------------- */

/* An odd value is the partner's turn, an even one this vCPU's. */
static void return_ball(unsigned int index)
{
	(void)index;
	rendezvous_enter();
	while (!rendezvous_over()) {
		uint32_t value = ball.value;

		if (value & 1)
			ball.value = value + 1;
		else
			asm volatile("pause");
	}
}

static void setup_ping_pong(void)
{
	begin(1, return_ball);
}

static void run_ping_pong(void)
{
	uint32_t value = ball.value + 1;

	ball.value = value;
	rendezvous_await(&ball, value + 1, "the other vCPU did not write back");
}

/* --- exits at the same time -------------------------------------------------- */

static void repeat_cpuid(unsigned int index)
{
	(void)index;
	rendezvous_enter();
	while (!rendezvous_over())
		cpuid(0, 0);
}

#define CPUID_AT_ONCE(n)                                                                           \
	static void setup_cpuid_x##n(void)                                                         \
	{                                                                                          \
		begin((n)-1, repeat_cpuid);                                                        \
	}                                                                                          \
	static void teardown_cpuid_x##n(void)                                                      \
	{                                                                                          \
		finish_all((n)-1);                                                                 \
	}

CPUID_AT_ONCE(2)
CPUID_AT_ONCE(4)
CPUID_AT_ONCE(8)
CPUID_AT_ONCE(16)

static void run_cpuid(void)
{
	cpuid(0, 0);
}

/* --- the rows ---------------------------------------------------------------- */

#define WAITS	 "pause-loop exits and the host's interrupts while it waits"
#define SENDS	 "none where AVIC or IPI virtualization sends it; more while it waits"
#define SEND_MAX 1
#define TAKE_MAX 2 /* the kick out of the guest and the interrupt window */

#define IPI_EXPECTED(most, text)                                                                   \
	.svm = EXITS_AMONG(0, most, text, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_AVIC_INCOMPLETE_IPI, \
			   SVM_EXIT_PAUSE, SVM_EXIT_INTR),                                         \
	.vmx = EXITS_AMONG(0, most, text, EXIT_REASON_APIC_ACCESS, EXIT_REASON_EXCEPTION_NMI,      \
			   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_APIC_WRITE,                      \
			   EXIT_REASON_PAUSE_INSTRUCTION, EXIT_REASON_EXTERNAL_INTERRUPT)

#define CPUID_ROW(n)                                                                               \
	{                                                                                          \
		.name = "cpuid-x" #n, .what = "CPUID leaf 0 while it runs on " #n " vCPUs",        \
		.why = "Exits as cpuid does (SDM 25.1.2, APM 15.9), while all " #n                 \
		       " vCPUs exit all the time. What exceeds cpuid's time is the cost of what "  \
		       "the processor's threads and the host's kernel share.",                     \
		.compare = "cpuid", .own_vcpu = true, .vcpus = (n),                                \
		.svm = EXITS(1, SVM_EXIT_CPUID), .vmx = EXITS(1, EXIT_REASON_CPUID),               \
		.setup = setup_cpuid_x##n, .teardown = teardown_cpuid_x##n, .run = run_cpuid,      \
		.failed = rendezvous_failed,                                                       \
	}

static const struct op ops[] = {
	{
		.name = "ipi-spin",
		.what = "IPI to a vCPU that spins, until its handler has run",
		.why = "The write to the ICR exits as an access to the APIC's page (SDM 29.4; APM "
		       "15.25.6, nested page fault). KVM then kicks the other vCPU out of the "
		       "guest to inject the interrupt, unless posted interrupts (SDM 29.6) or "
		       "AVIC's doorbell (APM 15.29) deliver it there. The exits of the other vCPU "
		       "do not count.",
		.compare = "ipi-halted,ping-pong,xapic-read",
		.own_vcpu = true,
		.vcpus = 2,
		IPI_EXPECTED(SEND_MAX + WAIT_MAX, SENDS),
		.setup = setup_ipi_spin,
		.run = run_ipi,
		.finish = answer_finish,
		.teardown = teardown_1,
		.failed = rendezvous_failed,
	},
	{
		.name = "ipi-halted",
		.what = "IPI to a vCPU in HLT, until its handler has run",
		.why = "As ipi-spin. In addition the host must wake the other vCPU's thread, "
		       "which yielded its processor when HLT exited (SDM 25.1.3, APM 15.9).",
		.compare = "ipi-spin,hlt-timer",
		.own_vcpu = true,
		.vcpus = 2,
		IPI_EXPECTED(SEND_MAX + WAIT_MAX, SENDS),
		.setup = setup_ipi_halted,
		.prepare = prepare_ipi_halted,
		.run = run_ipi,
		.finish = answer_finish,
		.teardown = teardown_halted,
		.failed = rendezvous_failed,
	},
	{
		.name = "ipi-broadcast",
		.what = "IPI to all other vCPUs, which spin, until all handlers have run",
		.why = "There is one write to the ICR, whose shorthand names all vCPUs but the "
		       "sender. In its one exit KVM delivers the interrupt to one vCPU after "
		       "another.",
		.compare = "ipi-spin",
		.own_vcpu = true,
		.vcpus = 2,
		IPI_EXPECTED(EXITS_UNBOUNDED, TURNS),
		.setup = setup_ipi_broadcast,
		.run = run_ipi_broadcast,
		.finish = answer_finish,
		.teardown = teardown_all,
		.failed = rendezvous_failed,
	},
	{
		.name = "ping-pong",
		.what = "two vCPUs pass a cache line: one way, half of the round trip",
		.why = "Memory alone does not exit. The time depends on the distance between the "
		       "two processors. If the vCPUs share one processor, it includes a turn of "
		       "the host's scheduler.",
		.compare = "ipi-ping-pong",
		.own_vcpu = true,
		.vcpus = 2,
		.operations = 2,
		.svm = EXITS_EITHER(0, WAIT_MAX, SVM_EXIT_PAUSE, SVM_EXIT_INTR, WAITS),
		.vmx = EXITS_EITHER(0, WAIT_MAX, EXIT_REASON_PAUSE_INSTRUCTION,
				    EXIT_REASON_EXTERNAL_INTERRUPT, WAITS),
		.setup = setup_ping_pong,
		.run = run_ping_pong,
		.teardown = finish_1,
		.failed = rendezvous_failed,
	},
	{
		.name = "ipi-ping-pong",
		.what = "two vCPUs send each other an IPI: one way, half of the round trip",
		.why = "As ipi-spin in both directions. One exit sends, and the other vCPU's IPI "
		       "causes one here (SDM 25.2, external interrupts; APM 15.13.1) unless it is "
		       "posted.",
		.compare = "ipi-spin,ping-pong",
		.own_vcpu = true,
		.vcpus = 2,
		.operations = 2,
		.svm = EXITS_AMONG(0, SEND_MAX + TAKE_MAX + WAIT_MAX, SENDS, SVM_EXIT_NPF,
				   SVM_EXIT_PF, SVM_EXIT_AVIC_INCOMPLETE_IPI, SVM_EXIT_PAUSE,
				   SVM_EXIT_INTR, SVM_EXIT_VINTR),
		.vmx = EXITS_AMONG(0, SEND_MAX + TAKE_MAX + WAIT_MAX, SENDS,
				   EXIT_REASON_APIC_ACCESS, EXIT_REASON_EXCEPTION_NMI,
				   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_APIC_WRITE,
				   EXIT_REASON_PAUSE_INSTRUCTION, EXIT_REASON_EXTERNAL_INTERRUPT,
				   EXIT_REASON_INTERRUPT_WINDOW),
		.setup = setup_ipi_ping_pong,
		.run = run_ipi_ping_pong,
		.finish = finish_ipi_ping_pong,
		.teardown = finish_1,
		.failed = rendezvous_failed,
	},
	CPUID_ROW(2),
	CPUID_ROW(4),
	CPUID_ROW(8),
	CPUID_ROW(16),
};

const struct op_family family_smp = OP_FAMILY(
	"smp",
	"Operations that need several vCPUs: interrupts from one to another, a cache line that "
	"they pass, and exits at the same time. The probe counts only the exits of the measuring "
	"vCPU.",
	ops);
