// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "history/host.h"
#include "history/summary.h"
#include "lib/input.h"
#include "lib/message.h"
#include "lib/output.h"
#include "lib/sha256.h"
#include "results/results.h"

#define SUFFIX	    ".json"
#define TIME_LENGTH 16 /* of an id: 20261128T041330Z */
#define HASH_DIGITS 16
#define DAY_S	    (24 * 60 * 60)

/* Whether @text is as @pattern: 0 stands for any digit. */
static bool is_like(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return true;
}

static bool is_id(const char *name)
{
	const char *hash = name + TIME_LENGTH + 1;

	return is_like(name, "00000000T000000Z-") && strlen(hash) == HASH_DIGITS &&
	       !hash[strspn(hash, "0123456789abcdef")];
}

/* Of @pattern, which is longer than what it is to begin with. */
static bool begins(const char *text, const char *pattern)
{
	char beginning[32];
	size_t length = strlen(text);

	snprintf(beginning, sizeof(beginning), "%.*s", (int)length, pattern);
	return length <= strlen(pattern) && is_like(text, beginning);
}

bool store_is_since(const char *text)
{
	return is_id(text) || (*text && (begins(text, "0000-00-00T00:00:00Z") ||
					 begins(text, "00000000T000000Z")));
}

void store_time(const char *id, char *text)
{
	sprintf(text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", id, id + 4, id + 6, id + 9, id + 11,
		id + 13);
}

bool store_id(const char *created, const void *bytes, size_t length, char id[STORE_ID_SIZE])
{
	char hash_text[SHA256_TEXT];
	struct sha256 hash;
	char *to = id;

	if (!is_like(created, "0000-00-00T00:00:00Z") || created[20])
		return false;
	for (const char *c = created; *c; c++)
		if (*c != '-' && *c != ':')
			*to++ = *c;
	sha256_begin(&hash);
	sha256_add(&hash, bytes, length);
	sha256_end(&hash, hash_text);
	snprintf(to, STORE_ID_SIZE - TIME_LENGTH, "-%.*s", HASH_DIGITS, hash_text);
	return true;
}

/* @bytes into the new file @path. */
static bool write_new(const char *path, const char *bytes, size_t length, bool *exists,
		      char *message, size_t size)
{
	struct output output;

	if (!output_open(&output, path, message, size))
		return false;
	/* What could not be written is an error of the stream's, which is looked at then. */
	fwrite(bytes, 1, length, output.file);
	return output_commit_new(&output, exists, message, size);
}

/* Whether a file has just these bytes. */
static bool has_bytes(const char *path, const char *bytes, size_t length)
{
	char message[1], *text;
	size_t found;
	bool same;

	text = input_read(path, &found, message, sizeof(message));
	same = text && found == length && !memcmp(text, bytes, length);
	free(text);
	return same;
}

static enum store_added add_bytes(const char *directory, const struct results *results,
				  const char *host, const char *bytes, size_t length,
				  char id[STORE_ID_SIZE], char *message, size_t size)
{
	enum store_added added = STORE_FAILED;
	bool exists;
	char *path;

	if (!store_id(results->created, bytes, length, id)) {
		snprintf(message, size,
			 "%s: created: is \"%s\", must be a time like 2026-11-28T04:13:30Z",
			 results->file, results->created);
		return STORE_FAILED;
	}
	/* Before the run: what a run is compared with must not change when its host comes. */
	if (host && !host_save(directory, id, host, message, size))
		return STORE_FAILED;
	path = xasprintf("%s/%s" SUFFIX, directory, id);
	if (write_new(path, bytes, length, &exists, message, size)) {
		added = exists ? STORE_WAS_THERE : STORE_ADDED;
		if (exists && !has_bytes(path, bytes, length)) {
			snprintf(message, size,
				 "%s: is there, but is not this run: cut off or altered; remove it",
				 path);
			added = STORE_FAILED;
		}
	}
	free(path);
	return added;
}

