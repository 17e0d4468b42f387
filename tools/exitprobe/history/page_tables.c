// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/page_tables.h"

#include <stdlib.h>
#include <string.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "report/html/page.h"

/* What is longer is shown when it is asked for. */
#define SHORT_TEXT   60
#define TEXT_SIZE    1024
#define CHANGES_MOST 500 /* that the table lists */

static void op_row(FILE *to, const struct analysis *a, const struct history_op *op)
{
	char first[32], last[32];
	int64_t begin = 0, end = 0;

	fprintf(to, "<tr data-op=\"%s\"%s><th scope=\"row\"><a href=\"#plot-%s\">%s</a></th>",
		op->series->op, op->count ? "" : " class=\"off\"", op->series->op, op->series->op);
	if (!op->count) {
		fputs("<td class=\"t\" colspan=\"5\">not measured</td></tr>\n", to);
		return;
	}
	analysis_value(op->points[0], a->metric, &begin);
	analysis_value(op->points[op->count - 1], a->metric, &end);
	fprintf(to,
		"<td data-l=\"runs\">%zu</td><td data-l=\"first\">%s</td><td data-l=\"latest\" "
		"class=\"main\">%s</td><td data-l=\"changes\">%zu</td><td class=\"t\" "
		"data-l=\"last change\">",
		op->count, analysis_text(a, begin, first, sizeof(first)),
		analysis_text(a, end, last, sizeof(last)), op->change_count);
	if (op->broken)
		fprintf(to, "<b class=\"flag\">%s in the latest run</b> ",
			outcome_names[op->broken->outcome]);
	if (op->change_count) {
		const struct history_change *c = &op->changes[op->change_count - 1];
		char text[TEXT_SIZE];

		fprintf(to, "<span class=\"%s\">%.10s: ", c->is_worse ? "slower" : "faster",
			record_run(a->record, a->group, c->first->run)->time);
		escape_xml(to, analysis_words(a, c, text, sizeof(text)));
		fputs("</span>", to);
	}
	fputs("</td></tr>\n", to);
}

void page_operations(FILE *to, const struct analysis *a)
{
	fputs("<section id=\"operations\"><h2>Operations</h2>\n", to);
	page_tools(to, false, false);
	fprintf(to, "<table class=\"ops cards sortable\"><caption>%s in ",
		history_metric_names[a->metric]);
	escape_xml(to, a->metric == HISTORY_EXITS ? "exits" : a->group->unit);
	fputs(". An operation's name leads to its plot.</caption><thead><tr>"
	      "<th scope=\"col\" class=\"t\">operation</th><th scope=\"col\">runs</th>"
	      "<th scope=\"col\">first</th><th scope=\"col\">latest</th><th scope=\"col\">changes</th>"
	      "<th scope=\"col\" class=\"t\">last change</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < a->count; i++)
		op_row(to, a, &a->ops[i]);
	fputs("</tbody></table></section>\n", to);
}

static void escape_p(FILE *to, const struct change_point *point)
{
	char text[32];

	fputs("<td data-l=\"p\">", to);
	escape_xml(to, analysis_p(point, text, sizeof(text)));
	fputs("</td>", to);
}

static void change_row(FILE *to, const struct analysis *a, const struct history_op *op,
		       const struct history_change *c)
{
	const struct run *run = record_run(a->record, a->group, c->first->run);
	char text[TEXT_SIZE], load[64];

	fprintf(to,
		"<tr data-op=\"%s\"><td class=\"t\" data-l=\"run\">%s<br><code>%s</code></td>"
		"<th scope=\"row\">%s</th><td class=\"t %s\" data-l=\"change\">",
		op->series->op, run->time, run->id, op->series->op,
		c->is_worse ? "slower" : "faster");
	escape_xml(to, analysis_words(a, c, text, sizeof(text)));
	fprintf(to, "%s</td>", c->is_taken_back ? ", taken back" : "");
	if (!a->group->is_exact)
		escape_p(to, &c->point);
	fputs("<td class=\"t\" data-l=\"with it\">", to);
	record_differences(a->record, a->group, c->first->run, text, sizeof(text));
	if (strlen(text) > SHORT_TEXT)
		fputs("<details><summary>what else was different</summary>", to);
	escape_xml(to, text);
	if (strlen(text) > SHORT_TEXT)
		fputs("</details>", to);
	if (*analysis_load(a, op, c, load, sizeof(load)))
		fprintf(to, " <span class=\"note\">%s</span>", load);
	fputs("</td></tr>\n", to);
}

struct listed {
	const struct history_op *op;
	const struct history_change *change;
};

/* The latest first. */
static int by_time(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	uint32_t i = x->change->first->run, j = y->change->first->run;

	return (i < j) - (i > j);
}

void page_changes(FILE *to, const struct analysis *a)
{
	struct listed *list = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < a->count; i++)
		room += a->ops[i].change_count;
	fputs("<section id=\"changes\"><h2>Changes</h2>\n", to);
	if (!room) {
		fputs("<p>None.</p></section>\n", to);
		return;
	}
	list = xcalloc(room, sizeof(*list));
	for (size_t i = 0; i < a->count; i++)
		for (size_t c = 0; c < a->ops[i].change_count; c++)
			list[count++] = (struct listed){ &a->ops[i], &a->ops[i].changes[c] };
	if (count)
		qsort(list, count, sizeof(*list), by_time);
	if (count > CHANGES_MOST)
		fprintf(to, "<p>The latest %d of %zu; <code>--format json</code> has all.</p>\n",
			CHANGES_MOST, count);
	fprintf(to,
		"<table class=\"cards\"><thead><tr><th scope=\"col\" class=\"t\">run</th>"
		"<th scope=\"col\" class=\"t\">operation</th><th scope=\"col\" class=\"t\">change</th>%s"
		"<th scope=\"col\" class=\"t\">what else was different</th></tr></thead><tbody>\n",
		a->group->is_exact ? "" : "<th scope=\"col\">p</th>");
	for (size_t i = 0; i < count && i < CHANGES_MOST; i++)
		change_row(to, a, list[i].op, list[i].change);
	fputs("</tbody></table></section>\n", to);
	free(list);
}
