/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The HTML page that report and compare write: one file, nothing from the network,
 * light and dark, for phone and paper.  Style and script are page.css and page.js.
 */
#ifndef REPORT_HTML_PAGE_H
#define REPORT_HTML_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "results/merge.h"

/* Up to <body>; @title is plain text. */
void page_begin(FILE *to, const char *title);

/* A line on who made it, the script, and the end. */
void page_end(FILE *to, const char *version);

/*
 * Search field, if @bars the choice of the bars' scale, and if @ns that of all tables
 * whose ticks page_ticks() has marked; hidden without script.
 */
void page_tools(FILE *to, bool bars, bool ns);

/* Into the tag of a table: its cells under data-ticks are of @ns nanoseconds a tick. */
void page_ticks(FILE *to, double ns);

/* What a table's times are in: "<span class=unit>cycles</span>", which the switch changes. */
void page_unit(FILE *to, const struct results *results);

/* A cell with @ticks in nanoseconds; none where @ns, of one tick, is 0. */
void page_ns_cell(FILE *to, const char *label, int64_t ticks, double ns);

/* Sections of a report; each writes nothing where there is nothing to tell. */
void page_anatomy(FILE *to, const struct merged *merged);
void page_distributions(FILE *to, const struct merged *merged);
void page_reasons(FILE *to, const struct merged *merged);
void page_sites(FILE *to, const struct merged *merged);
void page_derived(FILE *to, const struct merged *merged);
void page_boots(FILE *to, const struct merged *merged);
void page_figures(FILE *to, const struct merged *merged);

#endif
