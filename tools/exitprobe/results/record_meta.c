// SPDX-License-Identifier: GPL-2.0-only
/* The record in which the probe says who it is and where it runs. */
#include "results/records.h"

#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "lib/message.h"

static void read_meta_cpu(struct reader *r, const json_t *object, struct meta *m)
{
	json_t *cpu = reader_object(r, object, FIELD(meta, cpu));
	size_t mark = reader_enter(r, FIELD(meta, cpu));

	m->microcode = -1;
	if (cpu) {
		m->vendor = reader_string(r, cpu, FIELD(cpu, vendor), RECORD_TEXT_MAX);
		m->brand = reader_string(r, cpu, FIELD(cpu, brand), RECORD_TEXT_MAX);
		m->family = records_count(r, cpu, FIELD(cpu, family));
		m->model = records_count(r, cpu, FIELD(cpu, model));
		m->stepping = records_count(r, cpu, FIELD(cpu, stepping));
		reader_optional_integer(r, cpu, FIELD(cpu, microcode), 0, UINT32_MAX,
					&m->microcode);
	}
	reader_leave(r, mark);
}

static void read_meta_tsc(struct reader *r, const json_t *object, struct meta *m)
{
	json_t *tsc = reader_object(r, object, FIELD(meta, tsc));
	size_t mark = reader_enter(r, FIELD(meta, tsc));

	if (tsc) {
		m->tsc_verdict = reader_string(r, tsc, FIELD(tsc, verdict), RECORD_TEXT_MAX);
		m->tsc_monotonic = reader_bool(r, tsc, FIELD(tsc, monotonic));
		reader_optional_integer(r, tsc, FIELD(tsc, khz), 0, RESULTS_MAX_COUNT, &m->tsc_khz);
	}
	reader_leave(r, mark);
}

/* That @word says where or what is measured, not how. */
static bool is_place(const char *word)
{
	static const char *const keys[] = { "host=",   "unit=",	  "ops=", "skip=",
					    "format=", "counts=", "end=", "hosted" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strncmp(word, keys[i], strlen(keys[i])))
			return true;
	return false;
}

/* How the probe measured, by its command line, which loaders begin with its file. */
static char *settings_of(char *command_line)
{
	char *settings = NULL, *longer, *rest = command_line, *word;

	while ((word = strsep(&rest, " "))) {
		if (!*word || (word == command_line && !strchr(word, '=')) || is_place(word))
			continue;
		longer = xasprintf("%s%s%s", settings ? settings : "", settings ? " " : "", word);
		free(settings);
		settings = longer;
	}
	return settings;
}

void records_read_meta(struct reader *r, const json_t *object, struct meta *m)
{
	json_t *inner;
	char *command_line;
	size_t mark;

	if (reader_integer(r, object, FIELD(meta, format), 0, INT32_MAX) != RECORDS_FORMAT)
		reader_fail(r, FIELD(meta, format),
			    "of the records is not 1, the only one that is known");
	m->version = reader_string(r, object, FIELD(meta, version), RECORD_TEXT_MAX);
	m->build = reader_string(r, object, FIELD(meta, build), RECORD_TEXT_MAX);
	m->host = reader_optional_string(r, object, FIELD(meta, host), RECORD_TEXT_MAX);
	command_line = reader_optional_string(r, object, FIELD(meta, command_line), INPUT_MAX_TEXT);
	m->settings = command_line ? settings_of(command_line) : NULL;
	free(command_line);
	m->vcpus = records_count(r, object, FIELD(meta, vcpus));
	read_meta_cpu(r, object, m);
	read_meta_tsc(r, object, m);

	inner = reader_optional_object(r, object, FIELD(meta, hypervisor));
	mark = reader_enter(r, FIELD(meta, hypervisor));
	if (inner) {
		m->hypervisor =
			reader_optional_string(r, inner, FIELD(hypervisor, name), RECORD_TEXT_MAX);
		if (!m->hypervisor)
			m->hypervisor = reader_string(r, inner, FIELD(hypervisor, signature),
						      RECORD_TEXT_MAX);
	}
	reader_leave(r, mark);
	inner = reader_optional_object(r, object, FIELD(meta, stats));
	mark = reader_enter(r, FIELD(meta, stats));
	if (inner) {
		m->stats_version = reader_integer(r, inner, FIELD(stats, version), 1, UINT16_MAX);
		m->isa = reader_string(r, inner, FIELD(stats, isa), RECORD_TEXT_MAX);
		m->keeper = reader_optional_string(r, inner, FIELD(stats, keeper), RECORD_TEXT_MAX);
		/* Records of before there was a choice do not say. */
		if (!m->keeper)
			m->keeper = xstrdup("patch");
		m->halted_unknown = json_object_get(inner, FIELD(stats, halted_known)) &&
				    !reader_bool(r, inner, FIELD(stats, halted_known));
	}
	reader_leave(r, mark);
	inner = reader_optional_object(r, object, FIELD(meta, watching));
	mark = reader_enter(r, FIELD(meta, watching));
	if (inner) {
		m->watched = true;
		m->exit_cost = records_ticks(r, inner, FIELD(watching, exit));
		m->entry_cost = records_ticks(r, inner, FIELD(watching, entry));
		m->return_cost = records_ticks(r, inner, FIELD(watching, userspace));
	}
	reader_leave(r, mark);
	inner = reader_optional_object(r, object, FIELD(meta, instructions));
	mark = reader_enter(r, FIELD(meta, instructions));
	m->nop_ticks = -1;
	if (inner) {
		m->nop_ticks = records_count(r, inner, FIELD(instructions, nop_ticks));
		m->emulated = reader_bool(r, inner, FIELD(instructions, emulated));
	}
	reader_leave(r, mark);
	inner = reader_object(r, object, FIELD(meta, bracket));
	mark = reader_enter(r, FIELD(meta, bracket));
	if (inner)
		m->bracket = reader_integer(r, inner, FIELD(bracket, cycles), -RESULTS_MAX_TICKS,
					    RESULTS_MAX_TICKS);
	reader_leave(r, mark);
}
