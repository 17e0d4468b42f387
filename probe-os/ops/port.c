// SPDX-License-Identifier: GPL-2.0-only
/*
 * Port I/O: a port that the host's kernel answers, and one that goes up to the
 * VMM's userspace, which is the dearest common way out.
 */
#include "ops/ops.h"

#include "cpu/insn.h"

/* Edge/level register of the first PIC: KVM's own 8259 model, no side effect. */
#define PORT_ELCR1 0x4d0

/* No device of a PC, so of no hypervisor's kernel either. */
#define PORT_UNMAPPED 0x1234

static uint8_t elcr;

static void prepare_elcr(void)
{
	elcr = inb(PORT_ELCR1);
}

static void run_inb_kernel(void)
{
	inb(PORT_ELCR1);
}

static void run_outb_kernel(void)
{
	outb(PORT_ELCR1, elcr);
}

static void run_inl_user(void)
{
	inl(PORT_UNMAPPED);
}

static void run_outl_user(void)
{
	outl(PORT_UNMAPPED, 0);
}

static const struct op ops[] = {
	{ .name = "inb-kernel", .what = "IN from 0x4d0 (PIC's ELCR)", .run = run_inb_kernel },
	{
		.name = "outb-kernel",
		.what = "OUT to 0x4d0 (PIC's ELCR) of the value it has",
		.prepare = prepare_elcr,
		.run = run_outb_kernel,
	},
	{ .name = "inl-user", .what = "IN from 0x1234 (no device)", .run = run_inl_user },
	{ .name = "outl-user", .what = "OUT to 0x1234 (no device)", .run = run_outl_user },
};

const struct op_family family_port = OP_FAMILY(ops);
