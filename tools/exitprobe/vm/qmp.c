// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/process.h"
#include "results/reader.h"

#define CHUNK	  4096
#define SIGNAL_MS 200
#define OTHERS_MS 20 /* where others are to be looked at as well */

/* Append what is there; false: nothing was. */
static bool fill(struct qmp *qmp)
{
	ssize_t got = recv(qmp->fd, lines_room(&qmp->lines, CHUNK), CHUNK, MSG_DONTWAIT);

	if (got > 0) {
		lines_added(&qmp->lines, (size_t)got);
		return true;
	}
	if (!got || (errno != EAGAIN && errno != EINTR))
		qmp->closed = true;
	return false;
}

/* The next message that is no event, or NULL. */
static json_t *next_message(struct qmp *qmp)
{
	char *line;

	while ((line = lines_next(&qmp->lines))) {
		json_t *message = json_loads(line, 0, NULL);
		const char *event = json_string_value(json_object_get(message, "event"));

		if (message && !event)
			return message;
		/* A KVM that cannot go on stops the machine, and nothing else. */
		if (event && (!strcmp(event, "SHUTDOWN") || !strcmp(event, "STOP")))
			qmp->shutdown = true;
		json_decref(message);
	}
	return NULL;
}

void qmp_receive(struct qmp *qmp)
{
	do {
		/* An answer that nobody waits for any more. */
		json_decref(next_message(qmp));
	} while (fill(qmp));
}

static json_t *wait_message(struct qmp *qmp, int timeout_ms)
{
	long long end = process_now_ms() + timeout_ms;
	json_t *message;

	while (!(message = next_message(qmp)) && !qmp->closed) {
		struct pollfd fd = { .fd = qmp->fd, .events = POLLIN };
		long long left = end - process_now_ms();
		/* A signal may come between the test and this. */
		int most = qmp->meanwhile ? OTHERS_MS : SIGNAL_MS;

		if (fill(qmp))
			continue;
		if (left <= 0 || process_interrupted)
			break;
		if (qmp->meanwhile && !qmp->meanwhile(qmp->data)) {
			/* It may have answered and ended since. */
			while (fill(qmp))
				;
			return next_message(qmp);
		}
		poll(&fd, 1, left < most ? (int)left : most);
	}
	return message;
}

/* One to a command before that came too late is not it. */
static json_t *wait_answer(struct qmp *qmp, unsigned int id, int timeout_ms)
{
	long long end = process_now_ms() + timeout_ms;
	json_t *answer;

	for (;;) {
		long long left = end - process_now_ms();

		answer = wait_message(qmp, left > 0 ? (int)left : 0);
		if (!answer || json_integer_value(json_object_get(answer, "id")) == id)
			return answer;
		json_decref(answer);
	}
}

json_t *qmp_execute(struct qmp *qmp, const char *command, json_t *arguments, int timeout_ms)
{
	unsigned int id = ++qmp->last_id;
	json_t *request = json_pack("{s:s, s:i}", "execute", command, "id", (int)id);
	json_t *answer, *result;
	const char *refusal;
	char *text;
	bool sent;

	if (arguments)
		json_object_set_new(request, "arguments", arguments);
	text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	sent = send(qmp->fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
	free(text);
	if (!sent)
		return NULL;
	answer = wait_answer(qmp, id, timeout_ms);
	refusal = json_string_value(json_object_get(json_object_get(answer, "error"), "desc"));
	text = reader_fit_text(refusal ? refusal : "", sizeof(qmp->refusal) - 1);
	snprintf(qmp->refusal, sizeof(qmp->refusal), "%s", text);
	free(text);
	result = refusal ? NULL : json_incref(json_object_get(answer, "return"));
	json_decref(answer);
	return result;
}

/* An element for each vCPU, in it one for each of its statistics. */
json_int_t qmp_stats_sum(const json_t *answer)
{
	json_t *cpu, *stat;
	json_int_t sum = -1;
	size_t i, j;

	json_array_foreach(answer, i, cpu) {
		json_array_foreach(json_object_get(cpu, "stats"), j, stat) {
			json_t *value = json_object_get(stat, "value");

			if (!json_is_integer(value))
				continue;
			sum = sum < 0 ? 0 : sum;
			if (json_integer_value(value) < 0 ||
			    json_integer_value(value) > INT64_MAX - sum)
				return -1;
			sum += json_integer_value(value);
		}
	}
	return sum;
}

bool qmp_open(struct qmp *qmp, int timeout_ms)
{
	json_t *greeting, *answer;
	bool ready;
	int major = 0, minor = 0, micro = 0;

	greeting = wait_message(qmp, timeout_ms);
	if (!greeting)
		return false;
	json_unpack(greeting, "{s:{s:{s:{s:i,s:i,s:i}}}}", "QMP", "version", "qemu", "major",
		    &major, "minor", &minor, "micro", &micro);
	snprintf(qmp->version, sizeof(qmp->version), "%d.%d.%d", major, minor, micro);
	json_decref(greeting);
	answer = qmp_execute(qmp, "qmp_capabilities", NULL, timeout_ms);
	ready = answer;
	json_decref(answer);
	return ready;
}

void qmp_close(struct qmp *qmp)
{
	lines_free(&qmp->lines);
	close(qmp->fd);
}
