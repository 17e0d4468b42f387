/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a history's page. */
#ifndef HISTORY_PAGE_TABLES_H
#define HISTORY_PAGE_TABLES_H

#include <stdio.h>

#include "history/analysis.h"

/* Every change, the latest first, with what else was different in that run. */
void page_changes(FILE *to, const struct analysis *analysis);

/* Every operation: its first and its latest figure, and its last change. */
void page_operations(FILE *to, const struct analysis *analysis);

#endif
