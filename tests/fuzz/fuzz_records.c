// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes in the memory that the probe shares: taken in two pieces, made a document
 * of, handed on as the lab's stream of events, saved and read again.  The same bytes as
 * such a stream themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lib/lines.h"
#include "op_name.h"
#include "report/report.h"
#include "results/merge.h"
#include "results/results.h"
#include "results/results_writer.h"
#include "vm/ivshmem.h"
#include "vm/progress.h"

static char memory[IVSHMEM_SIZE];

struct taken {
	struct results_writer writer;
	struct progress progress;
	struct ivshmem ivshmem;
	char *events;
	size_t events_length;
};

static struct results_writer new_writer(void)
{
	static char *command[] = { "exitprobe", "run", NULL };
	struct results_writer writer = { 0 };

	results_writer_begin(&writer, "kvm", "cycles", command);
	/* Not the time of day. */
	json_object_set_new(writer.root, "created", json_string("2026-01-01T00:00:00Z"));
	return writer;
}

static void writer_free(struct results_writer *writer)
{
	json_decref(writer->current);
	json_decref(writer->root);
}

/* Operations' names go into the probe's keys: these characters and no others. */
static void require_names(const struct results_writer *writer)
{
	char *done = results_writer_done(writer);

	REQUIRE(!done[strspn(done, OP_NAME_CHARACTERS ",")]);
	free(done);
}

static void take(struct taken *t, const uint8_t *data, size_t first, size_t size)
{
	unsigned int count;

	*t = (struct taken){ .writer = new_writer() };
	t->ivshmem = (struct ivshmem){ .memory = memory };
	t->writer.watch = progress_record;
	t->writer.watch_data = &t->progress;
	progress_begin(&t->progress, 1, false, false);
	t->writer.stream = open_memstream(&t->events, &t->events_length);
	results_writer_machine(&t->writer, json_pack("{s:s}", "cpu", "fuzz"));
	results_writer_begin_boot(&t->writer);
	memcpy(memory, data, first);
	count = ivshmem_take(&t->ivshmem, &t->writer);
	memcpy(memory, data, size);
	count += ivshmem_take(&t->ivshmem, &t->writer);
	memset(memory, 0, size);
	REQUIRE(count == t->ivshmem.stream.lines + t->ivshmem.stream.ended &&
		t->ivshmem.taken <= size);
	REQUIRE(!t->ivshmem.stream.whole || (t->ivshmem.stream.ended && !t->ivshmem.stream.bad));
	require_names(&t->writer);
	results_writer_all_done(&t->writer);
	results_writer_lost(&t->writer, "hangs");
	require_names(&t->writer);
	results_writer_end_boot(&t->writer, t->ivshmem.stream.whole, 0, 1.5, 100);
	results_writer_end(&t->writer);
	fclose(t->writer.stream);
	/* Of JSON in ASCII nothing but DEL is left that a terminal may not show. */
	for (size_t i = 0; i < t->events_length; i++)
		REQUIRE((t->events[i] >= ' ' && t->events[i] <= 0x7f) || t->events[i] == '\n');
}

/* Both ends of the stream hold the same. */
static void require_stream(const struct taken *t)
{
	struct results_writer writer = new_writer();
	struct lines lines = { 0 };
	char *line;

	memcpy(lines_room(&lines, t->events_length), t->events, t->events_length);
	lines_added(&lines, t->events_length);
	while ((line = lines_next(&lines)))
		REQUIRE(results_writer_event(&writer, line));
	results_writer_end(&writer);
	REQUIRE(json_equal(writer.root, t->writer.root));
	lines_free(&lines);
	writer_free(&writer);
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
	struct results_writer writer = new_writer();
	struct lines lines = { 0 };
	char *line;

	if (size)
		memcpy(lines_room(&lines, size), data, size);
	lines_added(&lines, size);
	while ((line = lines_next(&lines)))
		results_writer_event(&writer, line);
	results_writer_end(&writer);
	require_names(&writer);
	save_and_read(writer.root);
	lines_free(&lines);
	writer_free(&writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken t, again;

	if (size > IVSHMEM_SIZE)
		return 0;
	messages_begin();
	take(&t, data, size / 2, size);
	take(&again, data, 0, size);
	REQUIRE(json_equal(t.writer.root, again.writer.root) &&
		t.ivshmem.stream.whole == again.ivshmem.stream.whole);
	require_stream(&t);
	save_and_read(t.writer.root);
	as_events(data, size);
	free(t.events);
	free(again.events);
	writer_free(&t.writer);
	writer_free(&again.writer);
	REQUIRE(!messages_end());
	return 0;
}
