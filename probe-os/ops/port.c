// SPDX-License-Identifier: GPL-2.0-only
/*
 * Port I/O (SDM 25.1.3, 24.6.4; APM vol. 2, 15.10). The host's kernel answers some
 * ports, and the VMM in userspace answers the others.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "ops/ports.h"
#include "ops/skip.h"
#include "platform/acpi.h"

/* 8254 data sheet: counter 2, which is the speaker's, and the command that latches it. */
#define PORT_PIT_COUNTER2  0x42
#define PORT_PIT_CONTROL   0x43
#define PIT_LATCH_COUNTER2 0x80

/* MC146818 data sheet: reading status register D changes nothing. */
#define PORT_CMOS_INDEX 0x70 /* write only; bit 7 masks NMIs and is 0 after reset */
#define PORT_CMOS_DATA	0x71
#define CMOS_STATUS_D	0x0d

/* PC16550D data sheet, 8. */
#define PORT_COM1_LSR	  0x3fd
#define PORT_COM1_SCRATCH 0x3ff

/* A display shows the codes of the power-on self test that are written here. */
#define PORT_POST 0x80

/* PCI Local Bus Specification 3.0, 3.2.2.3.2: mechanism #1, device 0:0.0. */
#define PORT_PCI_ADDRESS 0xcf8
#define PORT_PCI_DATA	 0xcfc
#define PCI_ENABLE	 0x80000000

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

static void prepare_in_pit(void)
{
	outb(PORT_PIT_CONTROL, PIT_LATCH_COUNTER2);
}

/* Read the low byte of the latched count. */
static void run_in_pit(void)
{
	inb(PORT_PIT_COUNTER2);
}

/* Read the high byte, which the next read would return otherwise. */
static void finish_in_pit(void)
{
	inb(PORT_PIT_COUNTER2);
}

static uint16_t pm_timer;

static const char *skip_pm_timer(void)
{
	pm_timer = acpi_pm_timer_port();
	return pm_timer ? NULL : "no PM timer in I/O space (ACPI FADT)";
}

static void run_in_pm_timer(void)
{
	inl(pm_timer);
}

static void prepare_in_cmos(void)
{
	outb(PORT_CMOS_INDEX, CMOS_STATUS_D);
}

static const char *skip_cmos(void)
{
	prepare_in_cmos();
	return inb(PORT_CMOS_DATA) != 0xff ? NULL : "no RTC (its status register D is 0xff)";
}

static void run_in_cmos(void)
{
	inb(PORT_CMOS_DATA);
}

static const char *skip_serial(void)
{
	static const uint8_t patterns[] = { 0x5a, 0xa5 };

	for (size_t i = 0; i < sizeof(patterns); i++) {
		outb(PORT_COM1_SCRATCH, patterns[i]);
		if (inb(PORT_COM1_SCRATCH) != patterns[i])
			return "no UART at 0x3f8 (its scratch register does not hold)";
	}
	return NULL;
}

static void run_in_serial_lsr(void)
{
	inb(PORT_COM1_LSR);
}

static void run_out_80(void)
{
	outb(PORT_POST, 0);
}

static void select_pci(void)
{
	outl(PORT_PCI_ADDRESS, PCI_ENABLE);
}

static const char *skip_pci(void)
{
	select_pci();
	return inl(PORT_PCI_ADDRESS) == PCI_ENABLE
		       ? NULL
		       : "no PCI mechanism #1 (0xcf8 does not hold what is written)";
}

static void run_out_pci_address(void)
{
	outl(PORT_PCI_ADDRESS, PCI_ENABLE);
}

static void run_in_pci_data(void)
{
	inl(PORT_PCI_DATA);
}

