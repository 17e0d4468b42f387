/* SPDX-License-Identifier: GPL-2.0-only */
/* An interval as text, as JSON and as CSV; a reading as OpenMetrics. */
#ifndef WATCH_SHOW_H
#define WATCH_SHOW_H

#include <stdio.h>

#include "watch/change.h"

struct watch_form {
	void (*head)(FILE *to); /* or NULL */
	void (*wipe)(FILE *to); /* before others write; or NULL */
	void (*interval)(FILE *to, const struct watch_interval *interval);
};

extern const struct watch_form watch_lines;  /* a line for each VM */
extern const struct watch_form watch_screen; /* written again in its place, on a terminal */
extern const struct watch_form watch_json;   /* an object on a line */
extern const struct watch_form watch_csv;    /* a row for each VM and each reason */

/* The counters of each VM that can be read, as they are. */
void watch_openmetrics(FILE *to, const struct watch_list *list);

#endif
