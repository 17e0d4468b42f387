/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms in which comparisons with one base are shown. */
#ifndef EXITPROBE_COMPARE_H
#define EXITPROBE_COMPARE_H

#include <stdio.h>

#include "comparison.h"

void compare_text(FILE *to, const struct comparisons *all);
void compare_json(FILE *to, const struct comparisons *all);
void compare_html(FILE *to, const struct comparisons *all);

#endif
