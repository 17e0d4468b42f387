// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "lib/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/message.h"

#define COLLECT_POLL_MS 20

volatile sig_atomic_t process_interrupted;

/* One request may come as two signals: from the terminal and from timeout(1). */
#define SAME_REQUEST_MS 500

static void note_signal(int number)
{
	static long long first_ms;
	long long now_ms = process_now_ms();

	if (!process_interrupted)
		first_ms = now_ms;
	else if (now_ms - first_ms > SAME_REQUEST_MS) {
		signal(number, SIG_DFL);
		raise(number);
	}
	process_interrupted = number;
}

void process_catch_signals(void)
{
	/* No SA_RESTART: poll() is to return. */
	struct sigaction action = { .sa_handler = note_signal }, old;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup(1) has it ignored. */
	if (!sigaction(SIGHUP, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

long long process_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* @in is its standard input, or -1: an empty one. */
static _Noreturn void become(const char *const argv[], int in, int out, int err, int death,
			     int failure, pid_t parent)
{
	int error;

	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, death);
	/* It may have died before that. */
	if (getppid() != parent)
		_exit(127);
	if (in < 0)
		in = open("/dev/null", O_RDONLY);
	if (in >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(err, STDERR_FILENO) >= 0)
		/* It changes none of them; C has no other way to say so (POSIX, exec, rationale). */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	error = errno;
	if (write(failure, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

static bool start(struct process *process, const char *const argv[], int death, int in)
{
	int out[2], err[2], failure[2], error = 0;
	pid_t self = getpid();

	*process = (struct process){ .out = -1, .err = -1 };
	if (pipe2(out, O_CLOEXEC))
		return false;
	if (pipe2(err, O_CLOEXEC))
		goto close_out;
	/* Closed by a successful exec, written to by another. */
	if (pipe2(failure, O_CLOEXEC))
		goto close_err;
	process->pid = fork();
	if (!process->pid)
		become(argv, in, out[1], err[1], death, failure[1], self);
	error = errno;
	close(out[1]);
	close(err[1]);
	close(failure[1]);
	if (process->pid < 0) {
		close(failure[0]);
		close(out[0]);
		close(err[0]);
		process->pid = 0;
		errno = error;
		return false;
	}
	if (read(failure[0], &error, sizeof(error)) == sizeof(error)) {
		close(failure[0]);
		close(out[0]);
		close(err[0]);
		waitpid(process->pid, NULL, 0);
		process->pid = 0;
		errno = error;
		return false;
	}
	close(failure[0]);
	process->group = process->pid;
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	process->out = out[0];
	process->err = err[0];
	return true;

close_err:
	close(err[0]);
	close(err[1]);
close_out:
	close(out[0]);
	close(out[1]);
	return false;
}

bool process_start(struct process *process, const char *const argv[], int death)
{
	return start(process, argv, death, -1);
}

bool process_start_fed(struct process *process, const char *const argv[], int death, int *feed)
{
	int in[2], error;
	bool started;

	*feed = -1;
	*process = (struct process){ .out = -1, .err = -1 };
	if (pipe2(in, O_CLOEXEC))
		return false;
	started = start(process, argv, death, in[0]);
	error = errno;
	close(in[0]);
	if (started) {
		fcntl(in[1], F_SETFL, O_NONBLOCK);
		*feed = in[1];
	} else {
		close(in[1]);
	}
	errno = error;
	return started;
}

bool process_copy(struct process *process, FILE *out, FILE *err)
{
	char text[4096];

	while (!process_interrupted) {
		struct pollfd fds[] = { { .fd = process->out, .events = POLLIN },
					{ .fd = process->err, .events = POLLIN } };

		if (process->out < 0 && process->err < 0)
			return true;
		if (poll(fds, 2, 1000) < 0)
			continue;
		for (int i = 0; i < 2; i++) {
			int *fd = i ? &process->err : &process->out;
			ssize_t got = fds[i].revents ? read(*fd, text, sizeof(text)) : -1;

			if (got > 0)
				fwrite(text, 1, (size_t)got, i ? err : out);
			if (!got) {
				close(*fd);
				*fd = -1;
			}
		}
	}
	return false;
}

char *process_collect(struct process *process, size_t most, int timeout_ms)
{
	long long end = process_now_ms() + timeout_ms;
	char *text = NULL, dropped[4096];
	size_t used = 0;
	bool ended = false;

	for (;;) {
		struct pollfd fds[] = { { .fd = process->out, .events = POLLIN },
					{ .fd = process->err, .events = POLLIN } };
		bool more = false;

		poll(fds, 2, ended ? 0 : COLLECT_POLL_MS);
		if (fds[0].revents && used < most) {
			ssize_t got;

			text = xrealloc(text, most + 1);
			got = read(process->out, text + used, most - used);
			more = got > 0;
			used += more ? (size_t)got : 0;
		}
		/* Drained, so that it is not held up. */
		if (fds[1].revents && read(process->err, dropped, sizeof(dropped)) < 0)
			more = false;
		if (process_interrupted || process_now_ms() > end || used == most)
			break;
		/* What it has left behind may hold its pipes open, and fill them, for ever. */
		if (ended && (!fds[0].revents || !more))
			break;
		ended = process_wait(process, more ? 0 : COLLECT_POLL_MS);
	}
	if (text)
		text[used] = '\0';
	return text;
}

bool process_wait(struct process *process, int timeout_ms)
{
	long long end = process_now_ms() + timeout_ms;
	const struct timespec pause = { 0, 2000000 };
	int state;

	while (process->pid) {
		pid_t pid = waitpid(process->pid, &state, WNOHANG);

		if (pid == process->pid || (pid < 0 && errno != EINTR)) {
			if (pid < 0)
				state = 0;
			process->status = WIFSIGNALED(state) ? 128 + WTERMSIG(state)
							     : WEXITSTATUS(state);
			process->pid = 0;
			break;
		}
		if (process_now_ms() >= end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

int process_end(struct process *process, int timeout_ms)
{
	bool leaves = process->group && !process->pid;

	if (!process_wait(process, timeout_ms)) {
		leaves = true;
		kill(-process->group, SIGTERM);
		if (!process_wait(process, timeout_ms)) {
			kill(-process->group, SIGKILL);
			process_wait(process, 10000);
		}
	}
	/* What a script that is gone has left. */
	if (leaves)
		kill(-process->group, SIGKILL);
	process->group = 0;
	if (process->out >= 0)
		close(process->out);
	if (process->err >= 0)
		close(process->err);
	process->out = process->err = -1;
	return process->status;
}

/* Its writing end is nowhere but with the parent, so that its end is the end of the file. */
static void wait_for_end(int end)
{
	char byte;

	/* What ends the parent by its terminal or its group is not to end this one. */
	setsid();
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_IGN);
	if (end)
		close_range(0, (unsigned int)end - 1, 0);
	close_range((unsigned int)end + 1, ~0u, 0);
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		;
}

pid_t process_outlive(void (*act)(const void *data), const void *data, int *alive)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	child = fork();
	if (!child) {
		wait_for_end(ends[0]);
		act(data);
		_exit(0);
	}
	close(ends[0]);
	if (child < 0)
		close(ends[1]);
	*alive = ends[1];
	return child;
}
