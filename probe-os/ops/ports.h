/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports for operations: one that the host's kernel answers, one that nobody has. */
#ifndef OPS_PORTS_H
#define OPS_PORTS_H

/* Edge/level register of the first PIC: KVM's own 8259 model, no side effect. */
#define PORT_ELCR1 0x4d0

/*
 * No device of a PC's, so of no hypervisor's kernel either.  A real machine may
 * have given it to a PCI device.
 */
#define PORT_UNMAPPED 0x1234

#endif
