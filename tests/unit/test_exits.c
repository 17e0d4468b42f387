// SPDX-License-Identifier: GPL-2.0-only
/* Exits and their times, made of events as the tracepoints give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "counts/answers.h"
#include "counts/exits.h"

#define KHZ	  1000000 /* a tick is a nanosecond */
#define PREEMPTED 0x100
#define SLEEPS	  1

static const struct watching_costs free_of_charge;

static void event(struct exits *exits, uint64_t tsc, enum event_kind kind, uint64_t value)
{
	const struct event e = { .tsc = tsc, .kind = kind, .value = value };

	exits_event(exits, &e);
}

static struct counted_sample between(const struct exits *exits, uint64_t start, uint64_t end,
				     const struct watching_costs *costs)
{
	struct counted_sample sample = { .start = start, .end = end };

	exits_between(exits, false, costs, &sample, NULL);
	return sample;
}

/* In the kernel alone; what is before and behind the window is not in it. */
static void test_kernel(void **state)
{
	struct exits *exits = exits_new(1, KHZ);
	struct counted_sample s;

	(void)state;
	assert_false(exits_any(exits));
	for (uint64_t t = 1000; t <= 3000; t += 1000) {
		event(exits, t, EVENT_EXIT, 10);
		event(exits, t + 300, EVENT_ENTRY, 0);
	}
	s = between(exits, 1900, 2400, &free_of_charge);
	assert_true(exits_any(exits));
	assert_int_equal(s.exits, 1);
	assert_int_equal(s.exit, 2000);
	assert_int_equal(s.entry, 2300);
	assert_int_equal(s.kernel, 300);
	assert_int_equal(s.user + s.halted + s.descheduled + s.watching, 0);
	assert_int_equal(between(exits, 1301, 1999, &free_of_charge).exits, 0);
	assert_int_equal(between(exits, 1000, 3000, &free_of_charge).exits, 3);
	exits_free(exits);
}

/* Userspace, where the thread also waits; a halt; another thread in between. */
static void test_parts(void **state)
{
	struct exits *exits = exits_new(1, KHZ);
	struct counted_sample s;

	(void)state;
	event(exits, 100, EVENT_EXIT, 1);
	event(exits, 110, EVENT_RUN_END, 0);
	event(exits, 120, EVENT_SWITCH_OUT, PREEMPTED);
	event(exits, 130, EVENT_SWITCH_IN, 0);
	event(exits, 160, EVENT_RUN_BEGIN, 1);
	event(exits, 170, EVENT_SWITCH_OUT, 0);
	event(exits, 175, EVENT_SWITCH_IN, 0);
	event(exits, 180, EVENT_SWITCH_OUT, PREEMPTED);
	event(exits, 183, EVENT_SWITCH_IN, 0);
	event(exits, 200, EVENT_SWITCH_OUT, SLEEPS);
	event(exits, 300, EVENT_SWITCH_IN, 0);
	event(exits, 305, EVENT_WOKEN, 104);
	event(exits, 400, EVENT_ENTRY, 0);
	s = between(exits, 0, 1000, &free_of_charge);
	assert_int_equal(s.user, 50);
	assert_int_equal(s.descheduled, 5 + 3);
	assert_int_equal(s.halted, 104);
	assert_int_equal(s.kernel, 300 - 50 - 8 - 104);
	exits_free(exits);
}

/* One event's cost of an exit lies between its stamps, and one of a return on either side. */
static void test_costs(void **state)
{
	const struct watching_costs costs = { .exit = 12, .entry = 8, .userspace = 6 };
	struct exits *exits = exits_new(1, KHZ);
	struct counted_sample s;

	(void)state;
	event(exits, 100, EVENT_EXIT, 1);
	event(exits, 200, EVENT_RUN_END, 0);
	event(exits, 250, EVENT_RUN_BEGIN, 1);
	event(exits, 300, EVENT_ENTRY, 0);
	s = between(exits, 0, 1000, &costs);
	assert_int_equal(s.user, 50 - 3);
	/* As the probe takes it off: of the stamps, less the other parts. */
	assert_int_equal(300 - 100 - s.user - s.watching, 200 - 50 - 10 - 3);
	assert_int_equal(s.kernel - s.watching, 200 - 50 - 10 - 3);
	exits_free(exits);
}

