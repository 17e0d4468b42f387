/* SPDX-License-Identifier: GPL-2.0-only */
/* run --host: exitprobe run on several machines at once, by ssh. */
#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#include <stdbool.h>

#include "remote/hosts.h"

struct remote_plan {
	struct hosts hosts;
	const char *output;	/* a directory */
	const char *history;	/* to which the results are added too, or NULL */
	const char *probe;	/* the file to send */
	char *const *words;	/* run's options there, NULL behind them */
	unsigned int connect_s; /* the limit of ssh's connecting, */
	unsigned int timeout_s; /* and of all that is with one machine */
	unsigned int parallel;	/* machines at once */
	bool quiet;
};

/* Returns an exit_status: STATUS_ERROR if any machine gave no results, or not all of them. */
int remote_run(const struct remote_plan *plan);

#endif
