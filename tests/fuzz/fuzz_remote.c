// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as what another machine says to run --host: up to the first 0 byte its standard error,
 * behind it its standard output.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lib/message.h"
#include "remote/session.h"

static void hear(struct session *session, const uint8_t *data, size_t size)
{
	const struct session_plan plan = { .quiet = true };
	struct lines lines = { 0 };
	char *line;

	if (size)
		memcpy(lines_room(&lines, size), data, size);
	lines_added(&lines, size);
	while ((line = lines_next(&lines)))
		session_hear(session, &plan, line);
	lines_free(&lines);
	/* As the table has it. */
	message_make_plain(session->said);
	require_plain(session->said, strlen(session->said));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t err_size = zero ? (size_t)(zero - data) : size;
	struct session session = { 0 };

	hear(&session, data, err_size);
	session.out_size = zero ? size - err_size - 1 : 0;
	session.out = malloc(session.out_size + 1);
	REQUIRE(session.out);
	if (session.out_size)
		memcpy(session.out, zero + 1, session.out_size);
	session_find_results(&session);
	if (session.results) {
		REQUIRE(session.results_size > 0 && session.results > session.out);
		REQUIRE(session.results + session.results_size <= session.out + session.out_size);
	}
	session_free(&session);
	return 0;
}
