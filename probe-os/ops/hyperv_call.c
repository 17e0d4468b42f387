// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hyper-V's hypercalls: TLFS, "Hypercall Interface", HvCallFlushVirtualAddressSpace and
 * HvCallSendSyntheticClusterIpi.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/delivery.h"
#include "ops/hyperv.h"
#include "ops/skip.h"
#include "ops/smp_answer.h"
#include "ops/smp_rendezvous.h"
#include "platform/smp.h"

#define CALL_FLUSH_SPACE 0x0002
#define CALL_SEND_IPI	 0x000b
#define CALL_UNKNOWN	 0x7fff	    /* no hypercall has it */
#define CALL_FAST	 (1u << 16) /* the input is in registers */

#define FLUSH_ALL_PROCESSORS (1u << 0)
#define FLUSH_ALL_SPACES     (1u << 1)

#define VPS_MOST 64 /* of one mask */

/* It must not cross a page (TLFS, "Hypercall Calling Convention"). */
static struct {
	uint64_t address_space, flags, processors;
} flush __attribute__((aligned(64)));

static const char *skip_call(void)
{
	return hyperv_skip(HV_EAX_HYPERCALL, 0, 0,
			   "no hypercall page (CPUID 0x40000003 EAX bit 5)");
}

static const char *skip_flush(void)
{
	return hyperv_skip(HV_EAX_HYPERCALL, 0, HV_USE_TLB_FLUSH,
			   "no TLB flush by hypercall (CPUID 0x40000004 EAX bit 2; QEMU: "
			   "hv-tlbflush)");
}

static const char *skip_ipi(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	if (smp_count() > VPS_MOST)
		return "more than 64 vCPUs, a mask's most";
	return hyperv_skip(HV_EAX_HYPERCALL | HV_EAX_VP_INDEX, 0, HV_USE_IPI,
			   "no IPI by hypercall (CPUID 0x40000004 EAX bit 10; QEMU: hv-ipi)");
}

static const char *failure;

/* Note as a failure that the hypercall returned an error. */
static void expect_success(uint16_t status)
{
	if (status)
		failure = "the hypercall returns an error";
}

static const char *failed_call(void)
{
	const char *text = failure;

	failure = NULL;
	return text ? text : rendezvous_failed();
}

static void run_call(void)
{
	hyperv_call(CALL_UNKNOWN, 0, 0);
}

/* --- TLB flush ------------------------------------------------------------------- */

static void begin_flush(void)
{
	flush.address_space = flush.processors = 0;
	flush.flags = FLUSH_ALL_PROCESSORS | FLUSH_ALL_SPACES;
	hyperv_begin();
}

static void setup_flush_spin(void)
{
	begin_flush();
	answer_start(1, false);
}

static void setup_flush_halted(void)
{
	begin_flush();
	answer_start(1, true);
}

static void prepare_flush_halted(void)
{
	rendezvous_delay(RENDEZVOUS_HALT_TSC);
}

static void run_flush(void)
{
	expect_success(hyperv_call(CALL_FLUSH_SPACE, (uintptr_t)&flush, 0));
}

static void teardown_spin(void)
{
	answer_end(1, false);
	hyperv_end();
}

static void teardown_halted(void)
{
	answer_end(1, true);
	hyperv_end();
}

/* --- IPI --------------------------------------------------------------------------- */

static uint64_t targets;
static volatile uint32_t vp_index[VPS_MOST];

static void tell_index(unsigned int index)
{
	vp_index[index] = (uint32_t)rdmsr(HV_MSR_VP_INDEX);
	rendezvous_enter();
	while (!rendezvous_over())
		asm volatile("pause");
}

/* Aim at vCPUs 1 to @others, which take the interrupt and say so. */
static void aim(unsigned int others)
{
	rendezvous_start(others, tell_index);
	rendezvous_end(others, false);
	targets = 0;
	for (unsigned int i = 1; i <= others; i++)
		targets |= 1ull << vp_index[i] % VPS_MOST;
	hyperv_begin();
	answer_start(others, false);
}

static void send(void)
{
	expect_success(hyperv_call(CALL_FAST | CALL_SEND_IPI, VECTOR_IPI, targets));
}

static void setup_ipi_self(void)
{
	targets = 1ull << rdmsr(HV_MSR_VP_INDEX) % VPS_MOST;
	hyperv_begin();
}

/* Send it once more, so that the exits here do not depend on whether run() was called. */
static void finish_ipi_self(void)
{
	delivery_send_self();
	lapic_take(VECTOR_IPI);
}

static void setup_ipi_spin(void)
{
	aim(1);
}