enum store_added store_add(const char *directory, const char *path, const char *host,
			   char id[STORE_ID_SIZE], char *message, size_t size)
{
	enum store_added added = STORE_FAILED;
	struct results *results;
	size_t length;
	char *bytes = input_read(path, &length, message, size);

	if (!bytes)
		return STORE_FAILED;
	results = results_from_text(input_name(path), bytes, length, message, size);
	if (results && mkdir(directory, 0777) && errno != EEXIST) {
		snprintf(message, size, "%s: cannot be made: %s", directory, strerror(errno));
	} else if (results) {
		added = add_bytes(directory, results, host, bytes, length, id, message, size);
		/* Without it the run is there all the same, and read more slowly. */
		if (added != STORE_FAILED)
			summary_save(directory, id, results, (int64_t)length);
	}
	results_free(results);
	free(bytes);
	return added;
}

void store_leave_out(struct store *store, bool is_run, char *line)
{
	store->unread += is_run;
	store->left = xrealloc(store->left, (store->left_count + 1) * sizeof(*store->left));
	store->left[store->left_count++] = line;
}

/* What of @name, ID.json or ID.json.XXXXXX, comes behind its id; NULL: there is no id. */
static const char *behind_id(const char *name, char id[STORE_ID_SIZE])
{
	snprintf(id, STORE_ID_SIZE, "%.*s", STORE_ID_SIZE - 1, name);
	return is_id(id) ? name + STORE_ID_SIZE - 1 : NULL;
}

static void take_run(struct store *store, const char *id, int64_t bytes)
{
	/* Doubled whenever it is full. */
	if (!(store->count & (store->count - 1)))
		store->runs = xrealloc(store->runs, (store->count ? 2 * store->count : 1) *
							    sizeof(*store->runs));
	store->runs[store->count].bytes = bytes;
	memcpy(store->runs[store->count++].id, id, STORE_ID_SIZE);
}

/*
 * A file of the directory: a run, or what is to be said of it.  Other files may be there, as
 * pages are; those that look like results are named.
 */
static void take(struct store *store, const char *directory, const char *name)
{
	const char *dot = strrchr(name, '.'), *rest;
	bool is_json = dot && !strcmp(dot, SUFFIX);
	char id[STORE_ID_SIZE], *path;
	struct stat status;

	rest = behind_id(name, id);
	if (!is_json && !(rest && !strncmp(rest, SUFFIX ".", sizeof(SUFFIX))))
		return;
	path = xasprintf("%s/%s", directory, name);
	/* What is gone by now was never a run: runs stay. */
	if (!stat(path, &status)) {
		if (!is_json && status.st_mtime + DAY_S < time(NULL))
			store_leave_out(store, false,
					xasprintf("%s: was never finished; remove it", path));
		else if (is_json && rest && !strcmp(rest, SUFFIX) && S_ISREG(status.st_mode))
			take_run(store, id, status.st_size);
		else if (is_json)
			store_leave_out(store, rest && !strcmp(rest, SUFFIX),
					xasprintf("%s: is no run of this history; to add it: "
						  "exitprobe history add %s %s",
						  path, directory, path));
	}
	free(path);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct store_run *)a)->id, ((const struct store_run *)b)->id);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool store_open(struct store *store, const char *directory, char *message, size_t size)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int failed;

	*store = (struct store){ 0 };
	if (!dir) {
		snprintf(message, size, "%s: cannot be read: %s", directory, strerror(errno));
		return false;
	}
	for (errno = 0; store->count <= STORE_RUNS_MAX && (entry = readdir(dir)); errno = 0)
		take(store, directory, entry->d_name);
	failed = errno;
	closedir(dir);
	if (failed || store->count > STORE_RUNS_MAX) {
		if (failed)
			snprintf(message, size, "%s: cannot be read: %s", directory,
				 strerror(failed));
		else
			snprintf(message, size, "%s: more than %d runs, which is all that is read",
				 directory, STORE_RUNS_MAX);
		store_close(store);
		return false;
	}
	if (store->count)
		qsort(store->runs, store->count, sizeof(*store->runs), by_id);
	if (store->left_count)
		qsort(store->left, store->left_count, sizeof(*store->left), by_text);
	return true;
}

void store_close(struct store *store)
{
	for (size_t i = 0; i < store->left_count; i++)
		free(store->left[i]);
	free(store->left);
	free(store->runs);
	*store = (struct store){ 0 };
}
