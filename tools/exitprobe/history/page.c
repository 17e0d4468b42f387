// SPDX-License-Identifier: GPL-2.0-only
/* A history's page: what changed, a small plot for each operation, and its figures to zoom to. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>

#include "history/plot.h"
#include "history/show.h"
#include "lib/escape.h"
#include "lib/message.h"
#include "report/html/page.h"
#include "report/html/page_bars.h"
#include "version.h"

#define TEXT_SIZE    1024
#define CHANGES_MOST 500 /* that the table lists */

/* Lines as C strings: the Makefile makes them of history.css and history.js. */
static const char *const style[] = {
#include "history/history.css.inc"
};
static const char *const script[] = {
#include "history/history.js.inc"
};

static void tile(FILE *to, size_t number, const char *what, bool bad)
{
	fprintf(to, "<li%s><b>%zu</b>%s</li>\n", bad && number ? " class=\"bad\"" : "", number,
		what);
}

static void tiles(FILE *to, const struct analysis *a)
{
	size_t worse = 0, better = 0, open = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t c = 0; c < a->ops[i].change_count; c++) {
			const struct history_change *change = &a->ops[i].changes[c];

			worse += change->is_worse;
			better += !change->is_worse;
			open += history_finds(change);
		}
	fputs("<ul class=\"tiles\">\n", to);
	tile(to, a->group->run_count, "runs", false);
	tile(to, a->count, "operations", false);
	tile(to, worse, "changes for the worse", false);
	tile(to, better, "for the better", false);
	tile(to, open, "for the worse, not taken back", true);
	tile(to, a->record->store.left_count, "files left out", true);
	fputs("</ul>\n", to);
}

static void left_out(FILE *to, const struct store *store)
{
	if (!store->left_count)
		return;
	fputs("<div class=\"warnings\" role=\"note\"><b>Left out</b><ul>\n", to);
	for (size_t i = 0; i < store->left_count && i < CHANGES_MOST; i++) {
		fputs("<li>", to);
		escape_xml(to, store->left[i]);
		fputs("</li>\n", to);
	}
	fputs("</ul></div>\n", to);
}

static void other_groups(FILE *to, const struct history *history, const struct analysis *shown)
{
	const struct record *record = history->record;

	if (record->group_count < 2)
		return;
	fputs("<section><h2>Other groups</h2>\n<p>Runs that cannot be compared with these. "
	      "A page of one is made by <code>--group</code>.</p>\n<table class=\"cards\"><thead><tr>"
	      "<th scope=\"col\" class=\"t\">group</th><th scope=\"col\">runs</th>"
	      "<th scope=\"col\" class=\"t\">what they are</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < record->group_count; i++) {
		const struct group *group = &record->groups[i];

		if (group == shown->group)
			continue;
		fprintf(to,
			"<tr><th scope=\"row\">%s</th><td data-l=\"runs\">%zu</td><td class=\"t\" "
			"data-l=\"what\">",
			group->name, group->run_count);
		escape_xml(to, group->title);
		fputs("</td></tr>\n", to);
	}
	fputs("</tbody></table></section>\n", to);
}

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

static void operations(FILE *to, const struct analysis *a)
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
	escape_xml(to, record_differences(a->record, a->group, c->first->run, text, sizeof(text)));
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

static void changes(FILE *to, const struct analysis *a)
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

static void figure(FILE *to, const struct analysis *a, const struct history_op *op,
		   const struct bucket *buckets)
{
	char text[TEXT_SIZE];
	int64_t end = 0;

	analysis_value(op->points[op->count - 1], a->metric, &end);
	fprintf(to,
		"<figure data-op=\"%s\" id=\"plot-%s\"><figcaption><h3><span class=\"op\">%s</span></h3>"
		"<p class=\"sub\">latest %s, %zu change%s</p></figcaption>",
		op->series->op, op->series->op, op->series->op,
		analysis_text(a, end, text, sizeof(text)), op->change_count,
		op->change_count == 1 ? "" : "s");
	plot_small(to, a, op, buckets);
	fputs("</figure>\n", to);
}

