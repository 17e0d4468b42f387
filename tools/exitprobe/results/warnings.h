/* SPDX-License-Identifier: GPL-2.0-only */
/* What must not be overlooked in a results file. */
#ifndef RESULTS_WARNINGS_H
#define RESULTS_WARNINGS_H

#include "results/merge.h"

/* Call @tell with each, one line, and @context. */
void warnings_tell(const struct merged *merged, void (*tell)(void *context, const char *line),
		   void *context);

#endif