/* What the tracepoints do not see is added to the kernel, and moves the stamps. */
static void test_outside(void **state)
{
	const struct watching_costs costs = { .before_exit = 20,
					      .behind_entry = 30,
					      .around_userspace = 5 };
	struct exits *exits = exits_new(1, KHZ);
	struct counted_sample s;

	(void)state;
	event(exits, 100, EVENT_EXIT, 1);
	event(exits, 200, EVENT_RUN_END, 0);
	event(exits, 250, EVENT_RUN_BEGIN, 1);
	event(exits, 300, EVENT_ENTRY, 0);
	s = between(exits, 0, 1000, &costs);
	assert_int_equal(s.exit, 80);
	assert_int_equal(s.entry, 330);
	assert_int_equal(s.user, 45);
	assert_int_equal(s.kernel, 250 - 45);
	assert_int_equal(s.watching, 0);
	event(exits, 400, EVENT_EXIT, 1);
	s = between(exits, 400, 1000, &costs);
	assert_int_equal(s.exit, 380);
	assert_int_equal(s.entry, 0);
	assert_int_equal(s.kernel, 0);
	exits_free(exits);
}

/* Exits by functions are exits, but none that a tracepoint has shown, and have no reason. */
static void test_functions(void **state)
{
	struct exits *exits = exits_new(1, KHZ);
	struct exit_totals t;

	(void)state;
	event(exits, 100, EVENT_LEFT, 0);
	event(exits, 140, EVENT_ENTRY, 0);
	assert_int_equal(between(exits, 0, 1000, &free_of_charge).kernel, 40);
	assert_false(exits_any(exits));
	exits_total(exits, true, &t);
	assert_int_equal(t.reason_count, 0);
	exits_free(exits);
}

static void test_totals(void **state)
{
	struct exits *exits = exits_new(2, KHZ);
	struct event other = { .tsc = 150, .kind = EVENT_EXIT, .thread = 1, .value = 7 };
	struct exit_totals t;

	(void)state;
	event(exits, 100, EVENT_EXIT, 7);
	event(exits, 140, EVENT_ENTRY, 0);
	exits_event(exits, &other);
	other.tsc = 170;
	other.kind = EVENT_ENTRY;
	exits_event(exits, &other);
	event(exits, 180, EVENT_EXIT, 9);
	exits_total(exits, true, &t);
	assert_int_equal(t.reason_count, 2);
	assert_int_equal(t.reasons[0].exits, 1);
	assert_int_equal(t.kernel, 40);
	exits_total(exits, false, &t);
	assert_int_equal(t.reason_count, 2);
	assert_int_equal(t.reasons[0].reason, 7);
	assert_int_equal(t.reasons[0].exits, 2);
	assert_int_equal(t.kernel, 60);

	/* What is not over is kept, and the totals are. */
	exits_forget(exits);
	assert_int_equal(between(exits, 0, 1000, &free_of_charge).exits, 1);
	event(exits, 190, EVENT_ENTRY, 0);
	assert_int_equal(between(exits, 0, 1000, &free_of_charge).kernel, 10);
	exits_total(exits, false, &t);
	assert_int_equal(t.kernel, 70);
	exits_free(exits);
}

/* Events of before the first exit belong to none. */
static void test_begins_anywhere(void **state)
{
	struct exits *exits = exits_new(1, KHZ);

	(void)state;
	event(exits, 10, EVENT_ENTRY, 0);
	event(exits, 20, EVENT_RUN_BEGIN, 1);
	event(exits, 30, EVENT_SWITCH_IN, 0);
	event(exits, 40, EVENT_WOKEN, 1000);
	event(exits, 100, EVENT_EXIT, 1);
	event(exits, 110, EVENT_ENTRY, 0);
	event(exits, 120, EVENT_ENTRY, 0);
	assert_int_equal(between(exits, 0, 1000, &free_of_charge).exits, 1);
	assert_int_equal(between(exits, 0, 1000, &free_of_charge).kernel, 10);
	exits_free(exits);
}

/* A guest can write anything: costs that no host has are not taken. */
static void test_costs_refused(void **state)
{
	static struct count_channel channel;
	struct watching_costs costs = { 0 };

	(void)state;
	channel.costs = (struct watching_costs){ .exit = 650, .behind_entry = -7 };
	assert_true(answer_costs(&channel, &costs));
	assert_int_equal(costs.exit, 650);
	channel.costs.userspace = INT64_MAX;
	assert_false(answer_costs(&channel, &costs));
	assert_int_equal(costs.userspace, 0);
	channel.costs = (struct watching_costs){ .before_exit = INT64_MIN };
	assert_false(answer_costs(&channel, &costs));
	assert_int_equal(costs.exit, 650);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_costs),		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_begins_anywhere), cmocka_unit_test(test_outside),
		cmocka_unit_test(test_functions),	cmocka_unit_test(test_costs_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
