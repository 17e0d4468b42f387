/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's pci-testdev (its docs/specs/pci-testdev): a PCI device with a page of
 * memory and some ports, a write to which it counts in the VMM or the kernel
 * signals by an ioeventfd.
 */
#ifndef PLATFORM_TESTDEV_H
#define PLATFORM_TESTDEV_H

#include <stdint.h>

/* Which writes signal an ioeventfd: the device's test numbers. */
enum testdev_test { TESTDEV_NO_EVENT, TESTDEV_ANY_VALUE, TESTDEV_ONE_VALUE };

/* NULL, or why it cannot be used.  Before all others. */
const char *testdev_init(void);

/*
 * Start @test for memory or for a port.  Returns where a byte is to be written,
 * and in *@value which.
 */
volatile uint8_t *testdev_start_memory(enum testdev_test test, uint8_t *value);
uint16_t testdev_start_port(enum testdev_test test, uint8_t *value);

/* End the test that runs, of either kind. */
void testdev_stop(void);

#endif
