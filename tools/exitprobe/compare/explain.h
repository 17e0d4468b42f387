/* SPDX-License-Identifier: GPL-2.0-only */
/* Which command says what functions account for a change. */
#ifndef COMPARE_EXPLAIN_H
#define COMPARE_EXPLAIN_H

#include "compare/comparison.h"

/*
 * "exitprobe profile --diff 6.1 6.12 cpuid" for a change with a verdict, as a
 * shell takes it: a new text, for free().  Where the two runs do not say what differs
 * between their kernels, words in capitals stand for it.  NULL: nothing is to be
 * explained, or not by a profile: only the lab's AMD-V has any.
 */
char *compare_explain(const struct comparison *comparison, const struct change *change);

/* Of the largest change, in per cent of its base; NULL as above. */
char *compare_explain_largest(const struct comparison *comparison);

#endif
