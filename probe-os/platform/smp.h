/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other vCPUs. The probe finds them in the ACPI MADT, starts them by INIT-SIPI-SIPI
 * (SDM vol. 3A, 8.4; APM vol. 2, ch. 16) and parks them in HLT until they get work.
 *
 * A parked vCPU has interrupts on. Its local APIC accepts only IPIs, and HLT after STI
 * cannot miss the IPI that wakes it. An NMI would be lost between the check for work and
 * HLT, and has another use. A halted vCPU causes no exits and takes no host time.
 */
#ifndef PLATFORM_SMP_H
#define PLATFORM_SMP_H

#include <stdbool.h>
#include <stdint.h>

#define SMP_MAX 256

/*
 * Start the other vCPUs, at most @max in all. Call it after acpi_init(), lapic_init()
 * and memory_init(). It leaves out vCPUs that do not answer within a second.
 */
void smp_init(unsigned int max);

/* Return how many vCPUs run the probe, with this one. It is 1 before smp_init(). */
unsigned int smp_count(void);

/* Return how many vCPUs the MADT lists, 0 without a MADT. */
unsigned int smp_present(void);

/* Return the local APIC ID of vCPU @index. 0 is this one. */
uint32_t smp_apic_id(unsigned int index);

/*
 * Make vCPU @index, from 1 up, run @work(@index) with interrupts off and halt again.
 * Return false if it is still busy with its previous work.
 */
bool smp_start(unsigned int index, void (*work)(unsigned int index));

/* Return false if vCPU @index does not end its work in 2e9 TSC ticks (400 ms or more). */
bool smp_wait(unsigned int index);

#endif
