// SPDX-License-Identifier: GPL-2.0-only
#include "measure/derived.h"

#include "cpu/emulated.h"
#include "difference.h"
#include "lib/text.h"
#include "platform/tsc.h"

static const struct derived_row rows[] = {
	{ "userspace-read", "IN: up to the VMM and back", "inl-user", "inb-kernel" },
	{ "userspace-write", "OUT: up to the VMM and back", "outl-user", "outb-kernel" },
	{ "mmio-kernel", "MMIO less port, both in the kernel", "ioapic-read", "inb-kernel" },
	{ "mmio-user", "MMIO less port, both in userspace", "hole-read", "inl-user" },
	{ "eventfd-mmio", "MMIO to userspace less to an eventfd", "testdev-mmio",
	  "testdev-mmio-ev" },
	{ "eventfd-port", "port to userspace less to an eventfd", "testdev-port",
	  "testdev-port-ev" },
	{ "page-cross-out", "REP OUTSB of 64: crossing a page", "outs-64-cross", "outsb-64" },
	{ "page-cross-in", "REP INSB of 64: crossing a page", "ins-64-cross", "insb-64" },
	{ "forced-emulation", "an exit to emulate a NOP less one that needs no emulator",
	  "forced-nop", "cpuid" },
	{ "wake-up", "IPI: waking a halted vCPU less kicking one out of the guest", "ipi-halted",
	  "ipi-spin" },
	{ "kvmclock-saves", "time: the ACPI PM timer less a kvmclock", "in-pm-timer",
	  "kvmclock-read" },
	{ "steal-time-costs", "IN to userspace: what steal time adds", "steal-inl-user",
	  "inl-user" },
	{ "pv-eoi-saves", "EOI by the register less by memory", "pv-eoi-off", "pv-eoi" },
	{ "pv-tick-timer", "arming the timer after an EOI by memory", "pv-eoi-tick", "pv-eoi" },
	{ "pv-kick-saves", "waking a halted vCPU: IPI less kick", "ipi-halted", "pv-kick" },
	{ "pv-tlb-saves", "TLB flush elsewhere: IPI to wake it less a flag", "ipi-halted",
	  "pv-tlb-flush" },
	{ "pv-ipi-saves", "IPI to a vCPU that spins: register less hypercall", "ipi-spin",
	  "pv-ipi-spin" },
	{ "hv-time-saves", "time: the ACPI PM timer less the reference TSC page", "in-pm-timer",
	  "hv-ref-tsc" },
	{ "hv-ref-tsc-saves", "time: the reference counter less the page", "hv-ref-counter",
	  "hv-ref-tsc" },
	{ "hv-stimer-saves", "arming: local APIC timer less synthetic timer", "timer-arm",
	  "hv-stimer-arm" },
	{ "hv-direct-saves", "timer's interrupt: message less direct", "hv-synic-msg",
	  "hv-stimer-direct" },
	{ "hv-autoeoi-saves", "message: EOI less AutoEOI", "hv-synic-msg", "hv-synic-autoeoi" },
	{ "hv-eoi-saves", "EOI: the APIC's page less Hyper-V's MSR", "xapic-eoi", "hv-eoi" },
	{ "hv-tpr-saves", "TPR: the APIC's page less Hyper-V's MSR", "xapic-tpr", "hv-tpr" },
	{ "hv-icr-saves", "self-IPI: the APIC's page less Hyper-V's MSR", "ipi-self-sti",
	  "hv-icr" },
	{ "hv-assist-saves", "EOI by the register less by the VP assist page", "pv-eoi-off",
	  "hv-assist-eoi" },
	{ "hv-tlb-saves", "TLB flush of a halted vCPU: IPI less hypercall", "ipi-halted",
	  "hv-tlb-halted" },
	{ "hv-ipi-saves", "IPI to a vCPU that spins: register less hypercall", "ipi-spin",
	  "hv-ipi-spin" },
	{ "msr-userspace", "RDMSR: up to the VMM and back", "rdmsr-filtered", "rdmsr-misc-enable" },
	{ "debug-in-use", "what a breakpoint adds to an exit", "cpuid-watched", "cpuid" },
	{ "nested-price", "CPUID of L2, which L1 handles, less CPUID of L1", "nested-cpuid",
	  "cpuid" },
	{ "nested-served", "the same with what a hypervisor does around it", "nested-serve",
	  "cpuid" },
	{ "nested-kept", "a port read of L2 that L0 keeps", "nested-port", "nested-call" },
	{ "nested-fill", "L0 maps a page for L2", "nested-fault-l0", "nested-call" },
	{ "contention-x2", "CPUID on two vCPUs at once less on one", "cpuid-x2", "cpuid" },
};

