// SPDX-License-Identifier: GPL-2.0-only
#include "measure/derived.h"

#include "lib/text.h"

const struct derived_row derived_rows[] = {
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
	{ "forced-emulation", "NOP emulated, less the #UD that asks for it", "forced-nop", "ud" },
	{ "wake-up", "IPI to a halted vCPU less to an awake one", "ipi-halted", "ipi-spin" },
	{ "contention-x2", "CPUID on two vCPUs at once less on one", "cpuid-x2", "cpuid" },
};
const size_t derived_row_count = sizeof(derived_rows) / sizeof(derived_rows[0]);

#define ROWS (sizeof(derived_rows) / sizeof(derived_rows[0]))

/* count is 0 for what has not been measured. */
static struct {
	struct stats minuend, subtrahend;
} noted[ROWS];

void derived_note(const struct op *op, const struct measurement *m)
{
	if (m->outcome != OUTCOME_MEASURED || !m->kept)
		return;
	for (size_t i = 0; i < ROWS; i++) {
		if (text_equal(derived_rows[i].minuend, op->name))
			noted[i].minuend = m->cycles;
		if (text_equal(derived_rows[i].subtrahend, op->name))
			noted[i].subtrahend = m->cycles;
	}
}

bool derived_get(size_t index, struct derived *d)
{
	const struct stats *a = &noted[index].minuend, *b = &noted[index].subtrahend;

	if (!a->count || !b->count)
		return false;
	*d = (struct derived){
		.row = &derived_rows[index],
		.cycles = a->p50 - b->p50,
		.ci_low = a->ci_low - b->ci_high,
		.ci_high = a->ci_high - b->ci_low,
	};
	return true;
}
