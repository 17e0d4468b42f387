// SPDX-License-Identifier: GPL-2.0-only
/* An expectation in words: the probe's and the command's are the same. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>

#include "expectation.h"
#include "record_fields.h"
#include "results/wording.h"

static char *reasons[] = { "NPF", "INTR" };

/* As the command says it. */
static const char *wording(int64_t min, int64_t max, size_t count)
{
	static char text[64];
	const struct expected expected = {
		.min = min, .max = max, .reasons = reasons, .reason_count = count
	};

	return wording_expected(&expected, text, sizeof(text));
}

static void test_counts(void **state)
{
	(void)state;
	assert_string_equal(wording(0, 0, 0), "none");
	assert_string_equal(wording(1, 1, 1), "1 NPF");
	assert_string_equal(wording(0, 2, 2), "0 to 2 NPF or INTR");
	assert_string_equal(wording(3, 1024, 0), "3 to 1024");
}

static void test_unbounded(void **state)
{
	(void)state;
	assert_string_equal(wording(1, EXITS_UNBOUNDED, 1), "1 or more NPF");
	assert_string_equal(wording(0, EXITS_UNBOUNDED, 2), "0 or more NPF or INTR");
	assert_string_equal(wording(EXITS_UNBOUNDED, EXITS_UNBOUNDED, 1), "255 NPF");
}

static void test_cut(void **state)
{
	static const char *const names[] = { "CPUID" };
	char text[8];

	(void)state;
	assert_string_equal(expectation_text(1, 1, names, 1, text, sizeof(text)), "1 CPUID");
	assert_string_equal(expectation_text(10, 10, names, 1, text, sizeof(text)), "10 CPUI");
	assert_string_equal(expectation_text(0, INT64_MAX, names, 0, text, sizeof(text)),
			    "0 to 92");
	assert_string_equal(expectation_text(1, 1, names, 1, text, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_unbounded),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
