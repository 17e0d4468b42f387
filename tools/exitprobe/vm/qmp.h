/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The QEMU Machine Protocol: a line of JSON each way (QEMU, docs/interop/qmp-spec).
 */
#ifndef VM_QMP_H
#define VM_QMP_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/lines.h"

struct qmp {
	int fd;
	struct lines lines;
	char version[32];     /* QEMU's, from its greeting */
	unsigned int last_id; /* of a request */
	char refusal[256];    /* QEMU's words, where it refused the last command; or empty */
	bool shutdown;	      /* the machine runs no longer: powered off, reset, or an error */
	bool closed;	      /* QEMU is gone */
	/* Called while an answer is waited for; false: there will be none.  May be NULL. */
	bool (*meanwhile)(void *data);
	void *data;
};

/*
 * Take the greeting on @qmp->fd, which with meanwhile and data is set before, and leave
 * negotiation mode.  False: none in time.
 */
bool qmp_open(struct qmp *qmp, int timeout_ms);

/*
 * Execute @command with @arguments (taken over; NULL for none).  Returns what it
 * returns, for the caller to json_decref(), or NULL: @qmp->refusal, or no answer in time.
 */
json_t *qmp_execute(struct qmp *qmp, const char *command, json_t *arguments, int timeout_ms);

/* The sum of all counts that query-stats has returned; -1 where there is none, or no sum. */
json_int_t qmp_stats_sum(const json_t *answer);

/* Take in what has come: events. */
void qmp_receive(struct qmp *qmp);
void qmp_close(struct qmp *qmp);

#endif
