/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpenMetrics 1.0, in lines that node_exporter's textfile collector takes too: that reads the
 * older text format, which has no type "info".
 */
#ifndef EXITSTAT_OPENMETRICS_H
#define EXITSTAT_OPENMETRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "exitstat/report.h"

/* All counters since the machine was created, of @nr scopes. */
void openmetrics_write(FILE *file, const struct report *reports, unsigned int nr);

/*
 * A file to write to, which becomes @path only when openmetrics_close() is called: a collector
 * never reads the half of it.  NULL or false with errno.  One at a time.
 */
FILE *openmetrics_open(const char *path);
bool openmetrics_close(FILE *file);

#endif
