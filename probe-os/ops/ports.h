/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports for operations: one that the host's kernel answers and one without a device. */
#ifndef OPS_PORTS_H
#define OPS_PORTS_H

/* The first PIC's edge/level register. KVM's 8259 model answers without side effects. */
#define PORT_ELCR1 0x4d0

/*
 * No device of a PC uses this port, so no hypervisor's kernel models it. A real
 * machine may have assigned it to a PCI device.
 */
#define PORT_UNMAPPED 0x1234

#endif
