/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory of results files, one for each run, which are added and never changed.
 *
 *  ID.json         the results file as it was given; ID is when the run was and a hash of the
 *                  file: 20261128T041330Z-0123456789abcdef
 *  summaries/ID.1  what is read of it: summary.h; made again whenever it is not there
 *  hosts/ID        whose run it is, if that was said: host.h
 *
 * A file is written under another name, flushed to the disk, and then linked, so several hosts
 * may add at once on a shared file system: what has a run's name is whole.  The name says what
 * is in it, so that a run that is added twice is there once.
 */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_RUNS_MAX 100000

/* "20261128T041330Z-", 16 digits of the SHA-256, and the NUL. */
#define STORE_ID_SIZE 34

struct store_run {
	char id[STORE_ID_SIZE];
	int64_t bytes;
};

struct store {
	size_t count;
	struct store_run *runs; /* from the earliest to the latest */
	size_t unread;		/* files with a run's name that were left out */
	size_t left_count;
	char **left; /* what was left out, and why: a line for each */
};

enum store_added { STORE_FAILED, STORE_ADDED, STORE_WAS_THERE };

/*
 * Add the results file @path ("-": standard input) to @directory, which is made if it is not
 * there; its parent must be.  @host: whose run it is, a host_is_name(), or NULL; of a run that
 * was there without one, that is said now.  @id: of the run.  STORE_FAILED: @message says why, one
 * line.
 */
enum store_added store_add(const char *directory, const char *path, const char *host,
			   char id[STORE_ID_SIZE], char *message, size_t size);

/* The names of all runs; false: @message says why the directory cannot be read. */
bool store_open(struct store *store, const char *directory, char *message, size_t size);
void store_close(struct store *store);

/* One more line of what was left out, of a run or another file; @line is allocated. */
void store_leave_out(struct store *store, bool is_run, char *line);

/* Whether @text is a run's name, or the beginning of a time: of "2026-11-28T04:13:30Z", or as in ids. */
bool store_is_since(const char *text);

/* "2026-11-28T04:13:30Z" of an id; @text has room for 21 bytes. */
void store_time(const char *id, char *text);

/* The id of @length bytes of results that were created then; false: @created is no such time. */
bool store_id(const char *created, const void *bytes, size_t length, char id[STORE_ID_SIZE]);

#endif
