/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPORT_TEXT_DIFFERENCES_H
#define REPORT_TEXT_DIFFERENCES_H

#include <stdio.h>

#include "results/merge.h"

/* The text report's differences of medians; @ns is 0 or the length of a tick. */
void text_differences(FILE *to, const struct merged *merged, double ns, const char *head,
		      const char *off);

#endif
