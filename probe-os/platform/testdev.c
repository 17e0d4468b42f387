// SPDX-License-Identifier: GPL-2.0-only
#include "platform/testdev.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "platform/pci.h"

#define VENDOR 0x1b36
#define DEVICE 0x0005

/* Both BARs begin with this header. */
#define HEADER_TEST   0 /* a write ends the current test and starts that one */
#define HEADER_OFFSET 4 /* where to write, 32 bits */
#define HEADER_VALUE  8 /* what to write */

#define TEST_NONE 0xff

#define COMMAND_MASK 0xffff /* the upper half is the status, cleared by ones */

static volatile uint8_t *memory;
static uint16_t ports;

const char *testdev_init(void)
{
	int found = pci_find(VENDOR, DEVICE);
	uint32_t bar0, bar1, command;
	unsigned int slot;

	if (found < 0)
		return "no pci-testdev (QEMU: -device pci-testdev)";
	slot = (unsigned int)found;
	bar0 = pci_read(slot, PCI_BAR0);
	bar1 = pci_read(slot, PCI_BAR1);
	if (bar0 & (PCI_BAR_IO | PCI_BAR_64BIT) || !(bar0 & ~PCI_BAR_MEMORY_FLAGS) ||
	    !(bar1 & PCI_BAR_IO) || !(bar1 & ~PCI_BAR_IO_FLAGS))
		return "the firmware gave pci-testdev no addresses (PCI BAR 0 and 1)";

	command = pci_read(slot, PCI_COMMAND) & COMMAND_MASK;
	pci_write(slot, PCI_COMMAND, command | PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	memory = (volatile uint8_t *)(uintptr_t)(bar0 & ~PCI_BAR_MEMORY_FLAGS);
	ports = (uint16_t)(bar1 & ~PCI_BAR_IO_FLAGS);
	return NULL;
}

volatile uint8_t *testdev_start_memory(enum testdev_test test, uint8_t *value)
{
	uint32_t offset = 0;

	memory[HEADER_TEST] = (uint8_t)test;
	for (unsigned int i = 0; i < sizeof(offset); i++)
		offset |= (uint32_t)memory[HEADER_OFFSET + i] << (8 * i);
	*value = memory[HEADER_VALUE];
	return memory + offset;
}

uint16_t testdev_start_port(enum testdev_test test, uint8_t *value)
{
	uint32_t offset = 0;

	outb(ports + HEADER_TEST, (uint8_t)test);
	for (unsigned int i = 0; i < sizeof(offset); i++)
		offset |= (uint32_t)inb((uint16_t)(ports + HEADER_OFFSET + i)) << (8 * i);
	*value = inb(ports + HEADER_VALUE);
	return (uint16_t)(ports + offset);
}

void testdev_stop(void)
{
	memory[HEADER_TEST] = TEST_NONE;
}
