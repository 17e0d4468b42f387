// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's command line: which processor the guest sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "counts/counts.h"
#include "vm/boot_arguments.h"

static const struct counting *const ways[] = { &counts_none, NULL };

static const struct boot_plan plain = {
	.accel = "kvm",
	.qemu = "qemu",
	.probe = "probe.elf",
	.ops = "*",
	.skip = "",
	.vcpus = 1,
	.ways = ways,
	.unit = "cycles",
};

/* The word after -cpu of a boot on @cpu, which the caller frees with the list. */
static const char *cpu_of(const struct boot_arguments *a)
{
	for (size_t i = 0; i + 1 < a->count; i++)
		if (!strcmp(a->list[i], "-cpu"))
			return a->list[i + 1];
	fail_msg("there is no -cpu");
	return NULL;
}

static void test_plain(void **state)
{
	struct boot_arguments a = boot_arguments(&plain, "host", 3, 4, false);

	(void)state;
	assert_string_equal(cpu_of(&a), "host");
	boot_arguments_free(&a);
}

static void test_hyperv(void **state)
{
	static const char *const flags[] = {
		"hv-relaxed", "hv-vapic",	  "hv-time",	 "hv-vpindex", "hv-synic",
		"hv-stimer",  "hv-stimer-direct", "hv-tlbflush", "hv-ipi",
	};
	struct boot_plan plan = plain;
	struct boot_arguments a;
	char *cpu, *word, *rest;
	size_t found = 0;

	(void)state;
	plan.hyperv = true;
	a = boot_arguments(&plan, "host,migratable=off", 3, 4, false);
	assert_memory_equal(cpu_of(&a), "host,migratable=off,hv-", 23);
	cpu = strdup(cpu_of(&a));
	assert_non_null(cpu);
	for (word = strtok_r(cpu, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			found += !strcmp(word, flags[i]);
	assert_int_equal(found, sizeof(flags) / sizeof(flags[0]));
	free(cpu);
	boot_arguments_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_hyperv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
