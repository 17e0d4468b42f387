// SPDX-License-Identifier: GPL-2.0-only
#include "report/text_columns.h"

#include <inttypes.h>
#include <string.h>

#include "results/tick.h"
#include "results/wording.h"

#define REASON_WIDTH 10 /* left for it before columns are dropped */
#define CELL_SIZE    64
#define SPREAD_MAX   999.0 /* per cent; of what takes hardly any time it says nothing */

enum column_group { GROUP_EXITS, GROUP_GUEST, GROUP_PARTS, GROUP_KEPT, GROUP_COUNT };

/* The second where there is no room for the first. */
static const char *const group_titles[][2] = {
	{ "exits", "exits" },
	{ "guest per operation", "guest" },
	{ "where one exit goes", "one exit" },
};

struct column {
	const char *title;
	enum column_group group;
	int width;
	int rank; /* the highest goes first where a terminal is too narrow */
};

static const struct column columns[] = {
	[COLUMN_EXITS] = { "/op", GROUP_EXITS, 5, 1 },
	[COLUMN_MIN] = { "min", GROUP_GUEST, 8, 9 },
	[COLUMN_P50] = { "p50", GROUP_GUEST, 8, 0 },
	[COLUMN_NS] = { "ns", GROUP_GUEST, 8, 4 },
	[COLUMN_P99] = { "p99", GROUP_GUEST, 8, 7 },
	[COLUMN_INTERVAL] = { "+-95%", GROUP_GUEST, 6, 2 },
	[COLUMN_BOOTS] = { "boots%", GROUP_GUEST, 7, 3 },
	[COLUMN_OUT] = { "out", GROUP_PARTS, 6, 5 },
	[COLUMN_KERNEL] = { "kernel", GROUP_PARTS, 8, 1 },
	[COLUMN_USER] = { "user", GROUP_PARTS, 8, 2 },
	[COLUMN_HALTED] = { "halted", GROUP_PARTS, 8, 6 },
	[COLUMN_IN] = { "in", GROUP_PARTS, 6, 5 },
	[COLUMN_KEPT] = { "kept", GROUP_KEPT, 10, 8 },
};

void text_columns_choose(struct text_columns *t, int width)
{
	t->used = TEXT_NAME_WIDTH;
	for (int c = 0; c < COLUMN_COUNT; c++) {
		enum column_group group = columns[c].group;

		t->shown[c] = group == GROUP_EXITS   ? t->merged->counted
			      : group == GROUP_PARTS ? t->merged->dissected
						     : true;
		if (c == COLUMN_BOOTS && t->merged->results->boot_count < 2)
			t->shown[c] = false;
		if (c == COLUMN_NS && !(t->ns > 0))
			t->shown[c] = false;
		if (t->shown[c])
			t->used += columns[c].width;
	}
	for (int rank = 9; width && rank > 0; rank--) {
		for (int c = 0; c < COLUMN_COUNT; c++) {
			if (t->used + REASON_WIDTH <= width)
				return;
			if (!t->shown[c] || columns[c].rank != rank)
				continue;
			t->shown[c] = false;
			t->used -= columns[c].width;
		}
	}
}

void text_columns_heads(FILE *to, const struct text_columns *t)
{
	fprintf(to, "%-*s", TEXT_NAME_WIDTH, "");
	for (int g = 0; g < GROUP_KEPT; g++) {
		int width = 0;

		for (int c = 0; c < COLUMN_COUNT; c++)
			if (t->shown[c] && columns[c].group == (enum column_group)g)
				width += columns[c].width;
		if (width)
			fprintf(to, "%*s", width,
				group_titles[g][(int)strlen(group_titles[g][0]) > width - 1]);
	}
	fprintf(to, "\n%-*s", TEXT_NAME_WIDTH, "operation");
	for (int c = 0; c < COLUMN_COUNT; c++)
		if (t->shown[c])
			fprintf(to, "%*s", columns[c].width, columns[c].title);
	fputs(t->merged->counted ? "  reason" : "", to);
}

static void part_text(const struct op_result *op, enum part part, char *text, size_t size)
{
	snprintf(text, size, "-");
	if (op->counted && op->exits_milli && op->parts.known[part])
		snprintf(text, size, "%" PRId64, op->parts.ticks[part]);
}

static void cell_text(const struct text_columns *t, const struct merged_op *m,
		      enum column_id column, char *text, size_t size)
{
	const struct op_result *op = &m->as_one;
	const struct figures *f = &op->cycles;
	int64_t hundredths;
	double spread;

	switch (column) {
	case COLUMN_EXITS:
		hundredths = (op->exits_milli + 5) / 10;
		snprintf(text, size, "-");
		if (op->counted)
			snprintf(text, size, "%" PRId64 ".%02" PRId64, hundredths / 100,
				 hundredths % 100);
		break;
	case COLUMN_MIN:
		snprintf(text, size, "%" PRId64, f->min);
		break;
	case COLUMN_P50:
		snprintf(text, size, "%" PRId64, f->p50);
		break;
	case COLUMN_NS:
		tick_text(t->ns * (double)f->p50, text, size);
		break;
	case COLUMN_P99:
		snprintf(text, size, "%" PRId64, f->p99);
		break;
	case COLUMN_INTERVAL:
		snprintf(text, size, "%" PRId64, merge_half_interval(f));
		break;
	case COLUMN_BOOTS:
		spread = merge_spread_percent(m);
		snprintf(text, size, spread < SPREAD_MAX ? "%.1f" : ">%.0f",
			 spread < SPREAD_MAX ? spread : SPREAD_MAX);
		break;
	case COLUMN_OUT:
	case COLUMN_KERNEL:
	case COLUMN_USER:
	case COLUMN_HALTED:
	case COLUMN_IN:
		part_text(op, (enum part)(PART_OUT + (column - COLUMN_OUT)), text, size);
		break;
	case COLUMN_KEPT:
		snprintf(text, size, "%" PRId64 "/%" PRId64 "%s", op->kept, op->taken,
			 wording_unsettled(op) ? "*" : "");
		break;
	case COLUMN_COUNT:
		break;
	}
}

void text_columns_cells(FILE *to, const struct text_columns *t, const struct merged_op *m,
			const char *main, const char *off)
{
	char text[CELL_SIZE];

	for (int c = 0; c < COLUMN_COUNT; c++) {
		bool is_main = c == COLUMN_P50;

		if (!t->shown[c])
			continue;
		cell_text(t, m, (enum column_id)c, text, sizeof(text));
		fprintf(to, "%s %*s%s", is_main ? main : "", columns[c].width - 1, text,
			is_main ? off : "");
	}
}