static void run_ipi_spin(void)
{
	answer_get(1, send);
}

static void setup_ipi_all(void)
{
	aim(smp_count() - 1);
}

static void run_ipi_all(void)
{
	answer_get(smp_count() - 1, send);
}

static void teardown_all(void)
{
	answer_end(smp_count() - 1, false);
	hyperv_end();
}

/* --- the rows ------------------------------------------------------------------------ */

#define CALL_EXITS .svm = EXITS(1, SVM_EXIT_VMMCALL), .vmx = EXITS(1, EXIT_REASON_VMCALL)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others),                \
		.failed = failed_call, __VA_ARGS__,                                                \
	}
#define SMP .own_vcpu = true, .vcpus = 2

static const struct op ops[] = {
	ROW("hv-hypercall", "call of the hypercall page, unknown number",
	    "The page has VMCALL or VMMCALL, which exits (SDM 25.1.2, APM 15.9), and RET. KVM does "
	    "not know the number and returns HV_STATUS_INVALID_HYPERCALL_CODE (TLFS, Hypercall "
	    "Interface).",
	    "hypercall", .skip = skip_call, CALL_EXITS, .setup = hyperv_begin, .run = run_call,
	    .teardown = hyperv_end),
	ROW("hv-tlb-flush", "TLB flush by hypercall, on all vCPUs: this one alone",
	    "Exits as hv-hypercall. KVM reads the input from the guest's memory and requests a "
	    "flush of the guest's TLB, which it does before it enters the guest (TLFS, "
	    "HvCallFlushVirtualAddressSpace).",
	    "hv-hypercall,mov-to-cr3", .skip = skip_flush, CALL_EXITS, .setup = begin_flush,
	    .run = run_flush, .teardown = hyperv_end),
	ROW("hv-ipi-self", "self-IPI by hypercall, interrupts off",
	    "Exits as hv-hypercall. The input is in registers (TLFS, "
	    "HvCallSendSyntheticClusterIpi).",
	    "pv-ipi-self,x2apic-self-ipi", .skip = skip_ipi, CALL_EXITS, .setup = setup_ipi_self,
	    .run = send, .finish = finish_ipi_self, .teardown = hyperv_end),
	ROW("hv-tlb-spin", "TLB flush by hypercall while another vCPU spins",
	    "Exits as hv-tlb-flush. KVM kicks the other vCPU out of the guest and waits until it "
	    "is out. A guest without the hypercall sends an IPI and waits for its handler, as "
	    "ipi-spin does.",
	    "ipi-spin,hv-tlb-halted", SMP, CALL_AND_WAIT(CALL_WAIT_MAX, CALL_WAITS),
	    .skip = skip_flush, .setup = setup_flush_spin, .run = run_flush,
	    .teardown = teardown_spin),
	ROW("hv-tlb-halted", "TLB flush by hypercall while another vCPU is in HLT",
	    "As hv-tlb-spin, but the other vCPU is not in the guest, and KVM does not wake it for "
	    "the flush. A guest without the hypercall must wake it, as ipi-halted does.",
	    "ipi-halted,hv-tlb-spin,pv-tlb-flush", SMP, CALL_AND_WAIT(CALL_WAIT_MAX, CALL_WAITS),
	    .skip = skip_flush, .setup = setup_flush_halted, .prepare = prepare_flush_halted,
	    .run = run_flush, .teardown = teardown_halted),
	ROW("hv-ipi-spin", "IPI by hypercall to a vCPU that spins, until its handler has run",
	    "Exits as hv-ipi-self. KVM then delivers the interrupt as in ipi-spin.",
	    "ipi-spin,pv-ipi-spin", SMP, CALL_AND_WAIT(CALL_WAIT_MAX, CALL_WAITS), .skip = skip_ipi,
	    .setup = setup_ipi_spin, .run = run_ipi_spin, .finish = answer_finish,
	    .teardown = teardown_spin),
	ROW("hv-ipi-all", "IPI by hypercall to all other vCPUs, which spin, until all have run",
	    "As hv-ipi-spin, with a mask of the vCPUs.", "ipi-broadcast,pv-ipi-all", SMP,
	    CALL_AND_WAIT(EXITS_UNBOUNDED, TURNS), .skip = skip_ipi, .setup = setup_ipi_all,
	    .run = run_ipi_all, .finish = answer_finish, .teardown = teardown_all),
};

const struct op_family family_hyperv_call = OP_FAMILY(
	"hyperv-call",
	"Hyper-V's hypercalls: TLB flush and IPI, also between vCPUs. Rows for exitprobe run "
	"--hyperv.",
	ops);
