// SPDX-License-Identifier: GPL-2.0-only
#include "platform/acpi.h"

#include <stddef.h>

#include "platform/acpi_tables.h"

/* Above are the interrupt controllers. No table is there, and a read may have effects. */
#define TABLES_END 0xfec00000ull

/* No table of any firmware is nearly as long. */
#define TABLE_MAX (4u << 20)

/* The places of the root pointer in a PC: ACPI 5.2.5.1. */
#define BIOS_START	 0xe0000u
#define BIOS_END	 0x100000u
#define EBDA_SEGMENT	 0x40eu /* BIOS data area: the extended one's segment */
#define EBDA_SEARCH	 1024u
#define EBDA_LOWEST	 0x400u
#define RSDP_ALIGN	 16u
#define RSDP_SIZE_1	 20u /* revision 0, and what its checksum covers */
#define RSDP_SIZE_2	 36u
#define RSDP_CHECKED_MAX 256u

/* Offsets: RSDP 5.2.5.3; header 5.2.6; FADT 5.2.9; MADT 5.2.12; HPET 1.0a, 3.2.4. */
enum {
	RSDP_REVISION = 15,
	RSDP_RSDT = 16,
	RSDP_LENGTH = 20,
	RSDP_XSDT = 24,

	HEADER_LENGTH = 4,

	FADT_PM_TMR = 76,
	FADT_X_PM_TMR = 208,

	MADT_ENTRIES = 44,
	HPET_ADDRESS = 40,
};

#define MADT_LOCAL_APIC	  0
#define MADT_IOAPIC	  1
#define MADT_LOCAL_X2APIC 9
#define MADT_ENABLED	  (1u << 0)
#define APIC_ID_BROADCAST 0xffu

static uint64_t rsdp, root;
static bool root_is_xsdt;

/* Return a pointer to @address if @size bytes there are mapped and may be tables. */
static const uint8_t *at(uint64_t address, uint64_t size)
{
	if (!address || address >= TABLES_END || size > TABLES_END - address)
		return NULL;
	return (const uint8_t *)(uintptr_t)address;
}

uint64_t acpi_get(const uint8_t *p, unsigned int size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | p[size];
	return value;
}

static bool sums_to_zero(const uint8_t *p, uint32_t size)
{
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *p++);
	return !sum;
}

bool acpi_has_text(const uint8_t *p, const char *text)
{
	while (*text)
		if (*p++ != (uint8_t)*text++)
			return false;
	return true;
}

uint32_t acpi_length(const uint8_t *table)
{
	return (uint32_t)acpi_get(table + HEADER_LENGTH, 4);
}

const uint8_t *acpi_table_at(uint64_t address, const char *signature)
{
	const uint8_t *p = at(address, ACPI_HEADER_SIZE);
	uint32_t length;

	if (!p || !acpi_has_text(p, signature))
		return NULL;
	length = acpi_length(p);
	if (length < ACPI_HEADER_SIZE || length > TABLE_MAX || !at(address, length) ||
	    !sums_to_zero(p, length))
		return NULL;
	return p;
}

const uint8_t *acpi_find_table(const char *signature, uint32_t *index)
{
	uint32_t width = root_is_xsdt ? 8 : 4;
	const uint8_t *p = (const uint8_t *)(uintptr_t)root;

	if (!root)
		return NULL;
	while (*index < (acpi_length(p) - ACPI_HEADER_SIZE) / width) {
		uint64_t address = acpi_get(p + ACPI_HEADER_SIZE + *index * width, width);
		const uint8_t *table = acpi_table_at(address, signature);

		++*index;
		if (table)
			return table;
	}
	return NULL;
}

static const uint8_t *first_table(const char *signature)
{
	uint32_t index = 0;

	return acpi_find_table(signature, &index);
}

static bool rsdp_valid(uint64_t address)
{
	const uint8_t *p = at(address, RSDP_SIZE_1);

	return p && acpi_has_text(p, "RSD PTR ") && sums_to_zero(p, RSDP_SIZE_1);
}

static uint64_t search_rsdp(uint64_t from, uint64_t to)
{
	for (; from + RSDP_SIZE_1 <= to; from += RSDP_ALIGN)
		if (rsdp_valid(from))
			return from;
	return 0;
}