static void plots(FILE *to, const struct analysis *a)
{
	size_t runs = a->group->run_count, points = bucket_count(a->group);
	bool is_first = true;

	fprintf(to,
		"<section id=\"plots\"><h2>Plots</h2>\n<p>From the first run to the latest. The line is "
		"%s, the band %s. A vertical line is a change. Each plot has its own scale, at least 2 %% "
		"high.%s</p>\n",
		runs > points ? "a median of runs" : "the median of a run",
		runs > points ? "reaches from the lowest to the highest of these runs"
			      : "its 95 % interval",
		a->metric == HISTORY_P50 ? "" : " It shows the metric above.");
	if (runs > points)
		fprintf(to,
			"<p>A plot has %zu points for %zu runs: %zu or %zu consecutive runs are one. "
			"Changes are found in the runs themselves.</p>\n",
			points, runs, runs / points, (runs + points - 1) / points);
	fputs("<div class=\"grid\">\n", to);
	for (size_t i = 0; i < a->count; i++) {
		struct bucket *buckets;

		if (!a->ops[i].count)
			continue;
		buckets = buckets_of(a, &a->ops[i]);
		figure(to, a, &a->ops[i], buckets);
		free(buckets);
	}
	fputs("</div></section>\n", to);
	plot_data_begin(to, a);
	for (size_t i = 0; i < a->count; i++) {
		struct bucket *buckets;

		if (!a->ops[i].count)
			continue;
		buckets = buckets_of(a, &a->ops[i]);
		plot_data(to, a, &a->ops[i], buckets, is_first);
		is_first = false;
		free(buckets);
	}
	plot_data_end(to);
}

/* The script shows a plot in it. */
static void zoom(FILE *to)
{
	fputs("<dialog class=\"zoom\" aria-labelledby=\"zoom-title\"><form method=\"dialog\">"
	      "<h2 id=\"zoom-title\"></h2><button>close</button></form>"
	      "<div class=\"large\"></div><ul class=\"legend\">",
	      to);
	for (int p = 0; p < PART_COUNT; p++)
		fprintf(to, "<li data-part=\"%d\"><span class=\"key %s\"></span>%s</li>", p,
			part_names[p], part_titles[p]);
	fputs("</ul><p class=\"at\" aria-live=\"polite\"></p><ol class=\"told\"></ol></dialog>\n",
	      to);
}

static void lines(FILE *to, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fputs(list[i], to);
}

static void group_page(FILE *to, const struct history *history, const struct analysis *a)
{
	const struct group *group = a->group;
	char text[TEXT_SIZE];

	fputs("<header><h1>What changed from run to run</h1><p class=\"sub\">", to);
	escape_xml(to, group->title);
	fprintf(to,
		" | group %s | %s to %s</p><nav aria-label=\"Sections\"><a href=\"#changes\">Changes"
		"</a><a href=\"#operations\">Operations</a><a href=\"#plots\">Plots</a></nav>"
		"</header>\n<main>\n",
		group->name, record_run(a->record, group, 0)->time,
		record_run(a->record, group, group->run_count - 1)->time);
	tiles(to, a);
	fputs("<p>", to);
	escape_xml(to, history_metric_names[a->metric]);
	fputs(". ", to);
	escape_xml(to, analysis_method(a, text, sizeof(text)));
	fputs(".</p>\n", to);
	left_out(to, &a->record->store);
	changes(to, a);
	operations(to, a);
	plots(to, a);
	zoom(to);
	other_groups(to, history, a);
	fputs("</main>\n<style>\n", to);
	lines(to, style, sizeof(style) / sizeof(style[0]));
	fputs("</style>\n<script>\n", to);
	lines(to, script, sizeof(script) / sizeof(script[0]));
	fputs("</script>\n", to);
}

void history_html(FILE *to, const struct history *history)
{
	page_begin(to, "exitprobe: history");
	if (history->count) {
		group_page(to, history, history->groups[0]);
	} else {
		fputs("<header><h1>What changed from run to run</h1></header>\n<main><p>", to);
		escape_xml(to, history->record->directory);
		fputs(" has no runs.</p>\n", to);
		left_out(to, &history->record->store);
		fputs("</main>\n", to);
	}
	page_end(to, VERSION);
}
