/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose runs those of a history are: hosts/ID has the host's name, in a line.  A results file
 * has none, and stays as it was given.
 */
#ifndef HISTORY_HOST_H
#define HISTORY_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_NAME_SIZE 256

/* Letters, digits, dots, hyphens, underscores and colons; no path and no option. */
bool host_is_name(const char *text);

/* Say so of run @id, once: false if another host is said already, and @message says which. */
bool host_save(const char *directory, const char *id, const char *name, char *message, size_t size);

/* Of run @id into @name, "" where nothing is said.  False: @message says what is there instead. */
bool host_load(const char *directory, const char *id, char name[HOST_NAME_SIZE], char *message,
	       size_t size);

#endif
