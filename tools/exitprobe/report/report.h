/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms in which results are shown; each takes them whole and writes to a file. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "results/merge.h"
#include "results/results.h"

/* The table for people, as wide as the terminal if @to is one. */
void report_text(FILE *to, const struct results *results, bool colour);

/* @to is a terminal that takes colours, and NO_COLOR (no-color.org) is not set, or empty. */
bool report_wants_colour(FILE *to);

void report_markdown(FILE *to, const struct merged *merged);
void report_csv(FILE *to, const struct merged *merged);
void report_junit(FILE *to, const struct merged *merged);
void report_tap(FILE *to, const struct merged *merged);
void report_ktap(FILE *to, const struct merged *merged);
void report_lava(FILE *to, const struct merged *merged);
void report_openmetrics(FILE *to, const struct merged *merged);

/* What a results file does not know of itself; each may be NULL. */
struct report_origin {
	const char *host, *commit;
};

void report_sql(FILE *to, const struct merged *merged, const struct report_origin *origin);
void report_html(FILE *to, const struct merged *merged);

/* The subcommand report.  @argv[0] is "exitprobe report".  Returns an exit_status. */
int report_command(int argc, char **argv);

#endif
