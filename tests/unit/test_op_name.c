// SPDX-License-Identifier: GPL-2.0-only
/* The rule for names of operations, and its regular expression in the schemas. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <regex.h>

#include "op_name.h"

static void test_length(void **state)
{
	(void)state;
	assert_true(op_name_is_good("a"));
	assert_true(op_name_is_good("tsc-deadline-far1"));
	assert_false(op_name_is_good("tsc-deadline-far12"));
	assert_false(op_name_is_good(""));
}

static void test_characters(void **state)
{
	(void)state;
	assert_true(op_name_is_good("0-z"));
	assert_false(op_name_is_good("in b"));
	assert_false(op_name_is_good("in*"));
	assert_false(op_name_is_good("INB"));
	assert_false(op_name_is_good("inb\n"));
}

/* Of every character the expression says what the function says. */
static void test_pattern(void **state)
{
	regex_t pattern;

	(void)state;
	assert_int_equal(regcomp(&pattern, OP_NAME_PATTERN, REG_EXTENDED | REG_NOSUB), 0);
	for (int c = 1; c < 128; c++) {
		char name[] = { 'a', (char)c, '\0' };

		assert_int_equal(op_name_is_good(name), !regexec(&pattern, name, 0, NULL, 0));
	}
	assert_false(regexec(&pattern, "tsc-deadline-far1", 0, NULL, 0));
	assert_true(regexec(&pattern, "tsc-deadline-far12", 0, NULL, 0));
	regfree(&pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
