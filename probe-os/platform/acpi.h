/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware's ACPI tables (ACPI Specification 6.5, ch. 5): processors, timers, and
 * how to turn the machine off. A table that is not in its place, is too short or has a
 * wrong checksum counts as absent.
 */
#ifndef PLATFORM_ACPI_H
#define PLATFORM_ACPI_H

#include <stdbool.h>
#include <stdint.h>

/* Set the root pointer that the loader passed. Call it before acpi_init(). */
void acpi_set_rsdp(uint64_t address);

/* Find the tables at the address set, or else where a PC's BIOS puts them. */
void acpi_init(void);

/* Return the I/O port of the timer, which has at least 24 bits, or 0. */
#define PM_TIMER_HZ   3579545ull
#define PM_TIMER_MASK 0xffffffu
uint16_t acpi_pm_timer_port(void);

/* Return the physical address of the first I/O APIC and of the HPET, or 0. */
uint32_t acpi_ioapic_address(void);
uint32_t acpi_hpet_address(void);

/*
 * Write the local APIC IDs of the enabled processors to @ids, each once and in the
 * MADT's order, at most @max. Return how many there are, 0 without a MADT.
 */
unsigned int acpi_processors(uint32_t *ids, unsigned int max);

/*
 * Turn the machine off (S5), or reset it. Return false if the tables do not say how or
 * if the machine still runs.
 */
bool acpi_power_off(void);
bool acpi_reset(void);

#endif
