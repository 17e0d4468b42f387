// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "lib/message.h"
#include "lib/output.h"
#include "results/ways.h"

#define FORMAT	     "1"
#define DIRECTORY    "summaries"
#define MESSAGE_SIZE 512

static void add_fact(struct summary *summary, enum fact_kind kind, const char *name,
		     const char *value)
{
	if (!value || !*name)
		return;
	if (summary->fact_count == summary->fact_room) {
		summary->fact_room = summary->fact_room ? 2 * summary->fact_room : 64;
		summary->facts =
			xrealloc(summary->facts, summary->fact_room * sizeof(*summary->facts));
	}
	summary->facts[summary->fact_count++] = (struct fact){ kind, name, value };
}

static const char *number(struct summary_numbers *numbers, size_t i, int64_t value)
{
	snprintf(numbers->text[i], sizeof(numbers->text[i]), "%" PRId64, value);
	return numbers->text[i];
}

static const char *yes_or_no(bool is)
{
	return is ? "yes" : "no";
}

/* The names are those that exitprobe compare shows. */
static void add_meta(struct summary *s, const struct meta *m, struct summary_numbers *n)
{
	add_fact(s, FACT_RUN, "guest: processor", m->brand);
	add_fact(s, FACT_RUN, "guest: vendor", m->vendor);
	add_fact(s, FACT_RUN, "guest: family", number(n, 0, m->family));
	add_fact(s, FACT_RUN, "guest: model", number(n, 1, m->model));
	add_fact(s, FACT_RUN, "guest: stepping", number(n, 2, m->stepping));
	add_fact(s, FACT_RUN, "guest: hypervisor", m->hypervisor);
	add_fact(s, FACT_RUN, "guest: host", m->host);
	add_fact(s, FACT_RUN, "guest: vCPUs", number(n, 3, m->vcpus));
	add_fact(s, FACT_RUN, "exit statistics: version", number(n, 4, m->stats_version));
	add_fact(s, FACT_RUN, "exit statistics: instruction set", m->isa);
	add_fact(s, FACT_RUN, "exit statistics: kept by", m->keeper);
	/* Only then: summaries that were made before it could be said stay valid. */
	add_fact(s, FACT_RUN, "exit statistics: halted time", m->halted_unknown ? "unknown" : NULL);
	add_fact(s, FACT_RUN, "probe: build", m->build);
	add_fact(s, FACT_RUN, "probe: settings", m->settings);
	add_fact(s, FACT_RUN, "TSC kHz", number(n, 5, m->tsc_khz));
}

static void add_op(struct summary *summary, const struct merged_op *m)
{
	const struct op_result *op = &m->as_one;

	if (summary->op_count == summary->op_room) {
		summary->op_room = summary->op_room ? 2 * summary->op_room : 64;
		summary->ops = xrealloc(summary->ops, summary->op_room * sizeof(*summary->ops));
	}
	summary->ops[summary->op_count++] = (struct summary_op){
		.name = op->op,
		.outcome = op->outcome,
		.broken_boots = m->broken_boots,
		.counted = op->counted,
		.p50 = op->cycles.p50,
		.ci_low = op->cycles.ci_low,
		.ci_high = op->cycles.ci_high,
		.exits_milli = op->exits_milli,
		.parts = op->parts,
	};
}

void summary_of(struct summary *s, const struct merged *merged, int64_t bytes,
		struct summary_numbers *numbers)
{
	const struct results *results = merged->results;
	const struct meta *meta = results_meta(results);

