// SPDX-License-Identifier: GPL-2.0-only
/* ACPI tables, sound and not, at addresses below 4 GiB; behind each is nothing. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/acpi.h"
#include "platform/acpi_tables.h"

#define PAGE   4096u
#define HEADER ACPI_HEADER_SIZE

static void put(uint8_t *p, uint64_t value, int size)
{
	for (int i = 0; i < size; i++, value >>= 8)
		p[i] = (uint8_t)value;
}

static void seal(uint8_t *p, size_t size, size_t checksum)
{
	uint8_t sum = 0;

	p[checksum] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + p[i]);
	p[checksum] = (uint8_t)-sum;
}

/* @size bytes that end where a page ends behind which nothing is mapped. */
static uint8_t *place(uint32_t size)
{
	uint8_t *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(munmap(p + PAGE, PAGE), 0);
	return p + PAGE - size;
}

static uint8_t *table(const char *signature, const void *body, uint32_t size)
{
	uint8_t *p = place(HEADER + size);

	memcpy(p, signature, 4);
	put(p + 4, HEADER + size, 4);
	memcpy(p + HEADER, body, size);
	seal(p, HEADER + size, 9);
	return p;
}

static uint32_t address_of(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

/* A root pointer of revision 0 to @rsdt; then acpi_init(). */
static void start_at(uint64_t rsdt)
{
	uint8_t *p = place(20);

	memcpy(p, "RSD PTR ", 8);
	put(p + 16, rsdt, 4);
	seal(p, 20, 8);
	acpi_set_rsdp(address_of(p));
	acpi_init();
}

static void start_with(const uint8_t *only)
{
	uint8_t entry[4];

	put(entry, address_of(only), 4);
	start_at(address_of(table("RSDT", entry, 4)));
}

/* A table that names a PM timer at PM_TIMER, as long as that needs. */
#define PM_TIMER 0x608

static uint8_t *fadt_with_timer(void)
{
	uint8_t body[44] = { 0 };

	put(body + 40, PM_TIMER, 4);
	return table("FACP", body, sizeof(body));
}

static void test_root_is_checked(void **state)
{
	uint8_t entries[4], *rsdt;

	(void)state;
	put(entries, address_of(fadt_with_timer()), 4);
	rsdt = table("RSDT", entries, 4);
	start_at(address_of(rsdt));
	assert_int_equal(acpi_pm_timer_port(), PM_TIMER);
	rsdt[10] ^= 1;
	start_at(address_of(rsdt));
	assert_int_equal(acpi_pm_timer_port(), 0);

	static const uint32_t lengths[] = { 0, HEADER - 1, 5u << 20, UINT32_MAX };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put(rsdt + 4, lengths[i], 4);
		start_at(address_of(rsdt));
		assert_int_equal(acpi_pm_timer_port(), 0);
	}
	start_at(0);
	assert_int_equal(acpi_pm_timer_port(), 0);
	start_at(0xfffffff0);
	assert_int_equal(acpi_pm_timer_port(), 0);
}

static void test_entries_are_checked(void **state)
{
	uint8_t entries[15];

	(void)state;
	/* None, above all tables, and what is left is less than an entry. */
	put(entries, 0, 4);
	put(entries + 4, 0xfee00000, 4);
	put(entries + 8, address_of(fadt_with_timer()), 4);
	put(entries + 12, 0xffffff, 3);
	start_at(address_of(table("RSDT", entries, sizeof(entries))));
	assert_int_equal(acpi_pm_timer_port(), PM_TIMER);
	assert_int_equal(acpi_ioapic_address(), 0);
}

