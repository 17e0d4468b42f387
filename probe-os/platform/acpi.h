/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the firmware tells in its ACPI tables (ACPI Specification 6.5, ch. 5):
 * processors, timers, and how to turn the machine off.  A table that is not
 * where it should be, too short or has a wrong checksum is taken for absent.
 */
#ifndef PLATFORM_ACPI_H
#define PLATFORM_ACPI_H

#include <stdbool.h>
#include <stdint.h>

/* The root pointer as the loader hands it over; before acpi_init(). */
void acpi_set_rsdp(uint64_t address);

/* Find the tables: at the address set, else where a PC's BIOS puts them. */
void acpi_init(void);

/* I/O port of the timer, of which at least the lower 24 bits count; 0 if none. */
#define PM_TIMER_HZ   3579545ull
#define PM_TIMER_MASK 0xffffffu
uint16_t acpi_pm_timer_port(void);

/* Physical address of the first I/O APIC and of the HPET, 0 if none. */
uint32_t acpi_ioapic_address(void);
uint32_t acpi_hpet_address(void);

/*
 * The enabled processors' local APIC IDs, each once, in the MADT's order: at
 * most @max into @ids.  Returns how many, 0 without a MADT.
 */
unsigned int acpi_processors(uint32_t *ids, unsigned int max);

/*
 * Turn the machine off (S5), or reset it.  False if the tables do not say how,
 * or if it still runs.
 */
bool acpi_power_off(void);
bool acpi_reset(void);

#endif
