// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the plugin keeps: each thing once, in no more memory than allowed; what it
 * writes is what exitprobe reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "intern.h"
#include "profile/trace.h"
#include "trace.h"

static void interned_once(void **state)
{
	struct intern t = { 0 };
	char text[32];
	size_t size;

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < 20000; i++) {
			snprintf(text, sizeof(text), "string %u", i);
			assert_int_equal(intern_add(&t, text, strlen(text), SIZE_MAX), i);
		}
	}
	assert_int_equal(t.count, 20000);
	assert_memory_equal(intern_get(&t, 12345, &size), "string 12345", 12);
	assert_int_equal(size, 12);
	intern_free(&t);
}

static void memory_ends_at_the_limit(void **state)
{
	struct intern t = { 0 };
	uint64_t number;

	(void)state;
	for (number = 0; number < 1000; number++)
		if (intern_add(&t, &number, sizeof(number), 800) == INTERN_NONE)
			break;
	assert_int_equal(number, 100);
	/* What is there is still found. */
	number = 5;
	assert_int_equal(intern_add(&t, &number, sizeof(number), 800), 5);
	intern_free(&t);
}

/* A block of @insns NOPs at @address. */
static const struct block *block_at(uint64_t address, uint32_t insns)
{
	struct {
		struct trace_block head;
		unsigned char rest[64];
	} record = { .head = { address, insns, insns } };

	memset(record.rest, 1, insns);
	memset(record.rest + insns, 0x90, insns);
	return trace_block(&record, (uint32_t)sizeof(record.head) + 2 * insns);
}

static void one_window(const struct block *a, const struct block *b, uint64_t guest)
{
	uint32_t path;

	trace_window_begin();
	trace_window_step(a, 4);
	for (int i = 0; i < 1000; i++)
		trace_window_step(b, 2);
	trace_window_user(77);
	path = trace_window_end(4 + 2000 + 77, true);
	assert_int_not_equal(path, TRACE_NO_PATH);
	trace_sample_exit(path, guest);
}

static void written_and_read(void **state)
{
	char path[] = "/tmp/exitprobe-trace-XXXXXX";
	const struct block *a = block_at(0xffffffff81000000, 4);
	const struct block *b = block_at(0xffffffff81000100, 2);
	int fd = mkstemp(path);
	struct trace t;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_ptr_equal(block_at(0xffffffff81000000, 4), a);
	assert_ptr_not_equal(block_at(0xffffffff81000000, 3), a);
	for (int i = 0; i < 3; i++) {
		trace_sample_begin(1);
		one_window(a, b, 10);
		one_window(a, b, i == 2 ? 6 : 5);
		trace_sample_end(2, 4200, 3);
	}
	assert_true(trace_write(path));
	assert_true(trace_read(&t, path));
	assert_int_equal(t.header->blocks, 3);
	assert_int_equal(t.header->paths, 1);
	assert_int_equal(t.header->samples, 2);
	assert_int_equal(t.header->windows, 6);
	assert_int_equal(t.header->log_entries, 3);
	assert_int_equal(t.log[0], 0);
	assert_int_equal(t.log[1], 0);
	assert_int_equal(t.log[2], 1);
	assert_int_equal(t.paths[0]->windows, 6);
	assert_int_equal(t.paths[0]->outside, 0);
	assert_int_equal(t.paths[0]->steps, 3);
	assert_int_equal(trace_steps(t.paths[0])[1].repeat, 1000);
	assert_int_equal(trace_steps(t.paths[0])[2].block, TRACE_USER);
	assert_int_equal(trace_exits(t.samples[1])[1].guest, 6);
	trace_free(&t);

	/* A file that was cut off is none. */
	assert_int_equal(truncate(path, 200), 0);
	assert_false(trace_read(&t, path));
	trace_free(&t);
	unlink(path);
}

/* A window that never ends is counted, and not kept. */
static void endless_window(void **state)
{
	const struct block *a = block_at(0xffffffff81000000, 4);
	const struct block *b = block_at(0xffffffff81000100, 2);

	(void)state;
	trace_window_begin();
	for (int i = 0; i < 3 * 1024 * 1024; i++) {
		trace_window_step(a, 4);
		trace_window_step(b, 2);
	}
	assert_int_equal(trace_window_end(18 * 1024 * 1024, true), TRACE_NO_PATH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interned_once),
		cmocka_unit_test(memory_ends_at_the_limit),
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(endless_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
