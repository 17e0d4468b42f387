// SPDX-License-Identifier: GPL-2.0-only
#include "platform/pci.h"

#include "cpu/insn.h"

#define PORT_CONFIG_ADDRESS 0xcf8
#define PORT_CONFIG_DATA    0xcfc
#define CONFIG_ENABLE	    (1u << 31)
#define CONFIG_SLOT_SHIFT   11
#define SLOTS		    32

uint32_t pci_read(unsigned int slot, unsigned int offset)
{
	outl(PORT_CONFIG_ADDRESS, CONFIG_ENABLE | slot << CONFIG_SLOT_SHIFT | offset);
	return inl(PORT_CONFIG_DATA);
}

void pci_write(unsigned int slot, unsigned int offset, uint32_t value)
{
	outl(PORT_CONFIG_ADDRESS, CONFIG_ENABLE | slot << CONFIG_SLOT_SHIFT | offset);
	outl(PORT_CONFIG_DATA, value);
}

int pci_find(uint16_t vendor, uint16_t device)
{
	const uint32_t id = (uint32_t)device << 16 | vendor;

	/* Without a host bridge the port does not keep the written value. */
	outl(PORT_CONFIG_ADDRESS, CONFIG_ENABLE);
	if (inl(PORT_CONFIG_ADDRESS) != CONFIG_ENABLE)
		return -1;
	for (unsigned int slot = 0; slot < SLOTS; slot++)
		if (pci_read(slot, PCI_ID) == id)
			return (int)slot;
	return -1;
}
