// SPDX-License-Identifier: GPL-2.0-only
/* How long exitprobe run waits for QEMU's log of writes, which the probe waits for itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "count_channel.h"
#include "lib/process.h"
#include "vm/help.h"

#define PROBE_WAITS_MS 20000 /* ANSWER_MS, probe-os/run.c */

/* In the place of the clock and of QEMU. */
static long long now_ms, begins_ms, ends_ms;
static int answer_ms; /* how long an answer takes; -1: none comes */

volatile sig_atomic_t process_interrupted;

long long process_now_ms(void)
{
	return now_ms;
}

int usleep(useconds_t us)
{
	now_ms += us / 1000;
	return 0;
}

bool ivshmem_take_back(struct ivshmem *ivshmem)
{
	return ivshmem;
}

json_t *qmp_execute(struct qmp *qmp, const char *command, json_t *arguments, int timeout_ms)
{
	const char *status = "unstarted";

	(void)qmp;
	json_decref(arguments);
	if (answer_ms < 0 || answer_ms > timeout_ms) {
		now_ms += timeout_ms;
		return NULL;
	}
	now_ms += answer_ms;
	if (!strcmp(command, "calc-dirty-rate"))
		return json_object();
	if (now_ms >= begins_ms)
		status = now_ms >= ends_ms ? "measured" : "measuring";
	return json_pack("{s:s}", "status", status);
}

/* Let QEMU log from @begins to @ends; return whether it was seen to. */
static bool ask(uint32_t request, long long begins, long long ends, int answer)
{
	now_ms = 0;
	begins_ms = begins;
	ends_ms = ends;
	answer_ms = answer;
	return help_answer(request, NULL, NULL);
}

static void test_in_time(void **state)
{
	(void)state;
	assert_true(ask(COUNT_LOG_BEGIN, 50, 1050, 1));
	assert_true(now_ms >= 50 && now_ms < 300);
	assert_true(ask(COUNT_LOG_END, 0, 900, 1));
	assert_true(now_ms >= 900 && now_ms < 1000);
	/* It was over before it was seen. */
	assert_false(ask(COUNT_LOG_BEGIN, 50, 90, 1));
}

/* The refusal comes before the probe gives up. */
static void test_too_late(void **state)
{
	static const int answers[] = { 1, 5000, 10500, -1 };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		assert_false(ask(COUNT_LOG_BEGIN, 1000000, 2000000, answers[i]));
		assert_true(now_ms < PROBE_WAITS_MS - 5000);
		assert_false(ask(COUNT_LOG_END, 0, 1000000, answers[i]));
		assert_true(now_ms < PROBE_WAITS_MS - 5000);
	}
	/* The first wait takes most of it, and the second what is left. */
	assert_false(ask(COUNT_LOG_BEGIN, 10800, 10850, 1));
	assert_true(now_ms < PROBE_WAITS_MS - 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
