// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as what QEMU's monitor says: the greeting, answers to what run asks, events
 * between them.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "vm/qmp.h"

/* Less than a socket holds, so that all is there before the first is read. */
#define SIZE_MAX_SENT 65536

/* All commands of a boot, in their order; what the monitor said until then. */
static void run(struct qmp *qmp)
{
	static const char *const commands[] = { "query-cpus-fast", "cont", "query-stats", "quit" };

	require_plain(qmp->version, strlen(qmp->version));
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		unsigned int id = qmp->last_id;
		json_t *answer = qmp_execute(qmp, commands[i], i ? NULL : json_object(), 0);

		REQUIRE(qmp->last_id == id + 1);
		/* One or the other. */
		REQUIRE(!answer || !*qmp->refusal);
		require_plain(qmp->refusal, strlen(qmp->refusal));
		REQUIRE(!strpbrk(qmp->refusal, "\n\t"));
		if (answer)
			REQUIRE(qmp_stats_sum(answer) >= -1);
		json_decref(answer);
	}
	qmp_receive(qmp);
	REQUIRE(qmp->closed && !qmp->lines.text == !qmp->lines.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int sockets[2];
	struct qmp qmp;

	if (size > SIZE_MAX_SENT)
		return 0;
	messages_begin();
	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	REQUIRE(!size || send(sockets[1], data, size, MSG_DONTWAIT) == (ssize_t)size);
	/* QEMU takes what it is sent, and says no more. */
	REQUIRE(!shutdown(sockets[1], SHUT_WR));
	qmp = (struct qmp){ .fd = sockets[0] };
	if (qmp_open(&qmp, 0))
		run(&qmp);
	qmp_close(&qmp);
	close(sockets[1]);
	REQUIRE(!messages_end());
	return 0;
}
