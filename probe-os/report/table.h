/* SPDX-License-Identifier: GPL-2.0-only */
/* The table for people, and the list of samples. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "boot/options.h"
#include "measure/sample.h"

/* Who, where and in which unit; then the column heads. */
void table_head(const struct options *options);

/* The operation's name: before it runs, so that one that hangs is named. */
void table_begin(const struct op *op);

/* The rest of its line. */
void table_end(const struct measurement *m);

/* How to read the figures above. */
void table_foot(void);

/* Every sample of the last measurement, a line each. */
void samples_print(const struct op *op, const struct measurement *m);

#endif
