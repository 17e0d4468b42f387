// SPDX-License-Identifier: GPL-2.0-only
#include "console/ivshmem.h"

#include <stddef.h>
#include <stdint.h>

#include "platform/pci.h"

#define VENDOR 0x1af4
#define DEVICE 0x1110

/* The BAR of the memory itself. BARs 0 and 1 are for interrupts. */
#define PCI_BAR2      0x18
#define PCI_BAR2_HIGH 0x1c

static volatile char *next, *end;

bool shared_init(void)
{
	int found = pci_find(VENDOR, DEVICE);
	uint32_t bar, mask, command;
	unsigned int slot;

	if (found < 0)
		return false;
	slot = (unsigned int)found;
	bar = pci_read(slot, PCI_BAR2);
	if (bar & PCI_BAR_IO || !(bar & ~PCI_BAR_MEMORY_FLAGS) ||
	    (bar & PCI_BAR_64BIT && pci_read(slot, PCI_BAR2_HIGH)))
		return false;

	/* The bits that stay 0 when all ones are written give the size (PCI 3.0, 6.2.5.1). */
	command = pci_read(slot, PCI_COMMAND);
	pci_write(slot, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY & 0xffff);
	pci_write(slot, PCI_BAR2, UINT32_MAX);
	mask = pci_read(slot, PCI_BAR2) & ~PCI_BAR_MEMORY_FLAGS;
	pci_write(slot, PCI_BAR2, bar);
	pci_write(slot, PCI_COMMAND, (command | PCI_COMMAND_MEMORY) & 0xffff);

	next = (volatile char *)(uintptr_t)(bar & ~PCI_BAR_MEMORY_FLAGS);
	end = next + (uint32_t)-mask;
	return true;
}

volatile void *shared_reserve(uint32_t bytes)
{
	if (!next || (uint32_t)(end - next) <= bytes)
		return NULL;
	end -= bytes;
	return end;
}

void shared_put(char c)
{
	if (next < end)
		*next++ = c;
}
