/* SPDX-License-Identifier: GPL-2.0-only */
/* One operation of several boots as one: merge.h has how. */
#ifndef RESULTS_MERGE_OP_H
#define RESULTS_MERGE_OP_H

#include "results/merge.h"

/* The results of each boot in which it was measured, at least one. */
struct sources {
	size_t count;
	const struct op_result **list;
};

void merge_op_measured(struct merged_op *m, const struct sources *from);

#endif
