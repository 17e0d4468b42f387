// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/help.h"

#include <string.h>
#include <unistd.h>

#include "count_channel.h"
#include "lib/process.h"

/* Between two looks, and from the thread's begin to its first call of KVM. */
#define LOOK_US	  20000
#define SETTLE_US 100000

/*
 * For a whole request: longer than a log of COUNT_LOG_S can take, and shorter than the probe
 * waits for the answer (ANSWER_MS, probe-os/run.c).
 */
#define LOG_MOST_MS (COUNT_LOG_S * 1000 + 10000)

uint32_t help_offered(const char *accel)
{
	/* Without KVM there are no exits that it could cause. */
	return strcmp(accel, "kvm") ? 0 : COUNT_HELPS_LOG | COUNT_HELPS_TAKE_BACK;
}

bool help_is(uint32_t request)
{
	return request == COUNT_LOG_BEGIN || request == COUNT_LOG_END || request == COUNT_TAKE_BACK;
}

/* Milliseconds until @end; at least 0. */
static int left_until(long long end)
{
	long long left = end - process_now_ms();

	return left > 0 ? (int)left : 0;
}

/* Wait until QEMU's measurement of the dirty rate is in @status.  False: it is not until @end. */
static bool await_status(struct qmp *qmp, const char *status, long long end)
{
	while (left_until(end) && !process_interrupted) {
		json_t *answer = qmp_execute(qmp, "query-dirty-rate", NULL, left_until(end));
		const char *now = json_string_value(json_object_get(answer, "status"));
		bool there = now && !strcmp(now, status), gone = !answer;

		json_decref(answer);
		if (there || gone)
			return there;
		usleep(LOOK_US);
	}
	return false;
}

/*
 * To measure the dirty rate by bitmaps (6.2 and later) QEMU logs all memory as for a
 * migration, and write-protects it.  A thread does that under the lock that the monitor
 * needs too, so after another answer it is done.
 */
static bool begin_log(struct qmp *qmp, long long end)
{
	json_t *answer = qmp_execute(
		qmp, "calc-dirty-rate",
		json_pack("{s:i, s:s}", "calc-time", COUNT_LOG_S, "mode", "dirty-bitmap"),
		left_until(end));

	if (!answer)
		return false;
	json_decref(answer);
	if (!await_status(qmp, "measuring", end))
		return false;
	usleep(SETTLE_US);
	return await_status(qmp, "measuring", end);
}

bool help_answer(uint32_t request, struct ivshmem *ivshmem, struct qmp *qmp)
{
	long long end = process_now_ms() + LOG_MOST_MS;

	switch (request) {
	case COUNT_LOG_BEGIN:
		return begin_log(qmp, end);
	case COUNT_LOG_END:
		return await_status(qmp, "measured", end);
	case COUNT_TAKE_BACK:
		return ivshmem_take_back(ivshmem);
	default:
		return false;
	}
}