/* What one kind of exit leaves behind in one set. The subtrahend is the control. */
#define AFTER(kind, title, set, where)                                                             \
	{                                                                                          \
		"left-" kind "-" set, "what " title " leaves behind " where,                       \
			"after-" kind "-" set, "after-none-" set                                   \
	}
#define AFTER_ROWS(set, where)                                                                     \
	AFTER("cpuid", "a CPUID", set, where),                                                     \
		AFTER("user", "a port read by the VMM", set, where),                               \
		AFTER("hlt", "a HLT", set, where)

static const struct derived_row control_rows[] = {
	AFTER_ROWS("l1", "in the L1 cache"),
	AFTER_ROWS("l2", "in the L2 cache"),
	AFTER_ROWS("tlb", "in the TLB"),
	AFTER_ROWS("jumps", "in the branch predictor"),
};

#define PLAIN_ROWS (sizeof(rows) / sizeof(rows[0]))
#define ROWS	   (PLAIN_ROWS + sizeof(control_rows) / sizeof(control_rows[0]))

static const struct derived_row *row_at(size_t index)
{
	return index < PLAIN_ROWS ? &rows[index] : &control_rows[index - PLAIN_ROWS];
}

/* cycles.count is 0 if the operation has not been measured. */
struct note {
	struct stats cycles;
	int64_t milli_exits;
};

static struct {
	struct note minuend, subtrahend;
} noted[ROWS];

static void note(struct note *n, const struct measurement *m)
{
	*n = (struct note){ m->cycles, measurement_milli_exits(m) };
}

void derived_note(const struct op *op, const struct measurement *m)
{
	/* The time for which another thread ran is no property of the operation. */
	if (m->outcome != OUTCOME_MEASURED || !m->kept || m->descheduled)
		return;
	for (size_t i = 0; i < ROWS; i++) {
		if (text_equal(row_at(i)->minuend, op->name))
			note(&noted[i].minuend, m);
		if (text_equal(row_at(i)->subtrahend, op->name))
			note(&noted[i].subtrahend, m);
	}
}

/* On a host that emulates every instruction no cache and no predictor is at work. */
static bool is_steady(void)
{
	const struct tsc *t = tsc_check();

	return t->monotonic && !t->read_exits && !instructions_emulated();
}

static enum difference_kind says(const struct derived *d, const struct stats *subtrahend)
{
	if (!d->control)
		return difference_of(d->ci_low, d->ci_high);
	if (!is_steady())
		return DIFFERENCE_UNKNOWN;
	return difference_from_control(d->ci_low, d->ci_high, subtrahend->ci_low,
				       subtrahend->ci_high);
}

bool derived_next(size_t *index, struct derived *d)
{
	for (; *index < ROWS; ++*index) {
		const struct note *a = &noted[*index].minuend, *b = &noted[*index].subtrahend;

		if (!a->cycles.count || !b->cycles.count)
			continue;
		*d = (struct derived){
			.row = row_at(*index),
			.control = *index >= PLAIN_ROWS,
			.cycles = a->cycles.p50 - b->cycles.p50,
			.ci_low = a->cycles.ci_low - b->cycles.ci_high,
			.ci_high = a->cycles.ci_high - b->cycles.ci_low,
			.milli_exits = a->milli_exits - b->milli_exits,
		};
		d->says = says(d, &b->cycles);
		++*index;
		return true;
	}
	return false;
}
