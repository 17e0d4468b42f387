// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/read.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/message.h"

#define ROOM_FIRST (64 << 10)

struct reading {
	const char *directory;
	struct summary summary;
	size_t unsaved;
	char *text; /* of the last summary, @room bytes */
	size_t room;
};

struct reading *read_begin(const char *directory)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));

	reading->directory = directory;
	reading->room = ROOM_FIRST;
	reading->text = xmalloc(reading->room);
	return reading;
}

size_t read_end(struct reading *reading)
{
	size_t unsaved = reading->unsaved;

	summary_free(&reading->summary);
	free(reading->text);
	free(reading);
	return unsaved;
}

/* The whole of a file into the reading's text, with a NUL; 0: it cannot be, or is too large. */
static size_t slurp(struct reading *reading, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t used = 0;
	ssize_t got;

	if (fd < 0)
		return 0;
	while ((got = read(fd, reading->text + used, reading->room - used - 1)) > 0) {
		used += (size_t)got;
		if (used < reading->room - 1)
			continue;
		if (reading->room >= INPUT_MAX_BYTES) {
			got = -1;
			break;
		}
		reading->room *= 2;
		reading->text = xrealloc(reading->text, reading->room);
	}
	close(fd);
	reading->text[used] = '\0';
	return got ? 0 : used;
}

/* A summary that is there, whole, and of the file as it is. */
static bool by_summary(struct reading *reading, const struct store_run *run)
{
	char *path = summary_path(reading->directory, run->id);
	size_t length = slurp(reading, path);

	free(path);
	return length && summary_parse(&reading->summary, reading->text, length) &&
	       reading->summary.bytes == run->bytes;
}

/* Through the text of a summary, so that its texts outlive the results. */
static bool summarize(struct reading *reading, const struct results *results, int64_t bytes)
{
	struct merged *merged = merge_results(results);
	struct summary summary = { 0 };
	struct summary_numbers numbers;
	size_t length;
	bool made;

	summary_of(&summary, merged, bytes, &numbers);
	free(reading->text);
	reading->text = summary_text(&summary, &length);
	reading->room = length + 1;
	made = summary_parse(&reading->summary, reading->text, length);
	summary_free(&summary);
	merge_free(merged);
	return made;
}

static bool by_file(struct reading *reading, const struct store_run *run, char *message,
		    size_t size)
{
	char *path = xasprintf("%s/%s.json", reading->directory, run->id), id[STORE_ID_SIZE];
	struct results *results = NULL;
	size_t length = 0;
	char *bytes = input_read(path, &length, message, size);
	bool made = false;

	if (bytes)
		results = results_from_text(path, bytes, length, message, size);
	if (results && (!store_id(results->created, bytes, length, id) || strcmp(id, run->id))) {
		snprintf(message, size,
			 "%s: was altered: its contents are not those that its name says", path);
	} else if (results) {
		made = summarize(reading, results, (int64_t)length);
		if (!made)
			snprintf(message, size, "%s: more is in it than a summary has room for",
				 path);
		else if (!summary_save(reading->directory, run->id, results, (int64_t)length))
			reading->unsaved++;
	}
	results_free(results);
	free(bytes);
	free(path);
	return made;
}

const struct summary *read_run(struct reading *reading, const struct store_run *run, char *message,
			       size_t size)
{
	if (by_summary(reading, run) || by_file(reading, run, message, size))
		return &reading->summary;
	return NULL;
}
