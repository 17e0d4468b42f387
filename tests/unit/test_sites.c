// SPDX-License-Identifier: GPL-2.0-only
/* Which sites an operation's record gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "counts/sites.h"
#include "record_fields.h"

#define CPUID 114
#define INTR  96

/* A measured operation, of so many in a sample, that has exits of these two reasons. */
static json_t *record_of(int operations)
{
	json_t *op = json_pack("{s:i, s:{s:[{s:i, s:s}]}, s:[{s:i, s:s}]}", FIELD(op, operations),
			       operations, FIELD(op, batch), FIELD(batch, reasons),
			       FIELD(reason, reason), CPUID, FIELD(reason, name), "CPUID",
			       FIELD(op, foreign), FIELD(reason, reason), INTR, FIELD(reason, name),
			       "INTR");

	assert_non_null(op);
	return op;
}

static json_int_t address(const json_t *sites, size_t i)
{
	return json_integer_value(json_object_get(json_array_get(sites, i), FIELD(site, address)));
}

static double exits(const json_t *sites, size_t i)
{
	return json_number_value(json_object_get(json_array_get(sites, i), FIELD(site, exits)));
}

/* At least half of the samples; many exits of a single sample are not enough. */
static void test_half(void **state)
{
	struct exit_sites sites = { 0 };
	json_t *op = record_of(2), *json;

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		sites_sample(&sites);
		sites_add(&sites, 0x1000, CPUID);
		sites_add(&sites, 0x1000, CPUID);
		if (i % 2)
			sites_add(&sites, 0x1002, CPUID);
		if (i > 5)
			sites_add(&sites, 0x1004, INTR);
	}
	for (unsigned int i = 0; i < 50; i++)
		sites_add(&sites, 0x1006, CPUID);
	json = sites_json(&sites, op, NULL);
	assert_int_equal(json_array_size(json), 2);
	assert_int_equal(address(json, 0), 0x1000);
	assert_true(exits(json, 0) == 1);
	assert_int_equal(address(json, 1), 0x1002);
	assert_true(exits(json, 1) == 0.25);
	assert_null(json_object_get(json_array_get(json, 0), FIELD(site, at)));
	json_decref(json);
	json_decref(op);
}

/* The same RIP twice, an address that is no number in JSON, a reason that nobody has counted. */
static void test_odd(void **state)
{
	struct exit_sites sites = { 0 };
	json_t *op = record_of(1), *json;

	(void)state;
	sites_sample(&sites);
	sites_add(&sites, 0x1000, CPUID);
	sites_add(&sites, 0x1000, INTR);
	sites_add(&sites, UINT64_C(1) << 63, CPUID);
	sites_add(&sites, 0x1000, 1);
	json = sites_json(&sites, op, NULL);
	assert_int_equal(json_array_size(json), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(json, 0), FIELD(site, name))),
		"INTR");
	json_decref(json);
	json_decref(op);
}

/* Nothing sampled, or more than is kept: not known, which is not the same as none. */
static void test_unknown(void **state)
{
	struct exit_sites sites = { 0 };
	json_t *op = record_of(1), *json;

	(void)state;
	assert_null(sites_json(&sites, op, NULL));
	sites_sample(&sites);
	json = sites_json(&sites, op, NULL);
	assert_non_null(json);
	assert_int_equal(json_array_size(json), 0);
	json_decref(json);
	for (uint64_t i = 0; i <= EXIT_SITES_MAX; i++)
		sites_add(&sites, i, CPUID);
	assert_int_equal(sites.count, EXIT_SITES_MAX);
	assert_null(sites_json(&sites, op, NULL));
	json_decref(op);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
