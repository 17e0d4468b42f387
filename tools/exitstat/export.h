/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_EXPORT_H
#define EXITSTAT_EXPORT_H

#include <stdio.h>

#include "exitstat/report.h"

/* The names of the columns, once. */
void export_csv_head(FILE *file);

/* A row for each reason that had exits, and one for their total, which comes first. */
void export_csv(FILE *file, const struct report *report);

/* One object on a line. */
void export_json(FILE *file, const struct report *report);

#endif
