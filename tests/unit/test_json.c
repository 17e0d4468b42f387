// SPDX-License-Identifier: GPL-2.0-only
/* JSON as RFC 8259 has it, and the lines' CRC-32. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "report/json.h"

static char text[1024];
static size_t length;

static void put(void *context, char c)
{
	(void)context;
	assert_true(length + 1 < sizeof(text));
	text[length++] = c;
	text[length] = '\0';
}

static struct json start(void)
{
	struct json j;

	length = 0;
	text[0] = '\0';
	json_init(&j, put);
	return j;
}

static void test_every_kind_of_value(void **state)
{
	struct json j = start();

	(void)state;
	json_open(&j, NULL, '{');
	json_string(&j, "s", "x");
	json_number(&j, "n", INT64_MIN);
	json_unsigned(&j, "u", UINT64_MAX);
	json_bool(&j, "t", true);
	json_bool(&j, "f", false);
	json_null(&j, "z");
	json_string(&j, "no", NULL);
	json_open(&j, "a", '[');
	json_number(&j, NULL, 1);
	json_open(&j, NULL, '[');
	json_close(&j, ']');
	json_open(&j, NULL, '{');
	json_number(&j, "k", 2);
	json_close(&j, '}');
	json_close(&j, ']');
	json_milli(&j, "m", 1);
	json_milli(&j, "m", -2500);
	json_close(&j, '}');
	assert_string_equal(text, "{\"s\":\"x\",\"n\":-9223372036854775808,"
				  "\"u\":18446744073709551615,\"t\":true,\"f\":false,\"z\":null,"
				  "\"no\":null,\"a\":[1,[],{\"k\":2}],\"m\":0.001,\"m\":-2.500}\n");
	assert_int_equal(j.lines, 1);
}

static void test_strings_are_escaped(void **state)
{
	struct json j = start();

	(void)state;
	json_open(&j, NULL, '{');
	json_string(&j, "a\"b", "q\" b\\ n\n t\t \x7f \xe9 \x01");
	json_close(&j, '}');
	assert_string_equal(
		text, "{\"a\\\"b\":\"q\\\" b\\\\ n\\u000a t\\u0009 \\u007f \\u00e9 \\u0001\"}\n");
}

/* The check value of CRC-32: its CRC of "123456789" is cbf43926. */
static void test_crc_is_that_of_the_bytes(void **state)
{
	struct json j = start();
	uint32_t crc = UINT32_MAX;

	(void)state;
	for (int i = 0; i < 3; i++) {
		json_open(&j, NULL, '{');
		json_number(&j, "i", i);
		json_close(&j, '}');
	}
	assert_int_equal(j.lines, 3);
	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)text[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	assert_int_equal(j.crc, crc);

	j = start();
	j.depth = 1; /* digits without commas */
	for (const char *c = "123456789"; *c; c++) {
		j.first = true;
		json_number(&j, NULL, *c - '0');
	}
	assert_string_equal(text, "123456789");
	assert_true(~j.crc == 0xcbf43926);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_of_value),
		cmocka_unit_test(test_strings_are_escaped),
		cmocka_unit_test(test_crc_is_that_of_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
