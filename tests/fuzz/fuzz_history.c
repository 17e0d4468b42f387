// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as the lines of a run's summary: read, written, and the same again; its figures as
 * a series in which changes are looked for.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness.h"
#include "history/changes.h"
#include "history/group.h"
#include "history/summary.h"
#include "lib/message.h"

/* The lines, and the last one, which no fuzzer would ever find. */
static char *with_end(const uint8_t *data, size_t size, size_t *length)
{
	char *text = xmalloc(size + 14);

	memcpy(text, data, size);
	*length = size + (size_t)sprintf(text + size, "end\t%08x\n",
					 (unsigned int)crc32(0, data, (unsigned int)size));
	return text;
}

static void require_changes(const struct summary *summary, bool is_exact)
{
	struct change_rule rule = { .is_exact = is_exact,
				    .level = 0.05,
				    .permutations = changes_permutations(1),
				    .threshold = is_exact ? 0 : CHANGES_THRESHOLD };
	int64_t *values = xcalloc(summary->op_count + 1, sizeof(*values));
	struct change_point *points;
	size_t count, last = 0;

	for (size_t i = 0; i < summary->op_count; i++)
		values[i] = summary->ops[i].p50;
	count = changes_find(values, summary->op_count, &rule, &points);
	for (size_t i = 0; i < count; i++) {
		REQUIRE(points[i].at > last && points[i].at < summary->op_count);
		REQUIRE(points[i].before != points[i].after);
		last = points[i].at;
	}
	free(points);
	free(values);
}

/* Whatever is kept of it can be in JSON. */
static void require_texts(const struct summary *summary)
{
	for (size_t i = 0; i < summary->fact_count; i++) {
		json_t *name = json_string(summary->facts[i].name);
		json_t *value = json_string(summary->facts[i].value);

		REQUIRE(name && value);
		json_decref(name);
		json_decref(value);
	}
}

static void require_group(const struct summary *summary)
{
	char *key = group_key(summary, "web1", false), *title = group_title(summary, "web1");

	require_plain(key, strlen(key));
	require_one_line(title);
	free(key);
	free(title);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct summary summary = { 0 }, again = { 0 };
	size_t length, written, rewritten;
	char *text = with_end(data, size, &length), *first, *second;

	if (summary_parse(&summary, text, length)) {
		first = summary_text(&summary, &written);
		require_plain(first, written);
		require_texts(&summary);
		require_group(&summary);
		require_changes(&summary, true);
		require_changes(&summary, false);
		second = xmalloc(written + 1);
		memcpy(second, first, written + 1);
		REQUIRE(summary_parse(&again, second, written));
		free(first);
		first = summary_text(&again, &rewritten);
		REQUIRE(written == rewritten && again.op_count == summary.op_count);
		free(first);
		free(second);
	}
	summary_free(&summary);
	summary_free(&again);
	free(text);
	return 0;
}
