/* SPDX-License-Identifier: GPL-2.0-only */
/* A history as text, JSON, CSV and a page. */
#ifndef HISTORY_SHOW_H
#define HISTORY_SHOW_H

#include <stdio.h>

#include "history/analysis.h"

enum history_view { HISTORY_OVERVIEW, HISTORY_LIST, HISTORY_SHOW, HISTORY_CHECK };

/* What is shown: groups of a record, as far as they are chosen. */
struct history {
	const struct record *record;
	enum history_view view;
	enum history_metric metric;
	size_t count;
	struct analysis **groups; /* the exits of a group may follow it in a check */
};

void history_text(FILE *to, const struct history *history);
void history_json(FILE *to, const struct history *history);
void history_csv(FILE *to, const struct history *history);

/* Of the first group. */
void history_html(FILE *to, const struct history *history);

/* Whether a check finds it: for the worse, asked for, and not taken back. */
bool history_finds(const struct history_change *change);

/*
 * Whether a check finds that @op, an operation of group @g, is broken: in the first analysis of a
 * group alone, since that of its exits has the same operations.
 */
bool history_finds_broken(const struct history *history, size_t g, const struct history_op *op);

/* How much a check finds. */
size_t history_findings(const struct history *history);

#endif
