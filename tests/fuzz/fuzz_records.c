// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes in the memory that the probe shares: taken in two pieces, made a document
 * of, handed on as the lab's stream of events, saved and read again.  The same bytes as
 * such a stream themselves.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness.h"
#include "lib/process.h"
#include "report/report.h"
#include "results/merge.h"
#include "results/results.h"
#include "results/results_writer.h"
#include "vm/ivshmem.h"
#include "vm/progress.h"

static char memory[SHARED_SIZE];

struct taken {
	struct document doc;
	struct progress progress;
	struct shared shared;
	char *events;
	size_t events_length;
};

static struct document new_document(void)
{
	static char *command[] = { "exitprobe", "run", NULL };
	struct document doc = { 0 };

	document_begin(&doc, "kvm", "cycles", command);
	/* Not the time of day. */
	json_object_set_new(doc.root, "created", json_string("2026-01-01T00:00:00Z"));
	return doc;
}

static void document_free(struct document *doc)
{
	json_decref(doc->current);
	json_decref(doc->root);
}

/* Operations' names go into the probe's keys: these characters and no others. */
static void require_names(const struct document *doc)
{
	char *done = document_done(doc);

	REQUIRE(!done[strspn(done, "abcdefghijklmnopqrstuvwxyz0123456789-,")]);
	free(done);
}

static void take(struct taken *t, const uint8_t *data, size_t first, size_t size)
{
	unsigned int count;

	*t = (struct taken){ .doc = new_document() };
	t->shared = (struct shared){ .memory = memory, .crc = (uint32_t)crc32(0, NULL, 0) };
	t->doc.watch = progress_record;
	t->doc.watch_data = &t->progress;
	progress_begin(&t->progress, 1, false, false);
	t->doc.stream = open_memstream(&t->events, &t->events_length);
	document_machine(&t->doc, json_pack("{s:s}", "cpu", "fuzz"));
	document_begin_boot(&t->doc);
	memcpy(memory, data, first);
	count = shared_take(&t->shared, &t->doc);
	memcpy(memory, data, size);
	count += shared_take(&t->shared, &t->doc);
	memset(memory, 0, size);
	REQUIRE(count == t->shared.lines + t->shared.ended && t->shared.taken <= size);
	REQUIRE(!t->shared.whole || (t->shared.ended && !t->shared.bad));
	require_names(&t->doc);
	document_all_done(&t->doc);
	document_lost(&t->doc, "hangs");
	require_names(&t->doc);
	document_end_boot(&t->doc, t->shared.whole, 0, 1.5, 100);
	document_end(&t->doc);
	fclose(t->doc.stream);
	/* Of JSON in ASCII nothing but DEL is left that a terminal may not show. */
	for (size_t i = 0; i < t->events_length; i++)
		REQUIRE((t->events[i] >= ' ' && t->events[i] <= 0x7f) || t->events[i] == '\n');
}

/* Both ends of the stream hold the same. */
static void require_stream(const struct taken *t)
{
	struct document doc = new_document();
	struct lines lines = { 0 };
	char *line;

	memcpy(lines_room(&lines, t->events_length), t->events, t->events_length);
	lines_added(&lines, t->events_length);
	while ((line = lines_next(&lines)))
		REQUIRE(document_event(&doc, line));
	document_end(&doc);
	REQUIRE(json_equal(doc.root, t->doc.root));
	lines_free(&lines);
	document_free(&doc);
}

static char *report_of(const struct results *results, size_t *length)
{
	struct merged *merged = merge_results(results);
	struct shown shown;

	shown_begin(&shown);
	report_text(shown.to, results, false);
	report_markdown(shown.to, merged);
	shown_end(&shown);
	merge_free(merged);
	*length = shown.length;
	return shown.text;
}

/* What can be shown can be saved, and then shows the same. */
static void save_and_read(const json_t *root)
{
	char message[512] = "", *before, *after, *saved;
	struct results *results = results_from_json("results", root, message, sizeof(message));
	size_t before_length, after_length;

	if (!results) {
		require_one_line(message);
		return;
	}
	before = report_of(results, &before_length);
	results_free(results);
	saved = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
	results = results_from_text("results", saved, strlen(saved), message, sizeof(message));
	REQUIRE(results);
	after = report_of(results, &after_length);
	REQUIRE(before_length == after_length && !memcmp(before, after, after_length));
	results_free(results);
	free(saved);
	free(before);
	free(after);
}

static void as_events(const uint8_t *data, size_t size)
{
	struct document doc = new_document();
	struct lines lines = { 0 };
	char *line;

	if (size)
		memcpy(lines_room(&lines, size), data, size);
	lines_added(&lines, size);
	while ((line = lines_next(&lines)))
		document_event(&doc, line);
	document_end(&doc);
	require_names(&doc);
	save_and_read(doc.root);
	lines_free(&lines);
	document_free(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken t, again;

	if (size > SHARED_SIZE)
		return 0;
	messages_begin();
	take(&t, data, size / 2, size);
	take(&again, data, 0, size);
	REQUIRE(json_equal(t.doc.root, again.doc.root) && t.shared.whole == again.shared.whole);
	require_stream(&t);
	save_and_read(t.doc.root);
	as_events(data, size);
	free(t.events);
	free(again.events);
	document_free(&t.doc);
	document_free(&again.doc);
	REQUIRE(!messages_end());
	return 0;
}
