// SPDX-License-Identifier: GPL-2.0-only
#include "remote/remote.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/output.h"
#include "lib/process.h"
#include "remote/outcome.h"
#include "remote/session.h"

#define POLL_MS 200

/* Begin as many as may run at once.  Returns how many run. */
static size_t begin_some(struct session *sessions, size_t count, const struct session_plan *plan,
			 size_t most, const char *directory)
{
	size_t running = 0;

	for (size_t i = 0; i < count; i++)
		running += sessions[i].end == SESSION_RUNS;
	for (size_t i = 0; i < count && running < most && !process_interrupted; i++) {
		if (sessions[i].end != SESSION_WAITS)
			continue;
		session_begin(&sessions[i], plan);
		if (sessions[i].end != SESSION_RUNS) {
			outcome_save(&sessions[i], directory, plan);
			continue;
		}
		if (!plan->quiet)
			note("%s: begins", sessions[i].machine);
		running++;
	}
	return running;
}

/* Until each has ended; what a machine has sent is saved in @directory when it has. */
static void run_all(struct session *sessions, size_t count, const struct session_plan *plan,
		    size_t most, const char *directory)
{
	struct pollfd *fds = xcalloc(count * SESSION_FDS, sizeof(*fds));

	while (begin_some(sessions, count, plan, most, directory)) {
		for (size_t i = 0; i < count; i++)
			session_poll(&sessions[i], plan, &fds[i * SESSION_FDS]);
		if (poll(fds, count * SESSION_FDS, POLL_MS) < 0)
			memset(fds, 0, count * SESSION_FDS * sizeof(*fds));
		for (size_t i = 0; i < count; i++) {
			if (sessions[i].end != SESSION_RUNS)
				continue;
			if (process_interrupted)
				session_stop(&sessions[i], SESSION_STOPPED);
			session_step(&sessions[i], plan, &fds[i * SESSION_FDS]);
			if (sessions[i].end != SESSION_RUNS)
				outcome_save(&sessions[i], directory, plan);
		}
	}
	free(fds);
}

/* @option names it. */
static bool make_directory(const char *path, const char *option)
{
	struct stat there;

	if (mkdir(path, 0777) && errno != EEXIST) {
		error("%s: cannot be created: %s", path, strerror(errno));
		return false;
	}
	if (!stat(path, &there) && !S_ISDIR(there.st_mode)) {
		error("%s: is a file; with --host %s takes a directory", path, option);
		return false;
	}
	if (access(path, W_OK | X_OK)) {
		error("%s: cannot be written: %s", path, strerror(errno));
		return false;
	}
	return true;
}

int remote_run(const struct remote_plan *plan)
{
	struct session_plan common = { .connect_s = plan->connect_s,
				       .timeout_s = plan->timeout_s,
				       .quiet = plan->quiet,
				       .history = plan->history };
	struct session *sessions;
	size_t count = plan->hosts.count;
	char message[512];
	int status;

	if (!make_directory(plan->output, "-o") ||
	    (plan->history && !make_directory(plan->history, "--history")))
		return STATUS_ERROR;
	if (!stage_make(&common.stage, plan->probe, plan->words, message, sizeof(message))) {
		error("%s", message);
		return STATUS_ERROR;
	}
	sessions = xcalloc(count, sizeof(*sessions));
	for (size_t i = 0; i < count; i++) {
		sessions[i].name = plan->hosts.names[i];
		sessions[i].machine = plan->hosts.machines[i];
	}
	process_catch_signals();
	run_all(sessions, count, &common, plan->parallel, plan->output);
	if (!plan->quiet)
		outcome_table(sessions, count, plan->output);
	status = outcome_status(sessions, count);
	if (fflush(stdout) || ferror(stdout)) {
		error("standard output: %s", strerror(errno));
		status = STATUS_ERROR;
	}
	for (size_t i = 0; i < count; i++)
		session_free(&sessions[i]);
	free(sessions);
	stage_free(&common.stage);
	return status;
}
