// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "remote/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/message.h"

/* For the other machine to end its run and to send what it has. */
#define STOP_MS	       20000
/* Beside the results: what a login may say. */
#define OUT_MAX	       ((size_t)INPUT_MAX_BYTES + 65536)
/* No message is so long. */
#define LINE_MAX_BYTES 65536

void session_begin(struct session *s, const struct session_plan *plan)
{
	char *connect = xasprintf("ConnectTimeout=%u", plan->connect_s);
	char *alive = xasprintf("ServerAliveInterval=%d", STAGE_BEAT_S);
	char *count = xasprintf("ServerAliveCountMax=%d", STAGE_BEATS - 1);
	/* Nobody is there to be asked for a password, since ssh is not in the foreground. */
	const char *const argv[] = { "ssh",
				     "-T",
				     "-o",
				     "BatchMode=yes",
				     "-o",
				     connect,
				     "-o",
				     alive,
				     "-o",
				     count,
				     "-o",
				     "ClearAllForwardings=yes",
				     "-o",
				     "ForwardAgent=no",
				     "-o",
				     "ControlMaster=no",
				     "--",
				     s->name,
				     plan->stage.script,
				     NULL };

	s->feed = -1;
	s->begin_ms = s->beat_ms = process_now_ms();
	s->limit_ms = s->begin_ms + plan->timeout_s * 1000LL;
	s->end = SESSION_RUNS;
	if (!process_start_fed(&s->ssh, argv, SIGTERM, &s->feed)) {
		snprintf(s->said, sizeof(s->said), "ssh: cannot be started: %s", strerror(errno));
		s->end = SESSION_FAILED;
		s->end_ms = s->begin_ms;
	}
	free(connect);
	free(alive);
	free(count);
}

void session_poll(const struct session *s, const struct session_plan *plan, struct pollfd *fds)
{
	bool pending = s->sent < plan->stage.input_size;

	fds[0] = (struct pollfd){ .fd = s->end == SESSION_RUNS && pending ? s->feed : -1,
				  .events = POLLOUT };
	fds[1] =
		(struct pollfd){ .fd = s->end == SESSION_RUNS ? s->ssh.out : -1, .events = POLLIN };
	fds[2] =
		(struct pollfd){ .fd = s->end == SESSION_RUNS ? s->ssh.err : -1, .events = POLLIN };
}

static void stop_feeding(struct session *s)
{
	if (s->feed >= 0)
		close(s->feed);
	s->feed = -1;
}

static void feed(struct session *s, const struct stage *stage)
{
	ssize_t done;

	if (s->feed < 0)
		return;
	if (s->sent < stage->input_size) {
		done = write(s->feed, stage->input + s->sent, stage->input_size - s->sent);
		s->sent += done > 0 ? (size_t)done : 0;
	} else if (process_now_ms() - s->beat_ms > STAGE_BEAT_S * 1000) {
		s->beat_ms = process_now_ms();
		done = write(s->feed, "\n", 1);
	} else {
		return;
	}
	if (done < 0 && errno != EAGAIN && errno != EINTR)
		stop_feeding(s);
}

/* "exitprobe run: " there says nothing new. */
void session_hear(struct session *s, const struct session_plan *plan, const char *line)
{
	static const char program[] = "exitprobe run: ";
	bool own = !strncmp(line, program, sizeof(program) - 1);
	bool is_error;

	if (own)
		line += sizeof(program) - 1;
	is_error = own && !strncmp(line, "error: ", 7);
	if (*line && (is_error || !s->named)) {
		snprintf(s->said, sizeof(s->said), "%s", is_error ? line + 7 : line);
		s->named = is_error;
	}
	/* What went wrong is in the table. */
	if (*line && !plan->quiet && !is_error)
		note("%s: %s", s->machine, line);
}

static void hear(struct session *s, const struct session_plan *plan)
{
	char *room = lines_room(&s->err, 4096), *line;
	ssize_t got = read(s->ssh.err, room, 4096);

	if (got > 0)
		lines_added(&s->err, (size_t)got);
	while ((line = lines_next(&s->err)))
		session_hear(s, plan, line);
	/* Of what has no end only the last part is a line. */
	if (s->err.used - s->err.taken > LINE_MAX_BYTES)
		s->err.used = s->err.taken = 0;
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close(s->ssh.err);
		s->ssh.err = -1;
	}
}

static void take(struct session *s)
{
	ssize_t got;

	s->out = xrealloc(s->out, s->out_size + 65536 + 1);
	got = read(s->ssh.out, s->out + s->out_size, 65536);
	if (got > 0)
		s->out_size += (size_t)got;
	if (s->out_size > OUT_MAX) {
		snprintf(s->said, sizeof(s->said), "sends more than a results file can be");
		s->named = true;
		session_stop(s, SESSION_FAILED);
		/* Until it ends it may send on, and no machine is to have all of our memory. */
		close(s->ssh.out);
		s->ssh.out = -1;
		free(s->out);
		s->out = NULL;
		s->out_size = 0;
		return;
	}
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close(s->ssh.out);
		s->ssh.out = -1;
	}
}

void session_find_results(struct session *s)
{
	static const char mark[] = "\n" STAGE_RESULTS " ";
	long long size;
	char *line, *end;

	s->results = NULL;
	if (!s->out)
		return;
	s->out[s->out_size] = '\0';
	line = memmem(s->out, s->out_size, mark, sizeof(mark) - 1);
	end = line ? strchr(line + 1, '\n') : NULL;
	if (!end || sscanf(line + sizeof(mark) - 1, "%d %lld", &s->status, &size) != 2 || size <= 0)
		return;
	s->results_size = s->out_size - (size_t)(end + 1 - s->out);
	if ((unsigned long long)size > s->results_size) {
		snprintf(s->said, sizeof(s->said), "its results are not whole");
		return;
	}
	s->results = end + 1;
	s->results_size = (size_t)size;
}

/* ssh has ended, and all that it wrote is there. */
static void conclude(struct session *s)
{
	int status = process_end(&s->ssh, 0);

	stop_feeding(s);
	s->end_ms = process_now_ms();
	session_find_results(s);
	s->end = s->stopping ? s->why : s->results ? SESSION_CAME : SESSION_FAILED;
	if (s->end == SESSION_FAILED && !*s->said)
		snprintf(s->said, sizeof(s->said), "ssh ended with status %d and said nothing",
			 status);
}

void session_step(struct session *s, const struct session_plan *plan, const struct pollfd *fds)
{
	long long now_ms = process_now_ms();

	if (s->ssh.group == 0)
		return;
	feed(s, &plan->stage);
	if (s->ssh.out >= 0 && fds[1].revents)
		take(s);
	if (s->ssh.err >= 0 && fds[2].revents)
		hear(s, plan);
	if (process_wait(&s->ssh, 0) && s->ssh.out < 0 && s->ssh.err < 0) {
		conclude(s);
	} else if (!s->stopping && now_ms > s->limit_ms) {
		session_stop(s, SESSION_LATE);
	} else if (s->stopping && now_ms > s->limit_ms) {
		conclude(s);
	}
}

void session_stop(struct session *s, enum session_end end)
{
	if (s->stopping || s->end != SESSION_RUNS)
		return;
	s->stopping = true;
	s->limit_ms = process_now_ms() + STOP_MS;
	/* The end of its input is what the other side stops at. */
	stop_feeding(s);
	s->why = end;
}

void session_free(struct session *s)
{
	free(s->out);
	lines_free(&s->err);
}
