/* SPDX-License-Identifier: GPL-2.0-only */
/* Plots by gnuplot, as SVG to put into a page. */
#ifndef REPORT_HTML_GNUPLOT_H
#define REPORT_HTML_GNUPLOT_H

#include <stddef.h>
#include <stdio.h>

/*
 * Run gnuplot on @script, a temporary file that is read from its beginning.  What
 * it writes, allocated, of @length bytes; or NULL: it is missing, failed or did not
 * end in time.
 */
char *gnuplot_run(FILE *script, size_t *length);

/*
 * Write the next SVG in *@at, up to @end, as an element of class "plot" that says
 * @title and @description to those who cannot see it, and move *@at behind it.
 * False: there is none.
 */
int gnuplot_embed(FILE *to, const char **at, const char *end, const char *title,
		  const char *description);

#endif
