// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "remote/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/process.h"
#include "remote/stage.h"

#define SILENT_MS (STAGE_BEAT_S * STAGE_BEATS * 1000)
/* For the run to end QEMU and to write what it has. */
#define END_MS	  10000

/* --- the directory ---------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *there, int type, struct FTW *where)
{
	(void)there, (void)type, (void)where;
	return remove(path) && errno != ENOENT;
}

static void remove_directory(const char *directory)
{
	nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Of a process that outlives the agent: a run that was killed with it may still write. */
static void remove_when_ended(const void *data)
{
	const struct timespec pause = { .tv_nsec = 200000000 };

	for (int i = 0; i < 100 && !access(data, F_OK); i++) {
		remove_directory(data);
		nanosleep(&pause, NULL);
	}
}

/* Nobody is to make us remove another directory than the script's. */
static bool is_ours(const char *directory)
{
	const char *name = strrchr(directory, '/');
	struct stat there;

	return name && !strncmp(name, "/exitprobe.", 11) && !lstat(directory, &there) &&
	       S_ISDIR(there.st_mode) && there.st_uid == geteuid();
}

/* --- standard input --------------------------------------------------------------- */

/* Its next byte, or -1: it has ended, or is silent. */
static int next_byte(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char byte;

	while (!process_interrupted) {
		int ready = poll(&fd, 1, SILENT_MS);
		ssize_t got;

		if (!ready)
			return -1;
		/* After a signal there may be nothing to read. */
		got = ready > 0 ? read(STDIN_FILENO, &byte, 1) : -1;
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got == 1 ? byte : -1;
	}
	return -1;
}

/* Up to @end, which is not a part of it, or NULL. */
static char *next_word(int end)
{
	char *word = xmalloc(STAGE_WORD_MAX);
	size_t length = 0;
	int byte;

	while (length < STAGE_WORD_MAX && (byte = next_byte()) >= 0) {
		if (byte == end) {
			word[length] = '\0';
			return word;
		}
		word[length++] = (char)byte;
	}
	free(word);
	return NULL;
}

/* The command line of the run, NULL behind it; or NULL. */
static const char **read_words(const char *directory)
{
	char *text = next_word('\n');
	size_t count = text ? strtoul(text, NULL, 10) : STAGE_WORDS_MAX + 1, used = 0;
	const char **words;

	free(text);
	if (count > STAGE_WORDS_MAX)
		return NULL;
	words = xcalloc(count + 5, sizeof(*words));
	words[used++] = xasprintf("%s/exitprobe", directory);
	words[used++] = "run";
	words[used++] = xasprintf("--probe=%s/probe.elf", directory);
	words[used++] = xasprintf("--output=%s/results.json", directory);
	for (size_t i = 0; i < count; i++) {
		words[used] = next_word('\0');
		if (!words[used++])
			return NULL;
	}
	return words;
}

/* --- the run ---------------------------------------------------------------------- */

enum passed { PASSED_SOME, PASSED_NONE, PASSED_ALL };

/* Hand on what comes from @fd, or drop it; PASSED_NONE: nothing is there yet, PASSED_ALL: its end. */
static enum passed pass_on(int fd, int to)
{
	char text[4096];
	ssize_t got;

	do
		got = read(fd, text, sizeof(text));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? PASSED_NONE : PASSED_ALL;
	/* Nobody may be there to read it any more. */
	if (got > 0 && to >= 0 && write(to, text, (size_t)got) < 0)
		return PASSED_SOME;
	return got ? PASSED_SOME : PASSED_ALL;
}

/* Until it has ended, or nobody waits for it. */
static void watch(struct process *run)
{
	long long heard_ms = process_now_ms();

	while (!process_wait(run, 0)) {
		struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
					{ .fd = run->out, .events = POLLIN },
					{ .fd = run->err, .events = POLLIN } };

		if (process_interrupted || process_now_ms() - heard_ms > SILENT_MS)
			return;
		if (poll(fds, 3, 100) <= 0)
			continue;
		if (fds[0].revents) {
			if (pass_on(STDIN_FILENO, -1) == PASSED_ALL)
				return;
			heard_ms = process_now_ms();
		}
		if (fds[1].revents && pass_on(run->out, -1) == PASSED_ALL) {
			close(run->out);
			run->out = -1;
		}
		if (fds[2].revents && pass_on(run->err, STDERR_FILENO) == PASSED_ALL) {
			close(run->err);
			run->err = -1;
		}
	}
}

static void send_results(const char *directory, int status)
{
	char *path = xasprintf("%s/results.json", directory), bytes[65536];
	FILE *from = fopen(path, "re");
	struct stat there = { 0 };
	size_t got;

	if (from && fstat(fileno(from), &there))
		there.st_size = 0;
	printf("\n" STAGE_RESULTS " %d %lld\n", status, (long long)there.st_size);
	while (from && (got = fread(bytes, 1, sizeof(bytes), from)))
		fwrite(bytes, 1, got, stdout);
	if (from)
		fclose(from);
	fflush(stdout);
	free(path);
}

int agent_run(const char *directory)
{
	const char **words;
	struct process run;
	int alive;

	if (!is_ours(directory)) {
		error("--agent %s: is not the directory that --host makes", directory);
		return STATUS_ERROR;
	}
	/* A lost connection ends the reader of what is written; the directory is still to go. */
	process_catch_signals();
	if (process_outlive(remove_when_ended, directory, &alive) < 0)
		warning("%s: may be left behind if this run is killed: %s", directory,
			strerror(errno));
	words = read_words(directory);
	if (!words) {
		error("the options did not arrive");
		remove_directory(directory);
		return STATUS_ERROR;
	}
	setenv("TMPDIR", directory, 1);
	if (!process_start(&run, words, SIGTERM)) {
		error("%s: cannot be started: %s", words[0], strerror(errno));
		remove_directory(directory);
		return STATUS_ERROR;
	}
	watch(&run);
	/* What it says at its end is worth most. */
	if (run.pid) {
		kill(run.pid, SIGTERM);
		process_wait(&run, END_MS);
	}
	while (run.err >= 0 && pass_on(run.err, STDERR_FILENO) == PASSED_SOME)
		;
	process_end(&run, END_MS);
	send_results(directory, run.status);
	remove_directory(directory);
	return run.status;
}
