// SPDX-License-Identifier: GPL-2.0-only
/* Off and reset: ACPI Specification 6.5, 4.8.3 and 16.1. */
#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "platform/acpi.h"
#include "platform/acpi_tables.h"

/* Offsets in the FADT, 5.2.9. */
enum {
	FADT_DSDT = 40,
	FADT_SMI_CMD = 48,
	FADT_ACPI_ENABLE = 52,
	FADT_PM1A_CNT = 64,
	FADT_PM1B_CNT = 68,
	FADT_FLAGS = 112,
	FADT_RESET_REG = 116,
	FADT_RESET_VALUE = 128,
	FADT_X_DSDT = 140,
	FADT_X_PM1A_CNT = 172,
	FADT_X_PM1B_CNT = 184,
	FADT_SLEEP_CONTROL = 244,
};

#define FADT_RESET_SUPPORTED (1u << 10)
#define FADT_HW_REDUCED	     (1u << 20)

/* PM1 control, ACPI 4.8.3.2.1; sleep control, 4.8.3.7. */
#define PM1_SCI_EN	  (1u << 0)
#define PM1_SLP_TYP_SHIFT 10
#define PM1_SLP_EN	  (1u << 13)
#define SLEEP_TYP_SHIFT	  2
#define SLEEP_EN	  (1u << 5)
#define SLP_TYP_MASK	  7u

/* AML, ACPI 20.2. */
#define AML_ZERO    0x00
#define AML_ONE	    0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_PACKAGE 0x12
#define S5_SIZE_MIN 9 /* "_S5_", package, its length, element count, two one-byte elements */

/* A write to the POST code's port has no effect and takes a microsecond on a PC. */
#define PORT_DELAY  0x80
#define DELAY_LOOPS 100000u
#define DELAY_TSC   100000000 /* 25 ms or more */

/*
 * Read SLP_TYP for PM1a and PM1b from Name (_S5, Package { a, b, ... }). Without an
 * interpreter of AML this matches the bytes that every compiler generates for it.
 */
static bool find_s5(const uint8_t *table, unsigned int type[2])
{
	const uint8_t *p = table + ACPI_HEADER_SIZE, *end = table + acpi_length(table);

	for (; end - p >= S5_SIZE_MIN; p++) {
		const uint8_t *q = p + 4;

		if (!acpi_has_text(p, "_S5_") || *q++ != AML_PACKAGE ||
		    (p[-1] != AML_NAME && !(p[-1] == '\\' && p[-2] == AML_NAME)))
			continue;
		q += 1 + (*q >> 6); /* PkgLength: bits 7:6 are the number of bytes that follow */
		q++;		    /* NumElements */
		for (int i = 0; i < 2; i++, q++) {
			if (end - q >= 2 && *q == AML_BYTE)
				q++;
			else if (end - q < 1 || (*q != AML_ZERO && *q != AML_ONE))
				return false;
			type[i] = *q & SLP_TYP_MASK;
		}
		return true;
	}
	return false;
}

static bool sleep_type(unsigned int type[2])
{
	uint64_t address = acpi_fadt(FADT_X_DSDT, 8);
	const uint8_t *table;
	uint32_t index = 0;

	table = acpi_table_at(address ? address : acpi_fadt(FADT_DSDT, 4), "DSDT");
	if (table && find_s5(table, type))
		return true;
	while ((table = acpi_find_table("SSDT", &index)))
		if (find_s5(table, type))
			return true;
	return false;
}

/*
 * Wait until a switch has worked. A VMM takes some time to stop a VM, and exits of the
 * guest meanwhile would disturb the counts, so idle if the timer can end that.
 */
static void delay(void)
{
	if (lapic_timer_present()) {
		lapic_idle(DELAY_TSC);
		return;
	}
	for (unsigned int i = 0; i < DELAY_LOOPS; i++)
		outb(PORT_DELAY, 0);
}

static uint16_t read_port(uint16_t port)
{
	uint16_t value;

	asm volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
	return value;
}

static void write_port(uint16_t port, uint16_t value)
{
	asm volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
}

/* Write a byte to the register of the GAS at @offset. Return false if there is none. */
static bool write_register(uint32_t offset, uint8_t value)
{
	uint64_t space = acpi_fadt(offset, 1), address = acpi_fadt(offset + ACPI_GAS_ADDRESS, 8);

	if (!address)
		return false;
	if (space == ACPI_GAS_IO && address <= UINT16_MAX)
		outb((uint16_t)address, value);
	else if (space == ACPI_GAS_MEMORY && address <= UINT32_MAX)
		*(volatile uint8_t *)(uintptr_t)address = value;
	else
		return false;
	return true;
}

/* Before ACPI mode PM1 control may belong to the firmware (ACPI 4.8.2.5). */
static void enable_acpi(uint16_t pm1a)
{
	uint64_t smi = acpi_fadt(FADT_SMI_CMD, 4), command = acpi_fadt(FADT_ACPI_ENABLE, 1);

	if (!smi || smi > UINT16_MAX || !command || read_port(pm1a) & PM1_SCI_EN)
		return;
	outb((uint16_t)smi, (uint8_t)command);
	for (unsigned int i = 0; i < DELAY_LOOPS && !(read_port(pm1a) & PM1_SCI_EN); i++)
		outb(PORT_DELAY, 0);
}

static void pm1_sleep(uint16_t port, unsigned int type)
{
	unsigned int value = read_port(port) & ~(SLP_TYP_MASK << PM1_SLP_TYP_SHIFT | PM1_SLP_EN);

	value |= type << PM1_SLP_TYP_SHIFT;
	write_port(port, (uint16_t)value);
	write_port(port, (uint16_t)(value | PM1_SLP_EN));
}

bool acpi_power_off(void)
{
	uint16_t pm1a = acpi_fadt_port(FADT_PM1A_CNT, FADT_X_PM1A_CNT);
	uint16_t pm1b = acpi_fadt_port(FADT_PM1B_CNT, FADT_X_PM1B_CNT);
	unsigned int type[2];

	if (!sleep_type(type))
		return false;
	if (acpi_fadt(FADT_FLAGS, 4) & FADT_HW_REDUCED) {
		if (!write_register(FADT_SLEEP_CONTROL,
				    (uint8_t)(type[0] << SLEEP_TYP_SHIFT | SLEEP_EN)))
			return false;
	} else {
		if (!pm1a)
			return false;
		enable_acpi(pm1a);
		pm1_sleep(pm1a, type[0]);
		if (pm1b)
			pm1_sleep(pm1b, type[1]);
	}
	delay();
	return false;
}

bool acpi_reset(void)
{
	if (!(acpi_fadt(FADT_FLAGS, 4) & FADT_RESET_SUPPORTED) ||
	    !write_register(FADT_RESET_REG, (uint8_t)acpi_fadt(FADT_RESET_VALUE, 1)))
		return false;
	delay();
	return false;
}
