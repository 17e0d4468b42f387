/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other vCPUs: found in the ACPI MADT, started by INIT-SIPI-SIPI (SDM
 * vol. 3A, 8.4; APM vol. 2, ch. 16), then parked in HLT until they are given work.
 *
 * A parked one has interrupts on: its local APIC is set up so that none but an
 * IPI can come, and HLT behind STI cannot miss the one that wakes it.  An NMI
 * that comes between the look at the work and HLT would be lost, and is needed
 * elsewhere.  Halted, it causes no exits and takes no host time.
 */
#ifndef PLATFORM_SMP_H
#define PLATFORM_SMP_H

#include <stdbool.h>
#include <stdint.h>

#define SMP_MAX 256

/*
 * Start the others, at most @max vCPUs in all.  After acpi_init(), lapic_init()
 * and memory_init().  Those that do not answer within a second are left out.
 */
void smp_init(unsigned int max);

/* vCPUs that run the probe, this one included; 1 before smp_init(). */
unsigned int smp_count(void);

/* vCPUs that the machine says it has, 0 without a MADT. */
unsigned int smp_present(void);

/* The local APIC's ID of vCPU @index, 0 being this one. */
uint32_t smp_apic_id(unsigned int index);

/*
 * Have vCPU @index, from 1 up, run @work(@index) with interrupts off and halt
 * again.  False if it has not ended what it was given before.
 */
bool smp_start(unsigned int index, void (*work)(unsigned int index));

/* False if vCPU @index has not ended its work in 2e9 TSC ticks, 400 ms and more. */
bool smp_wait(unsigned int index);

#endif
