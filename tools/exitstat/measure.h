/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_MEASURE_H
#define EXITSTAT_MEASURE_H

#include <sched.h>
#include <stdio.h>

#include "exitstat/counters.h"
#include "exitstat/host.h"
#include "exitstat/options.h"

/* What a run of exitstat has at hand. */
struct session {
	struct options options;
	struct host host;
	struct layout layout;
	unsigned int nr_scopes; /* 1, or with --vcpu all the number of vCPUs */
	struct scope *scopes;
	FILE *file;
};

/* So far, since the VM was created: a line; with @session->layout, all there is. */
void measure_line(struct session *session);
void measure_total(struct session *session);

/* The same of all vCPUs at once, since a family of OpenMetrics has them all. */
void measure_openmetrics(struct session *session);

/* While COMMAND runs, as often as it is to; the exit status of the first that failed. */
int measure_command(struct session *session);

/* A report for every interval, for ever or as many as were asked for. */
void measure_intervals(struct session *session);

#endif