static uint64_t search_bios(void)
{
	uint64_t ebda = EBDA_SEGMENT, found = 0;

	/* The compiler treats an address this low as derived from a null pointer. */
	asm("" : "+r"(ebda));
	ebda = acpi_get((const uint8_t *)(uintptr_t)ebda, 2) << 4;
	if (ebda >= EBDA_LOWEST)
		found = search_rsdp(ebda, ebda + EBDA_SEARCH);
	return found ? found : search_rsdp(BIOS_START, BIOS_END);
}

void acpi_set_rsdp(uint64_t address)
{
	rsdp = address;
}

void acpi_init(void)
{
	const uint8_t *p;
	uint64_t address;
	uint32_t length;

	root = 0;
	if (!rsdp_valid(rsdp))
		rsdp = search_bios();
	if (!rsdp)
		return;

	p = (const uint8_t *)(uintptr_t)rsdp;
	if (p[RSDP_REVISION] >= 2 && at(rsdp, RSDP_SIZE_2)) {
		length = (uint32_t)acpi_get(p + RSDP_LENGTH, 4);
		address = acpi_get(p + RSDP_XSDT, 8);
		if (length >= RSDP_SIZE_2 && length <= RSDP_CHECKED_MAX && at(rsdp, length) &&
		    sums_to_zero(p, length) && acpi_table_at(address, "XSDT")) {
			root = address;
			root_is_xsdt = true;
			return;
		}
	}
	address = acpi_get(p + RSDP_RSDT, 4);
	if (acpi_table_at(address, "RSDT")) {
		root = address;
		root_is_xsdt = false;
	}
}

uint64_t acpi_fadt(uint32_t offset, unsigned int size)
{
	const uint8_t *p = first_table("FACP");

	return p && acpi_length(p) >= offset + size ? acpi_get(p + offset, size) : 0;
}

uint16_t acpi_fadt_port(uint32_t offset, uint32_t gas)
{
	uint64_t port = acpi_fadt(offset, 4);

	if (!port && acpi_fadt(gas, 1) == ACPI_GAS_IO)
		port = acpi_fadt(gas + ACPI_GAS_ADDRESS, 8);
	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

uint16_t acpi_pm_timer_port(void)
{
	return acpi_fadt_port(FADT_PM_TMR, FADT_X_PM_TMR);
}

uint32_t acpi_hpet_address(void)
{
	const uint8_t *p = first_table("HPET");
	uint64_t address;

	if (!p || acpi_length(p) < HPET_ADDRESS + ACPI_GAS_SIZE ||
	    p[HPET_ADDRESS] != ACPI_GAS_MEMORY)
		return 0;
	address = acpi_get(p + HPET_ADDRESS + ACPI_GAS_ADDRESS, 8);
	return address <= UINT32_MAX ? (uint32_t)address : 0;
}

/* Return the MADT's entry after @entry, the first one for NULL, or NULL at the end. */
static const uint8_t *next_entry(const uint8_t *madt, const uint8_t *entry)
{
	const uint8_t *end = madt + acpi_length(madt);

	entry = entry ? entry + entry[1] : madt + MADT_ENTRIES;
	if (entry > end || end - entry < 2 || entry[1] < 2 || entry[1] > end - entry)
		return NULL;
	return entry;
}

uint32_t acpi_ioapic_address(void)
{
	const uint8_t *madt = first_table("APIC"), *e = NULL;

	while (madt && (e = next_entry(madt, e)))
		if (e[0] == MADT_IOAPIC && e[1] >= 12)
			return (uint32_t)acpi_get(e + 4, 4);
	return 0;
}

static bool processor_of(const uint8_t *e, uint32_t *id)
{
	if (e[0] == MADT_LOCAL_APIC && e[1] >= 8) {
		*id = e[3];
		return acpi_get(e + 4, 4) & MADT_ENABLED && *id != APIC_ID_BROADCAST;
	}
	if (e[0] == MADT_LOCAL_X2APIC && e[1] >= 16) {
		*id = (uint32_t)acpi_get(e + 4, 4);
		return acpi_get(e + 8, 4) & MADT_ENABLED && *id != UINT32_MAX;
	}
	return false;
}

unsigned int acpi_processors(uint32_t *ids, unsigned int max)
{
	const uint8_t *madt = first_table("APIC"), *e = NULL;
	unsigned int count = 0, i;
	uint32_t id;

	while (madt && count < max && (e = next_entry(madt, e))) {
		if (!processor_of(e, &id))
			continue;
		for (i = 0; i < count && ids[i] != id; i++)
			;
		if (i == count)
			ids[count++] = id;
	}
	return count;
}
