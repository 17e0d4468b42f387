// SPDX-License-Identifier: GPL-2.0-only
/* The probe's records as a profile's boot prints them: counted, and checked by CRC-32. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "profile/output.h"
#include "results/record_stream.h"

static const char meta[] = "{\"record\":\"meta\",\"schema\":1}\n";
static const char op[] = "{\"record\":\"op\",\"op\":\"cpuid\",\"outcome\":\"measured\"}\n";
static const char symbol[] = "ffffffff81000000 T _stext\n";

/* The end of these two, with @count records in it and a CRC-32 off by @off. */
static char *end_record(unsigned int count, uint32_t off)
{
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)meta, sizeof(meta) - 1);
	char *text;

	crc = (uint32_t)crc32(crc, (const Bytef *)op, sizeof(op) - 1);
	assert_true(asprintf(&text, "{\"record\":\"end\",\"records\":%u,\"crc32\":\"%08x\"}\n",
			     count, crc + off) > 0);
	return text;
}

/* What a profile's boot makes of an output of these lines; whether symbols are kept in *@kept. */
static enum profile_end end_of(const char *first, const char *second, const char *end, bool *kept)
{
	char directory[] = "/tmp/exitprobe-unit-XXXXXX", output[64], symbols[64];
	struct profile_boot b = { 0 };
	enum profile_end result;
	FILE *to;

	assert_non_null(mkdtemp(directory));
	snprintf(output, sizeof(output), "%s/output", directory);
	snprintf(symbols, sizeof(symbols), "%s/symbols", directory);
	to = fopen(output, "w");
	assert_non_null(to);
	fprintf(to, "some text\n%s%s%s%s", first, second, end, symbol);
	fclose(to);
	result = output_read(&b, output, symbols);
	*kept = !unlink(symbols);
	unlink(output);
	assert_int_equal(rmdir(directory), 0);
	json_decref(b.meta);
	json_decref(b.op);
	return result;
}

static void test_whole(void **state)
{
	char *end = end_record(2, 0);
	bool kept;

	(void)state;
	assert_int_equal(end_of(meta, op, end, &kept), PROFILE_TAKEN);
	assert_true(kept);
	free(end);
}

static void test_damaged(void **state)
{
	char *end = end_record(2, 0), *off = end_record(2, 1), *more = end_record(3, 0);
	char changed[sizeof(op)];
	bool kept;

	(void)state;
	memcpy(changed, op, sizeof(op));
	memcpy(strstr(changed, "cpuid"), "rdtsc", 5);
	/* A digit of the CRC, a record lost, one that is another, no end, no JSON. */
	assert_int_equal(end_of(meta, op, off, &kept), PROFILE_FAILED);
	assert_false(kept);
	assert_int_equal(end_of(meta, op, more, &kept), PROFILE_FAILED);
	assert_int_equal(end_of(meta, changed, end, &kept), PROFILE_FAILED);
	assert_int_equal(end_of(meta, op, "", &kept), PROFILE_FAILED);
	assert_int_equal(end_of("{meta\n", op, end, &kept), PROFILE_FAILED);
	free(end);
	free(off);
	free(more);
}

/* A line that is no JSON, which the end agrees with all the same. */
static void test_bad_line(void **state)
{
	static const char line[] = "{nothing\n";
	struct record_stream stream = { 0 };
	char end[80];

	(void)state;
	assert_null(record_stream_line(&stream, line));
	snprintf(end, sizeof(end), "{\"record\":\"end\",\"records\":1,\"crc32\":\"%08x\"}\n",
		 (unsigned int)crc32(0, (const Bytef *)line, sizeof(line) - 1));
	json_decref(record_stream_line(&stream, end));
	assert_true(stream.ended && stream.bad && !stream.whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bad_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
