/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access PCI configuration space by ports (PCI Local Bus 3.0, 3.2.2.3.2). It covers
 * function 0 of the devices on bus 0, where QEMU's -device puts them.
 */
#ifndef PLATFORM_PCI_H
#define PLATFORM_PCI_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets in configuration space (PCI Local Bus 3.0, 6.1). */
#define PCI_ID		   0x00
#define PCI_COMMAND	   0x04
#define PCI_COMMAND_IO	   (1u << 0)
#define PCI_COMMAND_MEMORY (1u << 1)
#define PCI_BAR0	   0x10
#define PCI_BAR1	   0x14

/* Low bits of a BAR (6.2.5.1). */
#define PCI_BAR_IO	     (1u << 0)
#define PCI_BAR_IO_FLAGS     0x3u
#define PCI_BAR_64BIT	     (1u << 2)
#define PCI_BAR_MEMORY_FLAGS 0xfu

/* @offset in bytes, a multiple of 4, below 256; @slot below 32. */
uint32_t pci_read(unsigned int slot, unsigned int offset);
void pci_write(unsigned int slot, unsigned int offset, uint32_t value);

/* Return the slot of the first such device, or -1 without one or without PCI. */
int pci_find(uint16_t vendor, uint16_t device);

#endif
