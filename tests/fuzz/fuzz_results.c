// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a results file: read, merged, shown in every form, compared with
 * itself and as two different runs, and redacted.
 */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "harness.h"
#include "lib/input.h"
#include "report/html/gnuplot.h"
#include "report/report.h"
#include "results/redact.h"
#include "results/results.h"

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

static void show(FILE *to, const struct results *results, const struct merged *merged)
{
	report_text(to, results, false);
	report_markdown(to, merged);
	report_junit(to, merged);
	report_tap(to, merged);
	report_openmetrics(to, merged);
	report_ktap(to, merged);
	report_lava(to, merged);
	report_sql(to, merged, &(struct report_origin){ 0 });
	report_html(to, merged);
}

/* Its lines end as RFC 4180 has it; beside these it is plain. */
static void show_csv(const struct merged *merged)
{
	char *text = NULL, *end;
	size_t length = 0;
	FILE *to = open_memstream(&text, &length);

	report_csv(to, merged);
	fclose(to);
	for (char *at = text; at < text + length; at = end + 2) {
		end = strstr(at, "\r\n");
		REQUIRE(end);
		require_plain(at, (size_t)(end - at));
	}
	free(text);
}

static void compare(FILE *to, const struct merged *merged, enum metric metric)
{
	struct comparison *list[] = { comparison_of(merged, merged, metric, 0.01) };
	struct comparisons all = { .count = 1, .list = list, .force = true };

	compare_text(to, &all);
	compare_json(to, &all);
	compare_html(to, &all);
	REQUIRE(comparisons_status(&all) != 1); /* nothing is slower than itself */
	comparison_free(list[0]);
}

/* What is left can be read, is as comparable, and is what a second time leaves. */
static void redact(const struct results *results, const char *text, size_t length)
{
	char message[512];
	json_t *document = input_parse("input", text, length, message, sizeof(message)), *once;
	struct results *redacted;

	REQUIRE(document);
	redact_document(document);
	redacted = results_from_json("input", document, message, sizeof(message));
	REQUIRE(redacted);
	REQUIRE(redacted->way == results->way);
	REQUIRE(redacted->boot_count == results->boot_count);
	results_free(redacted);
	once = json_deep_copy(document);
	redact_document(document);
	REQUIRE(json_equal(document, once));
	json_decref(once);
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char message[512];
	struct results *results =
		results_from_text("input", (const char *)data, size, message, sizeof(message));
	struct merged *merged;
	struct shown shown;

	if (!results) {
		require_one_line(message);
		return 0;
	}
	redact(results, (const char *)data, size);
	merged = merge_results(results);
	shown_begin(&shown);
	show(shown.to, results, merged);
	show_csv(merged);
	compare(shown.to, merged, METRIC_P50);
	results->deterministic = !results->deterministic;
	compare(shown.to, merged, METRIC_P50);
	compare(shown.to, merged, METRIC_KERNEL);
	shown_end(&shown);
	shown_free(&shown);
	merge_free(merged);
	results_free(results);
	return 0;
}
