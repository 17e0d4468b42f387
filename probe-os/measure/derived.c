// SPDX-License-Identifier: GPL-2.0-only
#include "measure/derived.h"

#include "lib/text.h"

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
	{ "nested-price", "CPUID of L2, which L1 handles, less CPUID of L1", "nested-cpuid",
	  "cpuid" },
	{ "nested-served", "the same with what a hypervisor does around it", "nested-serve",
	  "cpuid" },
	{ "nested-kept", "a port read of L2 that L0 keeps", "nested-port", "nested-call" },
	{ "nested-fill", "L0 maps a page for L2", "nested-fault-l0", "nested-call" },
	{ "contention-x2", "CPUID on two vCPUs at once less on one", "cpuid-x2", "cpuid" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

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
		if (text_equal(rows[i].minuend, op->name))
			note(&noted[i].minuend, m);
		if (text_equal(rows[i].subtrahend, op->name))
			note(&noted[i].subtrahend, m);
	}
}

bool derived_next(size_t *index, struct derived *d)
{
	for (; *index < ROWS; ++*index) {
		const struct note *a = &noted[*index].minuend, *b = &noted[*index].subtrahend;

		if (!a->cycles.count || !b->cycles.count)
			continue;
		*d = (struct derived){
			.row = &rows[*index],
			.cycles = a->cycles.p50 - b->cycles.p50,
			.ci_low = a->cycles.ci_low - b->cycles.ci_high,
			.ci_high = a->cycles.ci_high - b->cycles.ci_low,
			.milli_exits = a->milli_exits - b->milli_exits,
		};
		++*index;
		return true;
	}
	return false;
}