static void test_xsdt_comes_first(void **state)
{
	uint8_t other[4], entries[16], *p = place(36);
	uint8_t hpet[20] = { [4] = 0, [8] = 0, [9] = 0, [10] = 0xd0, [11] = 0xfe };

	(void)state;
	put(entries, 1ull << 32, 8);
	put(entries + 8, address_of(table("HPET", hpet, sizeof(hpet))), 8);
	memcpy(p, "RSD PTR ", 8);
	p[15] = 2;
	put(other, address_of(fadt_with_timer()), 4);
	put(p + 16, address_of(table("RSDT", other, 4)), 4);
	put(p + 20, 36, 4);
	put(p + 24, address_of(table("XSDT", entries, sizeof(entries))), 8);
	seal(p, 20, 8);
	seal(p, 36, 32);
	acpi_set_rsdp(address_of(p));
	acpi_init();
	assert_int_equal(acpi_hpet_address(), 0xfed00000);
	assert_int_equal(acpi_pm_timer_port(), 0);

	/* The extended checksum is wrong: the RSDT is used, and has another. */
	p[33] ^= 1;
	acpi_init();
	assert_int_equal(acpi_pm_timer_port(), PM_TIMER);
	assert_int_equal(acpi_hpet_address(), 0);
}

static void test_processors(void **state)
{
	static const uint8_t madt[] = {
		0, 0,  0xe0, 0xfe, 1, 0, 0,    0,			     /* local APIC, flags */
		0, 8,  0,    0,	   1, 0, 0,    0,			     /* ID 0 */
		0, 8,  1,    3,	   1, 0, 0,    0,			     /* ID 3 */
		0, 8,  2,    4,	   0, 0, 0,    0,			     /* not enabled */
		1, 12, 0,    0,	   0, 0, 0xc0, 0xfe, 0, 0, 0, 0,	     /* I/O APIC */
		9, 16, 0,    0,	   3, 0, 0,    0,    1, 0, 0, 0, 1, 0, 0, 0, /* ID 3 again */
		9, 16, 0,    0,	   0, 1, 0,    0,    1, 0, 0, 0, 5, 0, 0, 0, /* ID 256 */
		0, 8,  3,    0xff, 1, 0, 0,    0,			     /* no ID */
	};
	uint32_t ids[8];

	(void)state;
	start_with(table("APIC", madt, sizeof(madt)));
	assert_int_equal(acpi_processors(ids, 8), 3);
	assert_int_equal(ids[0], 0);
	assert_int_equal(ids[1], 3);
	assert_int_equal(ids[2], 256);
	assert_int_equal(acpi_processors(ids, 2), 2);
	assert_int_equal(acpi_ioapic_address(), 0xfec00000);

	/* Cut anywhere: nothing is read behind, nothing invented. */
	for (uint32_t size = 0; size < sizeof(madt); size++) {
		start_with(table("APIC", madt, size));
		assert_true(acpi_processors(ids, 8) <= 3);
		acpi_ioapic_address();
	}
}

static void test_entry_without_length(void **state)
{
	static const uint8_t lengths[] = { 0, 1, 255 };
	uint32_t ids[8];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths); i++) {
		uint8_t madt[16] = { [8] = 0, [9] = lengths[i], [12] = 1 };

		start_with(table("APIC", madt, sizeof(madt)));
		assert_int_equal(acpi_processors(ids, 8), 0);
		assert_int_equal(acpi_ioapic_address(), 0);
	}
}

static void test_fadt(void **state)
{
	uint8_t fadt[244 - HEADER] = { 0 };

	(void)state;
	put(fadt + 76 - HEADER, 0x608, 4);
	start_with(table("FACP", fadt, 116 - HEADER));
	assert_int_equal(acpi_pm_timer_port(), 0x608);
	start_with(table("FACP", fadt, 79 - HEADER));
	assert_int_equal(acpi_pm_timer_port(), 0);

	/* Not a port. */
	put(fadt + 76 - HEADER, 0x10608, 4);
	start_with(table("FACP", fadt, sizeof(fadt)));
	assert_int_equal(acpi_pm_timer_port(), 0);

	/* Told by the address structure only. */
	put(fadt + 76 - HEADER, 0, 4);
	fadt[208 - HEADER] = 1;
	put(fadt + 212 - HEADER, 0xb008, 8);
	start_with(table("FACP", fadt, sizeof(fadt)));
	assert_int_equal(acpi_pm_timer_port(), 0xb008);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_is_checked),
		cmocka_unit_test(test_entries_are_checked),
		cmocka_unit_test(test_xsdt_comes_first),
		cmocka_unit_test(test_processors),
		cmocka_unit_test(test_entry_without_length),
		cmocka_unit_test(test_fadt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