#define IO_EXITS(count)                                                                            \
	.svm = EXITS((count), SVM_EXIT_IOIO), .vmx = EXITS((count), EXIT_REASON_IO_INSTRUCTION)

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("inb-kernel", "IN from 0x4d0 (PIC's ELCR)",
	    "KVM intercepts every port, by unconditional I/O exiting (SDM 25.1.3) or the I/O "
	    "permission map (APM 15.10). KVM's own PIC answers without leaving the kernel.",
	    "inl-user,cpuid", IO_EXITS(1), .run = run_inb_kernel),
	ROW("outb-kernel", "OUT to 0x4d0 (PIC's ELCR) of its current value",
	    "As inb-kernel, in the other direction.", "outl-user", IO_EXITS(1),
	    .prepare = prepare_elcr, .run = run_outb_kernel),
	ROW("inl-user", "IN from 0x1234 (no device)",
	    "No device in the kernel has the port, so KVM_RUN returns to the VMM (KVM_EXIT_IO). "
	    "The VMM calls KVM_RUN again with the answer. All of this is within one exit.",
	    "inb-kernel", IO_EXITS(1), .skip = skip_no_hypervisor, .run = run_inl_user),
	ROW("outl-user", "OUT to 0x1234 (no device)", "As inl-user, in the other direction.",
	    "outb-kernel", IO_EXITS(1), .skip = skip_no_hypervisor, .run = run_outl_user),
	ROW("in-pit", "IN from 0x42: the latched count of the PIT's channel 2",
	    "KVM's own model of the 8254 answers. With a split or userspace irqchip the VMM's "
	    "model answers.",
	    "inb-kernel,in-pm-timer", IO_EXITS(1), .prepare = prepare_in_pit, .run = run_in_pit,
	    .finish = finish_in_pit),
	ROW("in-pm-timer", "IN from the ACPI PM timer",
	    "The VMM answers, because KVM has no model of the PM timer. A guest that uses it as "
	    "its clock pays this for every reading.",
	    "inl-user,in-pit,rdtsc", .skip = skip_pm_timer, IO_EXITS(1), .run = run_in_pm_timer),
	ROW("in-cmos", "IN from 0x71: the RTC's status register D, already selected",
	    "The VMM answers. QEMU asks KVM to gather the writes to the index port "
	    "(KVM_CAP_COALESCED_PIO) and handles them first.",
	    "inl-user", .skip = skip_cmos, IO_EXITS(1), .prepare = prepare_in_cmos,
	    .run = run_in_cmos),
	ROW("in-serial-lsr", "IN from 0x3fd: COM1's line status",
	    "The VMM answers. A console that polls reads this register for every character or "
	    "FIFO.",
	    "inl-user", .skip = skip_serial, IO_EXITS(1), .run = run_in_serial_lsr),
	ROW("out-80", "OUT to 0x80, which old drivers use as a delay",
	    "On the ISA bus the write takes a microsecond. In a guest it exits to the VMM: KVM no "
	    "longer passes the port through (since 4.10 on SVM, 4.15 on VMX).",
	    "outl-user", IO_EXITS(1), .run = run_out_80),
	ROW("out-pci-address", "OUT to 0xcf8 of PCI device 0:0.0's address",
	    "The VMM answers, unless it has asked KVM to gather such writes for later "
	    "(KVM_CAP_COALESCED_PIO).",
	    "outl-user,in-pci-data", .skip = skip_pci, IO_EXITS(1), .run = run_out_pci_address),
	ROW("in-pci-data", "IN from 0xcfc: vendor and device of PCI 0:0.0",
	    "The VMM answers. It looks the device up on the bus. Where ports are coalesced, it "
	    "first handles the gathered writes.",
	    "inl-user,out-pci-address", .skip = skip_pci, IO_EXITS(1), .setup = select_pci,
	    .run = run_in_pci_data),
};

const struct op_family family_port = OP_FAMILY(
	"port",
	"Port I/O. The port decides who answers: the host's kernel, or the VMM in userspace. An "
	"exit to the VMM is the most expensive of the common ones.",
	ops);
