// SPDX-License-Identifier: GPL-2.0-only
/* The row of a command's table that --format or a file's name asks for, and what is refused. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "lib/format_choice.h"

/* Larger than the part that is compared. */
struct row {
	struct format format;
	int code;
};

static const struct row rows[] = {
	{ { "text", { ".txt" } }, 1 },
	{ { "html", { ".html", ".htm" } }, 2 },
	{ { "sql", { ".sql" } }, 3 },
	{ .format = { 0 } },
};

static void takes(const char *name, const char *path, int code)
{
	char message[128] = "";
	const struct row *row =
		format_choose(rows, sizeof(rows[0]), name, path, message, sizeof(message));

	assert_non_null(row);
	assert_int_equal(row->code, code);
	assert_string_equal(message, "");
}

static void refuses(const char *name, const char *path, const char *wanted)
{
	char message[128];

	assert_null(format_choose(rows, sizeof(rows[0]), name, path, message, sizeof(message)));
	assert_string_equal(message, wanted);
}

static void test_name(void **state)
{
	(void)state;
	takes("text", NULL, 1);
	takes("sql", NULL, 3);
	takes("html", "x.sql", 2);
	takes("html", "x.pdf", 2);
	refuses("pdf", "x.html", "--format pdf: unknown; use text, html or sql");
	refuses("", NULL, "--format : unknown; use text, html or sql");
	refuses("ht", NULL, "--format ht: unknown; use text, html or sql");
}

static void test_suffix(void **state)
{
	(void)state;
	takes(NULL, NULL, 1);
	takes(NULL, "-", 1);
	takes(NULL, "plain", 1);
	takes(NULL, "a.b/plain", 1);
	takes(NULL, "../plain", 1);
	takes(NULL, "x.txt", 1);
	takes(NULL, "a.b/x.html", 2);
	takes(NULL, "x.y.htm", 2);
	takes(NULL, ".sql", 3);
	refuses(NULL, "x.pdf", "x.pdf: the suffix .pdf names no format; use -f text, html or sql");
	refuses(NULL, "x.", "x.: the suffix . names no format; use -f text, html or sql");
	refuses(NULL, "x.HTML",
		"x.HTML: the suffix .HTML names no format; use -f text, html or sql");
}

static void test_message_that_does_not_fit(void **state)
{
	char message[16];

	(void)state;
	assert_null(format_choose(rows, sizeof(rows[0]), "pdf", NULL, message, sizeof(message)));
	assert_string_equal(message, "--format pdf: u");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_message_that_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
