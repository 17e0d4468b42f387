// SPDX-License-Identifier: GPL-2.0-only
/* Text as a part of other languages, and the reader's refusal of what is more than text. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/escape.h"
#include "results/reader.h"

/* What @escape makes of @text is @wanted. */
static void becomes(void (*escape)(FILE *, const char *), const char *text, const char *wanted)
{
	char *got = NULL;
	size_t length;
	FILE *to = open_memstream(&got, &length);

	escape(to, text);
	fclose(to);
	assert_string_equal(got, wanted);
	free(got);
}

static void test_xml(void **state)
{
	(void)state;
	becomes(escape_xml, "</script><img src=x onerror='a(\"b\")'>&",
		"&lt;/script&gt;&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;");
	becomes(escape_xml, "\303\244 \342\202\254 \360\237\230\200",
		"\303\244 \342\202\254 \360\237\230\200");
	becomes(escape_xml, "a\357\277\276b\357\277\277c\357\277\275", "a?b?c\357\277\275");
	becomes(escape_xml, "", "");
}

static void test_csv(void **state)
{
	(void)state;
	becomes(escape_csv, "plain text", "plain text");
	becomes(escape_csv, "a,b", "\"a,b\"");
	becomes(escape_csv, "say \"x\"", "\"say \"\"x\"\"\"");
	becomes(escape_csv, "a\r\nb", "\"a\r\nb\"");
}

static void test_markdown(void **state)
{
	(void)state;
	becomes(escape_markdown, "a|b <i> [c](d) *e*", "a\\|b &lt;i> \\[c\\](d) \\*e\\*");
}

static void test_label(void **state)
{
	(void)state;
	becomes(escape_label, "a\"b\\c\nd", "a\\\"b\\\\c\\nd");
}

static void test_tap(void **state)
{
	(void)state;
	becomes(escape_tap, "a # SKIP \\", "a \\# SKIP \\\\");
}

static bool is_refused(const char *text)
{
	char message[200];
	struct reader r;
	json_t *value = json_pack("{s:[s, {s:s}]}", "outer", "fine", "inner", text);

	reader_init(&r, "file", message, sizeof(message));
	reader_check_text(&r, value, 100);
	json_decref(value);
	if (r.failed)
		assert_non_null(strstr(message, "file: outer[1].inner: a text"));
	return r.failed;
}

static void test_sql(void **state)
{
	(void)state;
	becomes(escape_sql, "web1", "'web1'");
	becomes(escape_sql, "", "''");
	becomes(escape_sql, "'); DROP TABLE x; --", "'''); DROP TABLE x; --'");
	becomes(escape_sql, "\\'", "E'\\\\'''");
}

static void test_text_that_is_more(void **state)
{
	char longest[102] = "";

	(void)state;
	assert_false(is_refused("AMD EPYC 7B12 (\302\256)"));
	assert_false(is_refused("\303\274\342\200\246\346\227\245"));
	assert_true(is_refused("\033[2J"));
	assert_true(is_refused("a\nb"));
	assert_true(is_refused("a\tb"));
	assert_true(is_refused("\177"));
	assert_true(is_refused("\302\233"
			       "31m")); /* U+009B, CSI */
	assert_true(is_refused("\342\200\256"
			       "gpj.exe")); /* U+202E, right to left */
	assert_true(is_refused("\342\201\246"
			       "x")); /* U+2066, isolate */
	memset(longest, 'x', 100);
	assert_false(is_refused(longest));
	memset(longest, 'x', 101);
	assert_true(is_refused(longest));
}

/* A key is not named, since it is what must not be shown. */
static void test_key_that_is_more(void **state)
{
	char message[200];
	struct reader r;
	json_t *value = json_pack("{s:{s:i}}", "outer", "\033[2J", 1);

	(void)state;
	reader_init(&r, "file", message, sizeof(message));
	reader_check_text(&r, value, 100);
	assert_true(r.failed);
	assert_string_equal(message, "file: outer: a text has a control character (its byte 0)");
	json_decref(value);
}

static void fits(const char *text, size_t most, const char *wanted)
{
	char *fit = reader_fit_text(text, most);

	assert_string_equal(fit, wanted);
	assert_false(is_refused(fit));
	free(fit);
}

static void test_text_made_fit(void **state)
{
	(void)state;
	fits("console=ttyS0 \303\274", 100, "console=ttyS0 \303\274");
	fits("a\tb\nc\033[2J\177", 100, "a b c [2J ");
	fits("\302\233"
	     "1\302\2401",
	     100,
	     " 1\302\240"
	     "1");
	fits("a\342\200\256b\342\200\246\342\201\246", 100, "a b\342\200\246 ");
	fits("abc", 2, "ab");
	fits("abc", 0, "");
	/* At the end of a character, and within one. */
	fits("a\342\200\246b", 4, "a\342\200\246");
	fits("a\342\200\246b", 3, "a");
	fits("a\342\200\246b", 2, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_sql),
		cmocka_unit_test(test_text_that_is_more),
		cmocka_unit_test(test_key_that_is_more),
		cmocka_unit_test(test_text_made_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
