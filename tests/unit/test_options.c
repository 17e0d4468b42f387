// SPDX-License-Identifier: GPL-2.0-only
/* The probe's command line, as loaders hand it over. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdlib.h>
#include <string.h>

#include "options.h"

static char *line;
static char error[128];

static bool parse(const char *text, bool has_path, struct options *o)
{
	free(line);
	line = strdup(text); /* on the heap, so that overruns are seen */
	error[0] = '\0';
	return options_parse(line, has_path, o, error, sizeof(error));
}

static void test_defaults(void **state)
{
	struct options o;

	(void)state;
	assert_true(parse("", false, &o));
	assert_string_equal(o.ops, "*");
	assert_string_equal(o.skip, "");
	assert_string_equal(o.unit, "cycles");
	assert_null(o.host);
	assert_int_equal(o.samples, 0);
	assert_int_equal(o.budget_ms, 0);
	assert_int_equal(o.serial, -1);
	assert_int_equal(o.end, SHUTDOWN_AUTO);
	assert_false(o.screen);
	assert_int_equal(o.smp, 256);
	assert_int_equal(o.format, FORMAT_TABLE);
	assert_false(o.list || o.help);
}

/* What is in an error, a heading or a record goes to a terminal. */
static void test_no_byte_that_steers_a_terminal(void **state)
{
	static const char *const bad[] = { "ops=\033[1m", "nop=\n", "unit=a\177", "host=\302\233" };
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(parse(bad[i], false, &o));
		assert_non_null(strstr(error, "not printable ASCII"));
		assert_null(strpbrk(error, "\033\n\177\302"));
	}
	/* The file's name is the caller's. */
	assert_true(parse("/home/j\303\274rgen/probe.elf list", true, &o));
}

static void test_all_keys(void **state)
{
	struct options o;

	(void)state;
	assert_true(parse("  ops=a,b*  skip=c samples=10000 format=samples unit=x host=y list help "
			  "budget_ms=60000 settle_ms=1200 smp=2",
			  false, &o));
	assert_string_equal(o.ops, "a,b*");
	assert_string_equal(o.skip, "c");
	assert_string_equal(o.unit, "x");
	assert_string_equal(o.host, "y");
	assert_int_equal(o.samples, 10000);
	assert_int_equal(o.format, FORMAT_SAMPLES);
	assert_int_equal(o.budget_ms, 60000);
	assert_int_equal(o.settle_ms, 1200);
	assert_int_equal(o.smp, 2);
	assert_true(o.list && o.help && !o.list_markdown);
	assert_true(parse("list=markdown format=json", false, &o));
	assert_int_equal(o.format, FORMAT_JSON);
	assert_true(o.list_markdown && !o.list);
	assert_true(parse("list=families hosted", false, &o));
	assert_true(o.list_families && o.hosted && !o.list);
	assert_true(parse("screen serial=none end=halt", false, &o));
	assert_true(o.screen);
	assert_int_equal(o.serial, 0);
	assert_int_equal(o.end, SHUTDOWN_HALT);
	assert_true(parse("serial=com2", false, &o));
	assert_int_equal(o.serial, 0x2f8);
	assert_true(parse("serial=0xe010", false, &o));
	assert_int_equal(o.serial, 0xe010);
	assert_true(parse("plant=100", false, &o));
	assert_int_equal(o.plant, 100);
	assert_true(parse("format=tap", false, &o));
	assert_int_equal(o.format, FORMAT_TAP);
}

static void test_path_is_skipped(void **state)
{
	struct options o;

	(void)state;
	assert_true(parse("build/probe.elf ops=nop", true, &o));
	assert_string_equal(o.ops, "nop");
	assert_true(parse("/my files/probe.elf samples=7", true, &o));
	assert_int_equal(o.samples, 7);
	assert_true(parse("/boot/kernel samples=8", true, &o));
	assert_int_equal(o.samples, 8);
	assert_true(parse("probe.elf", true, &o));
	assert_true(parse("probe.elf ", true, &o));
	assert_true(parse("", true, &o));
}

