// SPDX-License-Identifier: GPL-2.0-only
/* The formatter against the C library's on all that both know. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/format.h"

/* Ours and the C library's agree in text and length. */
#define SAME(...)                                                                                  \
	do {                                                                                       \
		char ours[128], libc[128];                                                         \
		int length = format_text(ours, sizeof(ours), __VA_ARGS__);                         \
		assert_int_equal(length, snprintf(libc, sizeof(libc), __VA_ARGS__));               \
		assert_string_equal(ours, libc);                                                   \
	} while (0)

static void test_integers(void **state)
{
	(void)state;
	SAME("%d %i %u", 0, -1, 42u);
	SAME("%d %d", INT_MAX, INT_MIN);
	SAME("%ld %ld %lu", LONG_MAX, LONG_MIN, ULONG_MAX);
	SAME("%lld %llu", LLONG_MIN, ULLONG_MAX);
	SAME("%x %X %lx", 0xdeadbeefu, 0xdeadbeefu, 0x123456789abcul);
	SAME("%zu", (size_t)SIZE_MAX);
}

static void test_width(void **state)
{
	(void)state;
	SAME("[%5d] [%-5d] [%05d]", 42, 42, 42);
	SAME("[%5d] [%-5d] [%05d]", -42, -42, -42);
	SAME("[%1d] [%*d] [%*d]", 12345, 6, 7, -6, 7);
	SAME("[%08x] [%8x] [%-8x]", 0xbeefu, 0xbeefu, 0xbeefu);
	SAME("[%20lu]", ULONG_MAX);
}

static void test_text(void **state)
{
	(void)state;
	SAME("[%s] [%8s] [%-8s]", "abc", "abc", "abc");
	SAME("[%.2s] [%.*s] [%8.1s]", "abc", 1, "abc", "abc");
	SAME("[%s] [%2s]", "", "abc");
	SAME("%c%c%%", 'x', 'y');
}

static void test_truncation(void **state)
{
	char text[4] = "zzz";

	(void)state;
	assert_int_equal(format_text(text, sizeof(text), "%s", "abcdef"), 6);
	assert_string_equal(text, "abc");
	assert_int_equal(format_text(text, 1, "%d", 7), 1);
	assert_string_equal(text, "");
	memcpy(text, "zzz", 4);
	assert_int_equal(format_text(text, 0, "%d", 7), 1);
	assert_string_equal(text, "zzz");
}

static void test_unknown_conversion_is_copied(void **state)
{
	char text[16];
	const char *unknown = "a%qb", *lone = "end%";

	(void)state;
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	assert_int_equal(format_text(text, sizeof(text), unknown), 4);
	assert_string_equal(text, "a%qb");
	assert_int_equal(format_text(text, sizeof(text), lone), 4);
	assert_string_equal(text, "end%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_unknown_conversion_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
