/* SPDX-License-Identifier: GPL-2.0-only */
/* What came of run --host: files, the table, and the exit status. */
#ifndef REMOTE_OUTCOME_H
#define REMOTE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "remote/session.h"

/*
 * Of a session that has ended, or could not begin: its results into @directory and the plan's
 * history, and a line for who waits.
 */
void outcome_save(struct session *session, const char *directory, const struct session_plan *plan);

void outcome_table(const struct session *sessions, size_t count, const char *directory);

/*
 * STATUS_OK: each machine gave all of its results.  STATUS_FINDING: so it did, and an operation
 * hung, faulted or failed.  STATUS_ERROR: a machine did not, or they are not all in the history.
 * STATUS_INTERRUPTED.
 */
int outcome_status(const struct session *sessions, size_t count);

#endif
