// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a results file: read, merged, shown in every form, compared with
 * itself and as two different runs.  libFuzzer calls it; see make fuzz.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "gnuplot.h"
#include "report.h"
#include "results.h"

/* gnuplot would be a process for each input; the page says that it is missing. */
char *gnuplot_run(FILE *script, size_t *length)
{
	(void)script;
	*length = 0;
	return NULL;
}

int gnuplot_embed(FILE *to, const char **at, const char *end, const char *title,
		  const char *description)
{
	(void)to, (void)at, (void)end, (void)title, (void)description;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(FILE *to, const struct results *results, const struct merged *merged)
{
	report_text(to, results, false);
	report_markdown(to, merged);
	report_csv(to, merged);
	report_junit(to, merged);
	report_tap(to, merged);
	report_openmetrics(to, merged);
	report_html(to, merged);
}

static void compare(FILE *to, const struct merged *merged, enum metric metric)
{
	struct comparison *list[] = { comparison_of(merged, merged, metric, 0.01) };
	struct comparisons all = { .count = 1, .list = list, .force = true };

	compare_text(to, &all);
	compare_json(to, &all);
	compare_html(to, &all);
	if (comparisons_status(&all) == 1)
		abort(); /* nothing is slower than itself */
	comparison_free(list[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char message[512];
	struct results *results =
		results_from_text("input", (const char *)data, size, message, sizeof(message));
	char *shown = NULL;
	size_t length = 0;
	struct merged *merged;
	FILE *to;

	if (!results) {
		if (!message[0] || strchr(message, '\n') || strchr(message, '\033'))
			abort(); /* not one clear line */
		return 0;
	}
	merged = merge_results(results);
	to = open_memstream(&shown, &length);
	show(to, results, merged);
	compare(to, merged, METRIC_P50);
	results->deterministic = !results->deterministic;
	compare(to, merged, METRIC_P50);
	compare(to, merged, METRIC_KERNEL);
	fclose(to);
	if (memchr(shown, '\033', length))
		abort(); /* what steers a terminal, and no colour was asked for */
	free(shown);
	merge_free(merged);
	results_free(results);
	return 0;
}