static void test_errors_name_the_word(void **state)
{
	static const struct {
		const char *line, *error;
	} bad[] = {
		{ "lst", "lst: unknown key" },
		{ "op=nop", "op=nop: unknown key" },
		{ "ops", "ops: unknown key" },
		{ "ops=", "ops=: must be names or globs" },
		{ "list=1", "list=1: unknown key" },
		{ "ops=nop opsx=1", "opsx=1: unknown key" },
		{ "samples=0", "samples=0: must be a number from 1 to 10000" },
		{ "samples=10001", "samples=10001: must be" },
		{ "samples=99999999999999999999999", "samples=99999999999999999999999: must be" },
		{ "samples=", "samples=: must be" },
		{ "samples=-1", "samples=-1: must be" },
		{ "samples=1x", "samples=1x: must be" },
		{ "format=xml", "format=xml: must be table, json, tap, samples or none" },
		{ "serial=com5", "serial=com5: must be com1 to com4, a port as 0x3f8, or none" },
		{ "serial=0x", "serial=0x: must be" },
		{ "serial=0x0", "serial=0x0: must be" },
		{ "serial=0x10000", "serial=0x10000: must be" },
		{ "serial=3f8", "serial=3f8: must be" },
		{ "serial=0x3F8", "serial=0x3F8: must be" },
		{ "end=now", "end=now: must be auto, off, reset or halt" },
		{ "counts=", "counts=: must be leaf, host or none" },
		{ "screen=1", "screen=1: unknown key" },
		{ "budget_ms=0", "budget_ms=0: must be a number from 1 to 60000" },
		{ "settle_ms=60001", "settle_ms=60001: must be a number from 0 to 60000" },
		{ "smp=257", "smp=257: must be a number from 1 to 256" },
		{ "smp=", "smp=: must be" },
	};
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(parse(bad[i].line, false, &o));
		assert_memory_equal(error, bad[i].error, strlen(bad[i].error));
	}
	assert_false(parse("probe.elf lst", true, &o));
	assert_non_null(strstr(error, "known are ops= skip="));
}

static void test_glob(void **state)
{
	static const struct {
		const char *glob, *name;
		bool match;
	} cases[] = {
		{ "nop", "nop", true },
		{ "nop", "nops", false },
		{ "nops", "nop", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "", "", true },
		{ "", "a", false },
		{ "in?-*", "inb-kernel", true },
		{ "in?-*", "in-kernel", false },
		{ "*user", "inl-user", true },
		{ "*a*b*", "xxaxxbxx", true },
		{ "*a*b*", "xxbxxaxx", false },
		{ "*ab", "aab", true },
		{ "**", "a", true },
		{ "a*", "b", false },
		{ "?", "", false },
		{ "*?", "a", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(globs_match(cases[i].glob, "f", cases[i].name, ASKED_BY_ANY_GLOB),
				 cases[i].match);
}

static void test_globs(void **state)
{
	(void)state;
	assert_true(globs_match("a,b", "f", "b", ASKED_BY_ANY_GLOB));
	assert_true(globs_match("a*,b", "f", "abc", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("a,b", "f", "a,b", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("a,b", "f", "c", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("", "f", "c", ASKED_BY_ANY_GLOB));
	assert_true(globs_match(",c", "f", "c", ASKED_BY_ANY_GLOB));
	assert_true(globs_match("*", "f", "c", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("*", "f", "c", ASKED_NOT_BY_STAR));
	assert_false(globs_match("a,*", "f", "c", ASKED_NOT_BY_STAR));
	assert_true(globs_match("*,c*", "f", "c", ASKED_NOT_BY_STAR));
	assert_false(globs_match("*,c*,cd?", "f", "cde", ASKED_BY_NAME));
	assert_false(globs_match("cd,cdef", "f", "cde", ASKED_BY_NAME));
	assert_true(globs_match("a,cde,b", "f", "cde", ASKED_BY_NAME));
}

static void test_families(void **state)
{
	(void)state;
	assert_true(globs_match("idle:*", "idle", "hlt-timer", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("idle:*", "time", "hlt-timer", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("idle:*", "idler", "hlt-timer", ASKED_BY_ANY_GLOB));
	assert_true(globs_match("nop,i*:hlt-*", "idle", "hlt-timer", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("i*:hlt-*", "idle", "mwait", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("idle:", "idle", "mwait", ASKED_BY_ANY_GLOB));
	assert_false(globs_match(":mwait", "idle", "mwait", ASKED_BY_ANY_GLOB));
	assert_true(globs_match("*:mwait", "idle", "mwait", ASKED_BY_ANY_GLOB));
	/* A name does not reach over the colon, nor does a star. */
	assert_false(globs_match("id*ait", "idle", "mwait", ASKED_BY_ANY_GLOB));
	assert_false(globs_match("idle", "idle", "mwait", ASKED_BY_ANY_GLOB));
	/* Who names a family asks for all of it, but not for what needs its name. */
	assert_true(globs_match("idle:*", "idle", "mwait", ASKED_NOT_BY_STAR));
	assert_false(globs_match("*:*", "idle", "mwait", ASKED_NOT_BY_STAR));
	assert_true(globs_match("*:m*", "idle", "mwait", ASKED_NOT_BY_STAR));
	assert_false(globs_match("idle:*", "idle", "mwait", ASKED_BY_NAME));
	assert_true(globs_match("idle:mwait", "idle", "mwait", ASKED_BY_NAME));
	assert_false(globs_match("time:mwait", "idle", "mwait", ASKED_BY_NAME));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_no_byte_that_steers_a_terminal),
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_path_is_skipped),
		cmocka_unit_test(test_errors_name_the_word),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_globs),
		cmocka_unit_test(test_families),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(line);
	return failed;
}
