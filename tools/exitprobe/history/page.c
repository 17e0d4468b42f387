// SPDX-License-Identifier: GPL-2.0-only
/* A history's page: what changed (page_tables.c), a small plot for each operation, and its figures to zoom to. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>

#include "history/page_tables.h"
#include "history/plot.h"
#include "history/show.h"
#include "lib/escape.h"
#include "lib/message.h"
#include "report/html/page.h"
#include "report/html/page_bars.h"
#include "version.h"

#define TEXT_SIZE 1024
#define LEFT_MOST 500 /* files that are named */

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
	for (size_t i = 0; i < store->left_count && i < LEFT_MOST; i++) {
		fputs("<li>", to);
		escape_xml(to, store->left[i]);
		fputs("</li>\n", to);
	}
	if (store->left_count > LEFT_MOST)
		fprintf(to, "<li>and %zu more</li>\n", store->left_count - LEFT_MOST);
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
	page_changes(to, a);
	page_operations(to, a);
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
