// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory-mapped I/O. An access to an address without memory exits by nested paging
 * (SDM 28.3.3, APM 15.25.6). The hypervisor must decode the instruction to find out
 * what the guest wants; for port I/O it need not.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/machine.h"
#include "ops/skip.h"
#include "platform/acpi.h"
#include "platform/testdev.h"

/* 82093AA data sheet: one register selects another, which a window shows. */
#define IOAPIC_SELECT  0x00
#define IOAPIC_WINDOW  0x10
#define IOAPIC_VERSION 1

#define HPET_COUNTER 0x0f0 /* main counter, IA-PC HPET 1.0a, 2.3.7 */

/* There is no device between the local APIC's page and KVM's pages at 0xfeffc000. */
#define HOLE 0xfef00000u

/*
 * A page of the BIOS. If a flash chip is there, it takes 0xff as "read array" and
 * does not change.
 */
#define ROM	 0xfffff000u
#define ROM_BYTE 0xff

#define MMIO_SVM EXITS_EITHER(1, 1, SVM_EXIT_NPF, SVM_EXIT_PF, "a page fault with kvm_amd.npt=0")
#define MMIO_VMX                                                                                   \
	EXITS_EITHER(1, 1, EXIT_REASON_EPT_MISCONFIG, EXIT_REASON_EXCEPTION_NMI,                   \
		     "a page fault with kvm_intel.ept=0")

/* skip() sets these addresses. */
static uint32_t ioapic, hpet;

/* The registers of pci-testdev while a test runs. */
static volatile uint8_t *testdev_address;
static uint16_t testdev_port;
static uint8_t testdev_value;

static volatile uint32_t *word(uint32_t address)
{
	return (volatile uint32_t *)(uintptr_t)address;
}

static const char *skip_no_ioapic(void)
{
	ioapic = acpi_ioapic_address();
	return ioapic ? NULL : "no IOAPIC (ACPI MADT)";
}

static const char *skip_no_hpet(void)
{
	hpet = acpi_hpet_address();
	return hpet ? NULL : "no HPET (ACPI HPET table)";
}

static void run_xapic_read(void)
{
	*lapic_register(LAPIC_ID);
}

static void run_xapic_tpr(void)
{
	*lapic_register(LAPIC_TPR) = 0;
}

/* No interrupt is in service, so the write ends none. */
static void run_xapic_eoi(void)
{
	*lapic_register(LAPIC_EOI) = 0;
}

static void run_ioapic_write(void)
{
	*word(ioapic + IOAPIC_SELECT) = IOAPIC_VERSION;
}

static void run_ioapic_read(void)
{
	(void)*word(ioapic + IOAPIC_WINDOW);
}

static void run_hpet_counter(void)
{
	(void)*word(hpet + HPET_COUNTER);
}

static void run_hole_read(void)
{
	(void)*word(HOLE);
}

static void run_hole_write(void)
{
	*word(HOLE) = 0;
}

static void run_rom_write(void)
{
	*(volatile uint8_t *)(uintptr_t)ROM = ROM_BYTE;
}

static void setup_testdev_mmio(void)
{
	testdev_address = testdev_start_memory(TESTDEV_NO_EVENT, &testdev_value);
}

static void setup_testdev_mmio_ev(void)
{
	testdev_address = testdev_start_memory(TESTDEV_ONE_VALUE, &testdev_value);
}

static void setup_testdev_mmio_any(void)
{
	testdev_address = testdev_start_memory(TESTDEV_ANY_VALUE, &testdev_value);
}

static void setup_testdev_port(void)
{
	testdev_port = testdev_start_port(TESTDEV_NO_EVENT, &testdev_value);
}

static void setup_testdev_port_ev(void)
{
	testdev_port = testdev_start_port(TESTDEV_ONE_VALUE, &testdev_value);
}

static void run_testdev_mmio(void)
{
	*testdev_address = testdev_value;
}

static void run_testdev_port(void)
{
	outb(testdev_port, testdev_value);
}

