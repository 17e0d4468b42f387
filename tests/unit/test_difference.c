// SPDX-License-Identifier: GPL-2.0-only
/* What a difference of two medians says, beside a control and without one. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "difference.h"
#include "results/wording.h"

static void test_interval(void **state)
{
	(void)state;
	assert_int_equal(difference_of(0, 0), DIFFERENCE_NONE);
	assert_int_equal(difference_of(-1, 1), DIFFERENCE_NONE);
	assert_int_equal(difference_of(1, 1), DIFFERENCE_NONE);
	assert_int_equal(difference_of(1, 2), DIFFERENCE_MORE);
	assert_int_equal(difference_of(300, 302), DIFFERENCE_MORE);
	assert_int_equal(difference_of(-302, -300), DIFFERENCE_LESS);
	assert_int_equal(difference_of(-2, 2), DIFFERENCE_UNKNOWN);
	assert_int_equal(difference_of(0, 400), DIFFERENCE_UNKNOWN);
	assert_int_equal(difference_of(INT64_MIN, INT64_MAX), DIFFERENCE_UNKNOWN);
}

/* A control that differs from 0 itself says that the machine's speed changes. */
static void test_control(void **state)
{
	(void)state;
	assert_int_equal(difference_from_control(300, 302, 0, 0), DIFFERENCE_MORE);
	assert_int_equal(difference_from_control(300, 302, -5, 5), DIFFERENCE_MORE);
	assert_int_equal(difference_from_control(300, 302, 2, 5), DIFFERENCE_UNKNOWN);
	assert_int_equal(difference_from_control(300, 302, -9, -3), DIFFERENCE_UNKNOWN);
	assert_int_equal(difference_from_control(0, 0, 2, 5), DIFFERENCE_UNKNOWN);
	assert_int_equal(difference_from_control(0, 0, 0, 0), DIFFERENCE_NONE);
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(wording_difference(DIFFERENCE_NONE), "none");
	assert_string_equal(wording_difference(DIFFERENCE_MORE), "");
	assert_string_equal(wording_difference(DIFFERENCE_LESS), "");
	assert_string_equal(wording_difference(DIFFERENCE_UNKNOWN), "can't tell");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
