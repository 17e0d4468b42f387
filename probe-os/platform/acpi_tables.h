/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI's tables as acpi.c checks them, for what else reads them. */
#ifndef PLATFORM_ACPI_TABLES_H
#define PLATFORM_ACPI_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#define ACPI_HEADER_SIZE 36u

/* Generic address structure, ACPI 5.2.3.2. */
#define ACPI_GAS_ADDRESS 4
#define ACPI_GAS_SIZE	 12
#define ACPI_GAS_MEMORY	 0
#define ACPI_GAS_IO	 1

/* @size bytes, little endian, aligned as it may be. */
uint64_t acpi_get(const uint8_t *p, unsigned int size);

/* Whether the bytes at @p are @text. */
bool acpi_has_text(const uint8_t *p, const char *text);

/* Of a table: its bytes, header included. */
uint32_t acpi_length(const uint8_t *table);

/* The table at @address if it is a sound one called @signature, else NULL. */
const uint8_t *acpi_table_at(uint64_t address, const char *signature);

/* The first table called @signature from entry *@index on, which then is the next. */
const uint8_t *acpi_find_table(const char *signature, uint32_t *index);

/* @size bytes at @offset of the FADT; 0 where it is too short, or absent. */
uint64_t acpi_fadt(uint32_t offset, unsigned int size);

/* An I/O port that the FADT tells twice: 32 bits at @offset, and a GAS at @gas. */
uint16_t acpi_fadt_port(uint32_t offset, uint32_t gas);

#endif