	s->bytes = bytes;
	s->fact_count = s->op_count = 0;
	add_fact(s, FACT_RUN, "exitprobe", results->version);
	add_fact(s, FACT_RUN, "complete", yes_or_no(results->complete));
	add_fact(s, FACT_RUN, "deterministic", yes_or_no(results->deterministic));
	add_fact(s, FACT_RUN, "accel", accel_names[results->accel]);
	add_fact(s, FACT_RUN, "unit", results->unit);
	add_fact(s, FACT_RUN, "exits: counted by", way_names[results->way]);
	add_fact(s, FACT_RUN, "boots", number(numbers, 6, (int64_t)results->boot_count));
	add_fact(s, FACT_RUN, "QEMU: arguments", results->qemu_args);
	add_fact(s, FACT_RUN, "emulated", yes_or_no(merged->emulated));
	if (meta)
		add_meta(s, meta, numbers);
	for (size_t i = 0; i < results->property_count; i++)
		add_fact(s, FACT_MACHINE, results->machine[i].name, results->machine[i].value);
	for (size_t i = 0; i < results->part_count; i++)
		add_fact(s, FACT_BUILD, results->parts[i].name, results->parts[i].value);
	for (size_t i = 0; i < merged->count; i++)
		add_op(s, &merged->ops[i]);
}

static void put_op(FILE *to, const struct summary_op *op)
{
	fprintf(to, "o\t%s\t%d\t%zu\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t", op->name,
		(int)op->outcome, op->broken_boots, op->p50, op->ci_low, op->ci_high);
	if (op->counted)
		fprintf(to, "%" PRId64, op->exits_milli);
	else
		putc('-', to);
	for (int p = 0; p < PART_COUNT; p++)
		if (op->parts.known[p])
			fprintf(to, "\t%" PRId64, op->parts.ticks[p]);
		else
			fputs("\t-", to);
	putc('\n', to);
}

static uint32_t crc(const char *text, size_t length)
{
	return (uint32_t)crc32(0, (const unsigned char *)text, (unsigned int)length);
}

char *summary_text(const struct summary *s, size_t *length)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, length);

	if (!to)
		out_of_memory("summary");
	fprintf(to, "exitprobe_summary\t" FORMAT "\t%" PRId64 "\n", s->bytes);
	for (size_t i = 0; i < s->fact_count; i++)
		fprintf(to, "%c\t%s\t%s\n", (char)s->facts[i].kind, s->facts[i].name,
			s->facts[i].value);
	for (size_t i = 0; i < s->op_count; i++)
		put_op(to, &s->ops[i]);
	if (fflush(to))
		out_of_memory("summary");
	fprintf(to, "end\t%08" PRIx32 "\n", crc(text, *length));
	if (fclose(to))
		out_of_memory("summary");
	return text;
}

const char *summary_fact(const struct summary *s, enum fact_kind kind, const char *name)
{
	for (size_t i = 0; i < s->fact_count; i++)
		if (s->facts[i].kind == kind && !strcmp(s->facts[i].name, name))
			return s->facts[i].value;
	return NULL;
}

void summary_free(struct summary *summary)
{
	free(summary->facts);
	free(summary->ops);
	*summary = (struct summary){ 0 };
}

char *summary_path(const char *directory, const char *id)
{
	return xasprintf("%s/" DIRECTORY "/%s." FORMAT, directory, id);
}

bool summary_save(const char *directory, const char *id, const struct results *results,
		  int64_t bytes)
{
	char *folder = xasprintf("%s/" DIRECTORY, directory), *path = summary_path(directory, id);
	struct merged *merged = merge_results(results);
	struct summary summary = { 0 };
	struct summary_numbers numbers;
	char message[MESSAGE_SIZE], *text;
	struct output output;
	size_t length;
	bool saved;

	summary_of(&summary, merged, bytes, &numbers);
	text = summary_text(&summary, &length);
	/* Every writer writes the same, so that one may replace another's. */
	saved = (!mkdir(folder, 0777) || errno == EEXIST) &&
		output_open(&output, path, message, sizeof(message));
	if (saved) {
		fwrite(text, 1, length, output.file);
		saved = output_commit(&output, message, sizeof(message));
	}
	free(text);
	summary_free(&summary);
	merge_free(merged);
	free(path);
	free(folder);
	return saved;
}
