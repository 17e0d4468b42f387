/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms in which comparisons with one base are shown. */
#ifndef EXITPROBE_COMPARE_H
#define EXITPROBE_COMPARE_H

#include <stdio.h>

#include "comparison.h"

struct comparisons {
	size_t count;
	struct comparison **list; /* all of the same base and metric */
	bool force;		  /* figures are shown though there are obstacles */
};

void compare_text(FILE *to, const struct comparisons *all);
void compare_json(FILE *to, const struct comparisons *all);
void compare_html(FILE *to, const struct comparisons *all);

/* Of all: not comparable before slower before same. */
int compare_status(const struct comparisons *all);

#endif
