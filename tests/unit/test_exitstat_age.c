// SPDX-License-Identifier: GPL-2.0-only
/* How old exitstat takes the VM to be, and its screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exitstat/age.h"
#include "exitstat/screen.h"
#include "kvm_exit_stats.h"

#define KHZ 2000000
#define S   (1000ull * KHZ) /* cycles */

/* A vCPU with a different time in each selector: S to the power of no other one. */
static void fake_read(void *context, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	uint64_t cycles = leaf == KVM_EXIT_STATS_VCPU ? S << index : 0;

	(void)context;
	*regs = (struct cpuid_regs){ .ebx = (uint32_t)(cycles >> 32), .ecx = (uint32_t)cycles };
}

/* The states and nothing else: not exits, exits of L2, returns, clamped. */
static void test_states_add_up(void **state)
{
	struct cpuid_source source = { .read = fake_read };
	cpu_set_t *before = affinity(), *after;
	struct age age;

	(void)state;
	age_read(&age, &source, false);
	assert_int_equal(source.reads, 6);
	assert_int_equal(age.cycles, S * (2 + 4 + 8 + 16 + 32 + 512));
	assert_int_equal(age.paused_cycles, S * 512);
	assert_true(age.up_ns > 0);
	/* It runs wherever it could run before. */
	after = affinity();
	assert_true(CPU_EQUAL_S(CPU_ALLOC_SIZE(MAX_CPUS), before, after));
	CPU_FREE(before);
	CPU_FREE(after);
}

static void test_reboot(void **state)
{
	struct age age = { .cycles = 100 * S, .paused_cycles = 0, .up_ns = 95000000000 };

	(void)state;
	assert_true(age_seconds(&age, KHZ) == 100);
	assert_true(age_before_boot(&age, KHZ) == 5);
	assert_false(age_rebooted(&age, KHZ));
	/* The guest's clock began again. */
	age.up_ns = 10000000000;
	assert_true(age_before_boot(&age, KHZ) == 90);
	assert_true(age_rebooted(&age, KHZ));
	/* It is that far behind because the VM was stopped. */
	age.paused_cycles = 80 * S;
	assert_true(age_before_boot(&age, KHZ) == 10);
	assert_false(age_rebooted(&age, KHZ));
	/* A guest that counts such time is older than the VM has run. */
	age.up_ns = 95000000000;
	assert_true(age_before_boot(&age, KHZ) == 0);
	/* Without a frequency nothing is known. */
	age = (struct age){ .cycles = UINT64_MAX, .up_ns = 1 };
	assert_true(age_seconds(&age, 0) == 0);
	assert_false(age_rebooted(&age, 0));
}

/* The host has switched the statistics on since the guest has booted. */
static void test_younger_than_the_guest(void **state)
{
	struct age age = { .cycles = 100 * S, .up_ns = 100900000000 };

	(void)state;
	assert_false(age_is_younger(&age, KHZ));
	age.up_ns = 102000000000;
	assert_true(age_is_younger(&age, KHZ));
	assert_false(age_is_younger(&age, 0));
	/* A month, of which NTP has taken 500 s off the TSC's clock. */
	age = (struct age){ .cycles = 2592000 * S, .up_ns = 2592500000000000 };
	assert_false(age_is_younger(&age, KHZ));
	age.cycles -= 3000 * S;
	assert_true(age_is_younger(&age, KHZ));
}

static char *shown(const char *text, int first)
{
	char *result;
	size_t size;
	FILE *file = open_memstream(&result, &size);

	assert_non_null(file);
	screen_show(file, text, first);
	fclose(file);
	return result;
}

static void test_screen(void **state)
{
	char wide[201], many[64], *text;
	int lines = 0;

	(void)state;
	text = shown("one\n\ntwo\n", 1);
	assert_string_equal(text, "\033[H\033[Jone\033[K\r\n\033[K\r\ntwo\033[K\r\n\033[J");
	free(text);
	/* 24 rows of 80 columns, where nothing says how many there are. */
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	text = shown(wide, 0);
	assert_int_equal(strspn(text + strlen("\033[H"), "x"), 80);
	free(text);
	for (size_t i = 0; i < sizeof(many) - 1; i++)
		many[i] = i % 2 ? '\n' : 'a';
	many[sizeof(many) - 1] = '\0';
	text = shown(many, 0);
	for (char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 23);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states_add_up),
		cmocka_unit_test(test_reboot),
		cmocka_unit_test(test_younger_than_the_guest),
		cmocka_unit_test(test_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
