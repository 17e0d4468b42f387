/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the table for people: which there is room for, and what is in them. */
#ifndef REPORT_TEXT_COLUMNS_H
#define REPORT_TEXT_COLUMNS_H

#include <stdbool.h>
#include <stdio.h>

#include "results/merge.h"

#define TEXT_NAME_WIDTH 18

enum column_id {
	COLUMN_EXITS,
	COLUMN_MIN,
	COLUMN_P50,
	COLUMN_NS,
	COLUMN_P99,
	COLUMN_INTERVAL,
	COLUMN_BOOTS,
	COLUMN_OUT,
	COLUMN_KERNEL,
	COLUMN_USER,
	COLUMN_HALTED,
	COLUMN_IN,
	COLUMN_KEPT,
	COLUMN_COUNT,
};

struct text_columns {
	const struct merged *merged;
	double ns; /* of a tick; 0: not known */
	bool shown[COLUMN_COUNT];
	int used; /* characters by the name and the columns shown */
};

/* Show those that have figures, fewer if they need more than @width characters; 0: any number. */
void text_columns_choose(struct text_columns *t, int width);

/* The two lines above them, without the end of the second. */
void text_columns_heads(FILE *to, const struct text_columns *t);

/* Those of an operation that was measured, the median between @main and @off. */
void text_columns_cells(FILE *to, const struct text_columns *t, const struct merged_op *m,
			const char *main, const char *off);

#endif
