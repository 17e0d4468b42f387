/* SPDX-License-Identifier: GPL-2.0-only */
/* A file written whole or not at all, also where a signal ends the program meanwhile. */
#ifndef LIB_OUTPUT_H
#define LIB_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
	const char *path; /* NULL: standard output */
	char *temporary;  /* beside @path; NULL where it is written straight */
	FILE *file;
};

/* Whether @path is the file @input: to write the one would be the end of the other. */
bool output_is_input(const char *path, const char *input);

/*
 * Begin to write @path, or standard output where it is NULL or "-".  A path that
 * exists and is no regular file (a device, a pipe) is written straight.  False:
 * @message says why, one line.
 */
bool output_open(struct output *output, const char *path, char *message, size_t size);

/* All of it to the disk, then its name.  False: @message says why, nothing is left. */
bool output_commit(struct output *output, char *message, size_t size);

/*
 * The same of a file that is not there yet, under a path given to output_open().  If it is
 * there by now, whoever wrote it, it stays as it is: true, with @exists.
 */
bool output_commit_new(struct output *output, bool *exists, char *message, size_t size);

/* As if it had never been begun. */
void output_abandon(struct output *output);

#endif
