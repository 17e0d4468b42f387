// SPDX-License-Identifier: GPL-2.0-only
/* What a mistyped operation was meant to be. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <string.h>

#include "lib/nearest.h"

static const char *const names[] = { "empty",	"nop",	   "rdtsc",	 "cpuid",      "cpuid-1",
				     "cpuid-7", "cpuid-d", "rdmsr-star", "rdmsr-lstar" };

/* Those near to @word, blanks between. */
static const char *near(const char *word, size_t length)
{
	static char text[128];
	struct nearest n;

	nearest_begin(&n, word, length);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		nearest_offer(&n, names[i]);
	text[0] = '\0';
	for (unsigned int i = 0; i < n.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 n.names[i]);
	return text;
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(near("nopp", 4), "nop");
	assert_string_equal(near("npo,cpuid", 3), "nop");
	/* The nearest first, and of those as near in their own order. */
	assert_string_equal(near("cpuidd", 6), "cpuid cpuid-d cpuid-1 cpuid-7");
	assert_string_equal(near("cpuud*", 6), "cpuid cpuid-1 cpuid-7 cpuid-d");
	assert_string_equal(near("rdmsr", 5), "rdmsr-star rdmsr-lstar rdtsc");
}

static void test_none(void **state)
{
	static const char longest[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	(void)state;
	assert_string_equal(near("zz", 2), "");
	assert_string_equal(near("", 0), "");
	assert_string_equal(near(longest, sizeof(longest) - 1), "");
	assert_string_equal(near("wbinvd", 6), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
