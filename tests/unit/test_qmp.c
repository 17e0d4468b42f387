// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's monitor that answers, or ends, at a moment of the test's choice. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/qmp.h"

#define LONG_MS 20000

/* What QEMU does when it is looked at, which is after its monitor was read for the first time. */
struct monitor {
	int fd; /* QEMU's side */
	const char *says;
	bool ends;
};

static bool look(void *data)
{
	struct monitor *monitor = data;
	size_t length = strlen(monitor->says);

	assert_int_equal(send(monitor->fd, monitor->says, length, MSG_NOSIGNAL), length);
	monitor->says = "";
	if (!monitor->ends)
		return true;
	close(monitor->fd);
	return false;
}

static struct qmp monitored(struct monitor *monitor)
{
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
	monitor->fd = sockets[1];
	return (struct qmp){ .fd = sockets[0], .meanwhile = look, .data = monitor };
}

static void answers_meanwhile(void **state)
{
	struct monitor monitor = { .says = "{\"return\": {}, \"id\": 1}\n" };
	struct qmp qmp = monitored(&monitor);
	json_t *answer = qmp_execute(&qmp, "cont", NULL, LONG_MS);

	(void)state;
	assert_non_null(answer);
	assert_false(qmp.closed);
	json_decref(answer);
	qmp_close(&qmp);
	close(monitor.fd);
}

/* A VM that powers off at once, or a QEMU that gives up. */
static void answers_and_ends(void **state)
{
	struct monitor monitor = { .says = "{\"event\": \"RESUME\"}\n{\"return\": {}, \"id\": 1}\n"
					   "{\"event\": \"SHUTDOWN\"}\n",
				   .ends = true };
	struct qmp qmp = monitored(&monitor);
	json_t *answer = qmp_execute(&qmp, "cont", NULL, LONG_MS);

	(void)state;
	assert_non_null(answer);
	assert_true(qmp.closed);
	qmp_receive(&qmp);
	assert_true(qmp.shutdown);
	json_decref(answer);
	qmp_close(&qmp);
}

static void refuses_and_ends(void **state)
{
	struct monitor monitor = { .says = "{\"error\": {\"desc\": \"no\"}, \"id\": 1}\n",
				   .ends = true };
	struct qmp qmp = monitored(&monitor);

	(void)state;
	assert_null(qmp_execute(&qmp, "cont", NULL, LONG_MS));
	assert_string_equal(qmp.refusal, "no");
	qmp_close(&qmp);
}

static void ends(void **state)
{
	struct monitor monitor = { .says = "", .ends = true };
	struct qmp qmp = monitored(&monitor);

	(void)state;
	assert_null(qmp_execute(&qmp, "cont", NULL, LONG_MS));
	assert_true(qmp.closed);
	assert_string_equal(qmp.refusal, "");
	qmp_close(&qmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_meanwhile),
		cmocka_unit_test(answers_and_ends),
		cmocka_unit_test(refuses_and_ends),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
