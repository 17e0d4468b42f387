// SPDX-License-Identifier: GPL-2.0-only
#include "vm/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "lib/process.h"
#include "results/records.h"

void progress_begin(struct progress *progress, unsigned int boots, bool terminal, bool lines)
{
	bool is_terminal = isatty(STDERR_FILENO);

	*progress = (struct progress){ .shown = terminal && is_terminal,
				       .lines = lines && !is_terminal,
				       .boots = boots };
	message_clears_line(progress->shown);
}

void progress_note(const struct progress *progress, const char *note)
{
	if (progress->shown)
		fprintf(stderr, "\r\033[K%s", note);
}

static void show(const struct progress *p, const char *what)
{
	unsigned int all = p->operations * p->boots;
	unsigned int done = p->operations * (p->boot - 1) + p->done;
	long long elapsed = (process_now_ms() - p->start_ms) / 1000;

	fputs(p->shown ? "\r\033[K" : "exitprobe run: ", stderr);
	if (p->boots > 1)
		fprintf(stderr, "boot %u of %u, ", p->boot, p->boots);
	fprintf(stderr, p->shown ? "%u of %u: %-17s %lld s" : "%u of %u: %s, %lld s", p->done + 1,
		p->operations, what, elapsed);
	/* The first few operations say little about the others. */
	if (done >= 5 && elapsed > 0)
		fprintf(stderr, ", about %lld s to go",
			elapsed * (long long)(all - done) / (long long)done);
	if (p->lines)
		putc('\n', stderr);
}

/* An operation of @family, or NULL, begins. */
static void begin(struct progress *p, const char *op, const char *family)
{
	snprintf(p->operation, sizeof(p->operation), "%s", op);
	if (p->shown)
		show(p, p->operation);
	if (!p->lines || !family || !strcmp(p->family, family))
		return;
	snprintf(p->family, sizeof(p->family), "%s", family);
	show(p, p->family);
}

void progress_record(void *data, const json_t *record)
{
	struct progress *p = data;
	const char *op = json_string_value(json_object_get(record, FIELD(start, op)));

	if (!record) {
		p->boot++;
		p->done = p->operations = 0;
		p->family[0] = '\0';
		return;
	}
	if (record_is(record, RECORD_META)) {
		/* A resumed boot has another, for what is left. */
		if (!p->operations)
			p->operations = (unsigned int)json_integer_value(
				json_object_get(record, FIELD(meta, operations)));
		if (!p->start_ms)
			p->start_ms = process_now_ms();
	} else if (record_is(record, RECORD_START) && op) {
		begin(p, op, json_string_value(json_object_get(record, FIELD(start, family))));
	} else if (record_is(record, RECORD_OP)) {
		p->done++;
	}
}

void progress_end(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	message_clears_line(false);
}
