/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of a history, one after the other: by their summaries, else by their files. */
#ifndef HISTORY_READ_H
#define HISTORY_READ_H

#include "history/store.h"
#include "history/summary.h"

struct reading;

struct reading *read_begin(const char *directory);

/*
 * The summary of @run, until the next call.  NULL: the file is cut off, altered or no results
 * file, and @message says so in one line.
 */
const struct summary *read_run(struct reading *reading, const struct store_run *run, char *message,
			       size_t size);

/* How many summaries were missing and could not be written. */
size_t read_end(struct reading *reading);

#endif
