/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to ACPI's tables, which acpi.c checks, for the other files that read them. */
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

/* Read @size bytes, little endian, with any alignment. */
uint64_t acpi_get(const uint8_t *p, unsigned int size);

/* Return whether the bytes at @p are @text. */
bool acpi_has_text(const uint8_t *p, const char *text);

/* Return the length of a table in bytes, with the header. */
uint32_t acpi_length(const uint8_t *table);

/* Return the table at @address if it is valid and has @signature, else NULL. */
const uint8_t *acpi_table_at(uint64_t address, const char *signature);

/* Find the first table with @signature from entry *@index on, and advance *@index past it. */
const uint8_t *acpi_find_table(const char *signature, uint32_t *index);

/* Read @size bytes at @offset of the FADT. Return 0 if it is too short or absent. */
uint64_t acpi_fadt(uint32_t offset, unsigned int size);

/* Read an I/O port that the FADT has twice: 32 bits at @offset and a GAS at @gas. */
uint16_t acpi_fadt_port(uint32_t offset, uint32_t gas);

#endif
