/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a run is, on standard error: on a terminal one line that changes with each
 * operation, elsewhere a line for each family of operations.
 */
#ifndef VM_PROGRESS_H
#define VM_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>

struct progress {
	bool shown;		  /* standard error is a terminal */
	bool lines;		  /* it is none: a line for each family */
	unsigned int boots, boot; /* this one counts from 1 */
	unsigned int operations;  /* in one boot, 0: not known yet */
	unsigned int done;	  /* of them, in this boot */
	long long start_ms;	  /* of the first operation; 0: not yet */
	char operation[32], family[32];
};

/* @terminal: on a terminal; @lines: elsewhere. */
void progress_begin(struct progress *progress, unsigned int boots, bool terminal, bool lines);

/* A note, on a terminal, for the time before there are records: "booting". */
void progress_note(const struct progress *progress, const char *note);

/* As document's watch. */
void progress_record(void *progress, const json_t *record);

/* Leave a clean line. */
void progress_end(const struct progress *progress);

#endif