static const struct op ops[] = {
	{
		.name = "xapic-read",
		.what = "read of the local APIC's ID register",
		.why = "With APICv or AVIC the processor reads the register itself (SDM 29.4.2, "
		       "APM 15.29). Otherwise no memory is mapped there and KVM emulates the "
		       "read. On SVM the exit is a nested page fault (APM 15.25.6). On VMX it is "
		       "an APIC access (SDM 29.4) until Linux 5.14. Since then, without APICv, it "
		       "is an EPT violation; before 6.12 KVM retries the read before it emulates "
		       "it.",
		.compare = "xapic-tpr,xapic-eoi,mov-from-cr8",
		.svm = EXITS_EITHER(0, 2, SVM_EXIT_NPF, SVM_EXIT_PF,
				    "none with AVIC, two where it is on but inhibited before 6.12"),
		.vmx = EXITS_AMONG(0, 2, "none with APICv, two without it from Linux 5.15 to 6.11",
				   EXIT_REASON_APIC_ACCESS, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_lapic,
		.run = run_xapic_read,
	},
	{
		.name = "xapic-tpr",
		.what = "write of 0 to the local APIC's task priority",
		.why = "With a TPR shadow and an APIC-access page, VMX can take this write "
		       "without APICv (SDM 29.4.3.1). Since Linux 5.15, however, KVM does not map "
		       "that page without APICv, and so emulates the write as SVM without AVIC "
		       "does. QEMU also asks KVM to report the write (KVM_TPR_ACCESS_REPORTING, "
		       "for Windows XP), which explains the time in the VMM.",
		.compare = "mov-cr8,xapic-eoi",
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_NPF, SVM_EXIT_PF,
				    "none with AVIC (kvm_amd.avic=1)"),
		.vmx = EXITS_AMONG(0, 1, "none with APICv, or with a TPR shadow until Linux 5.14",
				   EXIT_REASON_APIC_ACCESS, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_lapic,
		.run = run_xapic_tpr,
	},
	{
		.name = "xapic-eoi",
		.what = "write to the local APIC's EOI register, no interrupt in service",
		.why = "Every interrupt ends with this write. APICv's virtual-interrupt delivery "
		       "and AVIC need no exit for it (SDM 29.1.4, APM 15.29). Otherwise KVM "
		       "emulates it. Only as an APIC access of VMX (until Linux 5.14 without "
		       "APICv) does KVM recognize it without decoding (SDM 27.2.1).",
		.compare = "xapic-tpr,xapic-read",
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_NPF, SVM_EXIT_PF,
				    "none with AVIC (kvm_amd.avic=1)"),
		.vmx = EXITS_AMONG(0, 1, "none with APICv (kvm_intel.enable_apicv=1)",
				   EXIT_REASON_APIC_ACCESS, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_lapic,
		.run = run_xapic_eoi,
	},
	{
		.name = "ioapic-read",
		.what = "read of the IOAPIC's version through its window",
		.why = "No memory is mapped there. On SVM the read causes a nested page fault "
		       "(APM 15.25.6). On VMX it uses an EPT entry that KVM misconfigured on "
		       "purpose (SDM 28.3.3.1). KVM's own IOAPIC answers, or the VMM with a split "
		       "or no in-kernel irqchip.",
		.compare = "ioapic-write,hpet-counter",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = skip_no_ioapic,
		.setup = run_ioapic_write,
		.run = run_ioapic_read,
	},
	{
		.name = "ioapic-write",
		.what = "write to the IOAPIC's register select",
		.why = "As ioapic-read, with a write. The write selects a register and changes "
		       "nothing else.",
		.compare = "ioapic-read,hole-write",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = skip_no_ioapic,
		.run = run_ioapic_write,
	},
	{
		.name = "hpet-counter",
		.what = "read of the low half of the HPET's main counter",
		.why = "KVM has no model of the HPET. The exit is that of ioapic-read, but the "
		       "VMM answers. This is why guests avoid the HPET as a clock source.",
		.compare = "ioapic-read,hole-read",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = skip_no_hpet,
		.run = run_hpet_counter,
	},
	{
		.name = "hole-read",
		.what = "read at 0xfef00000, where there is no device",
		.why = "No device in the kernel claims the address, so KVM hands the access to "
		       "the VMM, which finds none either. This is the least that MMIO in "
		       "userspace costs. Without a hypervisor the row is skipped, because the "
		       "chipset decides what is at that address.",
		.compare = "ioapic-read,inl-user",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = skip_no_hypervisor,
		.run = run_hole_read,
	},
	{
		.name = "hole-write",
		.what = "write at 0xfef00000, where there is no device",
		.why = "As hole-read, with a write: the VMM need not return a value.",
		.compare = "hole-read,outl-user",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = skip_no_hypervisor,
		.run = run_hole_write,
	},
	{
		.name = "rom-write",
		.what = "write of a byte at 0xfffff000, in the BIOS",
		.why = "The memory slot is read-only. Reads need no exit. A write violates the "
		       "permissions in the nested page tables (SDM 28.3.3.2, APM 15.25.6), and "
		       "KVM emulates it and hands it to the VMM as MMIO. Without a hypervisor the "
		       "row is skipped, because a flash chip may take the write as a command.",
		.compare = "hole-write",
		.svm = MMIO_SVM,
		.vmx = EXITS_AMONG(1, 1, "a misconfiguration where the VMM has no ROM",
				   EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EPT_MISCONFIG,
				   EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_hypervisor,
		.run = run_rom_write,
	},
	{
		.name = "testdev-mmio",
		.what = "MMIO write to a PCI device in the VMM",
		.why = "As hole-write, but a device model in the VMM takes the write. This is a "
		       "doorbell without ioeventfd.",
		.compare = "testdev-mmio-ev,testdev-mmio-any,testdev-port",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = testdev_init,
		.setup = setup_testdev_mmio,
		.teardown = testdev_stop,
		.run = run_testdev_mmio,
	},
	{
		.name = "testdev-mmio-ev",
		.what = "MMIO write to a PCI device, with an ioeventfd for that value",
		.why = "KVM still decodes the write to compare its value. It then signals the "
		       "eventfd and enters the guest again without the VMM.",
		.compare = "testdev-mmio,testdev-mmio-any,testdev-port-ev",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = testdev_init,
		.setup = setup_testdev_mmio_ev,
		.teardown = testdev_stop,
		.run = run_testdev_mmio,
	},
	{
		.name = "testdev-mmio-any",
		.what = "MMIO write to a PCI device, with an ioeventfd for any value",
		.why = "On VMX the address alone selects the eventfd and KVM decodes nothing "
		       "(KVM's fast MMIO bus), as for virtio's doorbells. On SVM KVM emulates the "
		       "write as usual.",
		.compare = "testdev-mmio,testdev-mmio-ev",
		.svm = MMIO_SVM,
		.vmx = MMIO_VMX,
		.skip = testdev_init,
		.setup = setup_testdev_mmio_any,
		.teardown = testdev_stop,
		.run = run_testdev_mmio,
	},
	{
		.name = "testdev-port",
		.what = "OUT to a PCI device in the VMM",
		.why = "The I/O bitmap or the unconditional I/O exit (SDM 25.1.3, APM 15.10) "
		       "gives KVM port and size without decoding. KVM then hands the access to "
		       "the VMM.",
		.compare = "testdev-port-ev,testdev-mmio,outl-user",
		.svm = EXITS(1, SVM_EXIT_IOIO),
		.vmx = EXITS(1, EXIT_REASON_IO_INSTRUCTION),
		.skip = testdev_init,
		.setup = setup_testdev_port,
		.teardown = testdev_stop,
		.run = run_testdev_port,
	},
	{
		.name = "testdev-port-ev",
		.what = "OUT to a PCI device, with an ioeventfd for that value",
		.why = "As testdev-port, but KVM signals the eventfd and enters the guest again "
		       "without the VMM. On both processors no doorbell is cheaper.",
		.compare = "testdev-port,testdev-mmio-ev,outb-kernel",
		.svm = EXITS(1, SVM_EXIT_IOIO),
		.vmx = EXITS(1, EXIT_REASON_IO_INSTRUCTION),
		.skip = testdev_init,
		.setup = setup_testdev_port_ev,
		.teardown = testdev_stop,
		.run = run_testdev_port,
	},
};

const struct op_family family_mmio = OP_FAMILY(
	"mmio",
	"Memory-mapped I/O. The page is not mapped, so the hypervisor has to decode the "
	"instruction. The device is the processor's own, the host kernel's, or the VMM's.",
	ops);
