/* SPDX-License-Identifier: GPL-2.0-only */
/* Text as a part of other languages.  Results have no control characters: reader.h. */
#ifndef LIB_ESCAPE_H
#define LIB_ESCAPE_H

#include <stdio.h>

/* In the content or a quoted attribute of XML 1.0 and HTML. */
void escape_xml(FILE *to, const char *text);

/* printf with all of its output escaped. */
void escape_xml_printf(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A field of CSV (RFC 4180), quoted if need be. */
void escape_csv(FILE *to, const char *text);

/* A cell of a Markdown table. */
void escape_markdown(FILE *to, const char *text);

/* A label's value in OpenMetrics, its quotes not included. */
void escape_label(FILE *to, const char *text);

/*
 * A string of PostgreSQL, its quotes included, whatever standard_conforming_strings is; the
 * session's client_encoding must be UTF8.
 */
void escape_sql(FILE *to, const char *text);

/* The description of a test in TAP. */
void escape_tap(FILE *to, const char *text);

#endif
