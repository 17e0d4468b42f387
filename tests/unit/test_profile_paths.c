// SPDX-License-Identifier: GPL-2.0-only
/* Which path of a trace is the first: what path A is called rests on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "profile/paths.h"

#define SAMPLES 8

/* A sample of one exit. */
struct one_exit {
	struct trace_sample sample;
	struct trace_exit exit;
};

static const struct trace_path short_path = { .insns = 100 }, long_path = { .insns = 200 };

/*
 * How the paths of @taken, a path's number for each sample, are ordered, into @order.
 * Returns how many there are.
 */
static size_t order_of(const uint32_t *taken, uint32_t *order)
{
	const struct trace_path *paths[] = { &short_path, &long_path };
	const struct trace_sample *samples[SAMPLES];
	struct trace_header header = { .log_entries = SAMPLES };
	struct one_exit all[SAMPLES];
	struct group *groups;
	uint32_t log[SAMPLES];
	struct trace trace = { .header = &header, .paths = paths, .samples = samples, .log = log };
	size_t count;

	for (uint32_t i = 0; i < SAMPLES; i++) {
		all[i] = (struct one_exit){ { .exits = 1 }, { .path = taken[i] } };
		samples[i] = &all[i].sample;
		log[i] = i;
	}
	count = paths_group(&trace, SAMPLES, &groups);
	for (size_t i = 0; i < count; i++)
		order[i] = trace_exits(groups[i].sample)->path;
	free(groups);
	return count;
}

static void test_commonest_first(void **state)
{
	static const uint32_t taken[SAMPLES] = { 0, 1, 0, 1, 1, 0, 1, 1 };
	uint32_t order[SAMPLES];

	(void)state;
	assert_int_equal(order_of(taken, order), 2);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 0);
}

/* Also if it was not kept: another is not the commonest for that. */
static void test_commonest_first_though_not_kept(void **state)
{
	static const uint32_t taken[SAMPLES] = {
		0, 1, TRACE_NO_PATH, TRACE_NO_PATH, TRACE_NO_PATH, TRACE_NO_PATH, TRACE_NO_PATH, 1
	};
	uint32_t order[SAMPLES];

	(void)state;
	assert_int_equal(order_of(taken, order), 3);
	assert_int_equal(order[0], TRACE_NO_PATH);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 0);
}

/* Of as many samples: what was kept, then what is shorter. */
static void test_as_many(void **state)
{
	static const uint32_t taken[SAMPLES] = { TRACE_NO_PATH, 1, 1, 0, 0, TRACE_NO_PATH, 0, 1 };
	static const uint32_t ties[SAMPLES] = {
		TRACE_NO_PATH, TRACE_NO_PATH, TRACE_NO_PATH, TRACE_NO_PATH, 1, 1, 1, 1
	};
	uint32_t order[SAMPLES];

	(void)state;
	assert_int_equal(order_of(taken, order), 3);
	assert_int_equal(order[0], 0);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], TRACE_NO_PATH);
	assert_int_equal(order_of(ties, order), 2);
	assert_int_equal(order[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commonest_first),
		cmocka_unit_test(test_commonest_first_though_not_kept),
		cmocka_unit_test(test_as_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
