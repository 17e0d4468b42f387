// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as ACPI tables: the root pointer at their begin, addresses as they would be
 * there.  The first byte says whether checksums are made right, which chance would not.
 */
#include <string.h>

#include "harness.h"
#include "physical.h"
#include "platform/acpi.h"
#include "platform/acpi_tables.h"

/* Its sleep_type() reads AML; nothing that acts on the machine is called. */
#include "platform/acpi_power.c"

#define PROCESSORS    256
#define RSDP_SIZE     20
#define RSDP_SIZE_NEW 36

bool lapic_timer_present(void)
{
	return false;
}

void lapic_idle(uint64_t cycles)
{
	(void)cycles;
}

struct found {
	uint16_t timer;
	uint32_t ioapic, hpet, ids[PROCESSORS];
	unsigned int count, sleep[2];
	bool can_sleep;
};

static struct found found;

static void read_tables(void)
{
	acpi_set_rsdp(PHYSICAL_INPUT);
	acpi_init();
	found.timer = acpi_pm_timer_port();
	found.ioapic = acpi_ioapic_address();
	found.hpet = acpi_hpet_address();
	found.count = acpi_processors(found.ids, PROCESSORS);
	found.can_sleep = sleep_type(found.sleep);
}

static void require_sound(void)
{
	uint32_t first[2];

	REQUIRE(found.count <= PROCESSORS);
	for (unsigned int i = 0; i < found.count; i++) {
		REQUIRE(found.ids[i] != UINT32_MAX);
		for (unsigned int k = 0; k < i; k++)
			REQUIRE(found.ids[k] != found.ids[i]);
	}
	REQUIRE(acpi_processors(first, 2) == (found.count < 2 ? found.count : 2));
	REQUIRE(!found.count || first[0] == found.ids[0]);
	REQUIRE(!found.can_sleep || (found.sleep[0] <= 7 && found.sleep[1] <= 7));
}

static void seal(uint8_t *at, size_t size, size_t checksum)
{
	uint8_t sum = 0;

	at[checksum] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + at[i]);
	at[checksum] = (uint8_t)-sum;
}

/* Whatever looks like one of the tables, wherever it is. */
static void seal_all(uint8_t *at, size_t size)
{
	static const char *const names[] = {
		"RSDT", "XSDT", "FACP", "APIC", "HPET", "DSDT", "SSDT"
	};

	for (size_t i = 0; i + ACPI_HEADER_SIZE <= size; i += 4)
		for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			if (acpi_has_text(at + i, names[n]) &&
			    acpi_length(at + i) >= ACPI_HEADER_SIZE &&
			    acpi_length(at + i) <= size - i)
				seal(at + i, acpi_length(at + i), 9);
	if (size < RSDP_SIZE_NEW)
		return;
	memcpy(at, "RSD PTR ", 8);
	seal(at, RSDP_SIZE, 8);
	seal(at, RSDP_SIZE_NEW, 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t tables[PHYSICAL_INPUT_MAX];
	struct found before;

	if (!size || size > sizeof(tables))
		return 0;
	memcpy(tables, data + 1, size - 1);
	if (!(data[0] & 1))
		seal_all(tables, size - 1);
	physical_put(tables, size - 1);
	memset(&found, 0, sizeof(found));
	if (physical_call(read_tables))
		REQUIRE(physical_call(require_sound));
	before = found;
	memset(&found, 0, sizeof(found));
	physical_call(read_tables);
	REQUIRE(!memcmp(&before, &found, sizeof(found)));
	return 0;
}
