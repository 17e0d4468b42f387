/* SPDX-License-Identifier: GPL-2.0-only */
/* One machine of run --host: its ssh, what goes to it and what comes from it. */
#ifndef REMOTE_SESSION_H
#define REMOTE_SESSION_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/lines.h"
#include "lib/process.h"
#include "remote/stage.h"

enum session_end {
	SESSION_WAITS, /* it has not begun */
	SESSION_RUNS,
	SESSION_CAME,	 /* with results, whatever they are */
	SESSION_FAILED,	 /* without; @said is why */
	SESSION_LATE,	 /* its limit of time came first */
	SESSION_STOPPED, /* by the user */
};

struct session {
	const char *name, *machine;
	enum session_end end;
	struct process ssh;
	int feed; /* ssh's standard input, or -1 */
	size_t sent;
	char *out; /* all that ssh has written */
	size_t out_size;
	struct lines err;
	char said[512]; /* its last error, or its last line */
	bool named;	/* @said is an error */
	long long begin_ms, end_ms, limit_ms, beat_ms;
	bool stopping;
	enum session_end why; /* if it is */
	const char *results;  /* in @out, or NULL */
	size_t results_size;
	int status; /* of its run, if it CAME */

	/* Of what came, for the table. */
	bool complete;
	const char *accel;
	size_t operations;
	bool unadded; /* they could not be added to the history */
};

/* What is common to all of them. */
struct session_plan {
	struct stage stage;
	unsigned int connect_s, timeout_s;
	bool quiet;	     /* none of its lines but errors is shown */
	const char *history; /* or NULL */
};

#define SESSION_FDS 3

void session_begin(struct session *session, const struct session_plan *plan);

/* What it waits for. */
void session_poll(const struct session *session, const struct session_plan *plan,
		  struct pollfd *fds);

/* Goes on with what has come about. */
void session_step(struct session *session, const struct session_plan *plan,
		  const struct pollfd *fds);

/* It is to end, as @end, with what it has. */
void session_stop(struct session *session, enum session_end end);

/* Parts of session_step(): a line of its standard error, of which the last error is why. */
void session_hear(struct session *session, const struct session_plan *plan, const char *line);

/* And the results in @out, behind what a login may have said: see STAGE_RESULTS. */
void session_find_results(struct session *session);

void session_free(struct session *session);

#endif
