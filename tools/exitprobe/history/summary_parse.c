// SPDX-License-Identifier: GPL-2.0-only
/* The text of a summary, which anyone may have written, as a summary. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "history/summary.h"
#include "lib/input.h"
#include "lib/message.h"
#include "op_name.h"

#define HEAD	     "exitprobe_summary\t1\t"
#define END_LENGTH   13 /* "end\t01234567\n" */
#define FACTS_MAX    2000
#define FIELDS_OF_OP (6 + PART_COUNT) /* behind the name */

/* A whole number within @low and @high up to the end of @text. */
static bool integer(const char *text, int64_t low, int64_t high, int64_t *value)
{
	bool negative = *text == '-';
	uint64_t sum = 0;

	text += negative;
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || sum > INT64_MAX / 10 - 1)
			return false;
		sum = 10 * sum + (uint64_t)(*text - '0');
	}
	*value = negative ? -(int64_t)sum : (int64_t)sum;
	return *value >= low && *value <= high;
}

/* "-" for what is not known. */
static bool optional(const char *text, int64_t low, int64_t high, bool *known, int64_t *value)
{
	*known = strcmp(text, "-");
	*value = 0;
	return !*known || integer(text, low, high, value);
}

/* Text that neither steers a terminal nor is no UTF-8, which could not be in JSON. */
static bool is_plain(const char *text)
{
	bool is_ascii = true;
	json_t *value;

	if (strlen(text) > INPUT_MAX_TEXT)
		return false;
	for (const char *c = text; *c; c++) {
		if (message_hostile_length(c))
			return false;
		is_ascii &= (unsigned char)*c < 0x80;
	}
	if (is_ascii)
		return true;
	value = json_string(text);
	json_decref(value);
	return value;
}

static bool take_fact(struct summary *s, char kind, const char *name, const char *value)
{
	if (s->fact_count == FACTS_MAX || !*name || !is_plain(name) || !is_plain(value))
		return false;
	if (s->fact_count == s->fact_room) {
		s->fact_room = s->fact_room ? 2 * s->fact_room : 64;
		s->facts = xrealloc(s->facts, s->fact_room * sizeof(*s->facts));
	}
	s->facts[s->fact_count++] = (struct fact){ (enum fact_kind)kind, name, value };
	return true;
}

static bool take_op(struct summary *s, const char *name, char *const *fields)
{
	int64_t outcome, broken;
	struct summary_op *op;

	if (s->op_count == RESULTS_MAX_OPERATIONS || strlen(name) > OP_NAME_LENGTH ||
	    !op_name_is_good(name))
		return false;
	if (s->op_count == s->op_room) {
		s->op_room = s->op_room ? 2 * s->op_room : 64;
		s->ops = xrealloc(s->ops, s->op_room * sizeof(*s->ops));
	}
	op = &s->ops[s->op_count++];
	*op = (struct summary_op){ .name = name };
	if (!integer(fields[0], 0, OUTCOME_LOST, &outcome) ||
	    !integer(fields[1], 0, RESULTS_MAX_BOOTS, &broken) ||
	    !integer(fields[2], -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS, &op->p50) ||
	    !integer(fields[3], -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS, &op->ci_low) ||
	    !integer(fields[4], -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS, &op->ci_high) ||
	    !optional(fields[5], 0, (int64_t)1 << 50, &op->counted, &op->exits_milli))
		return false;
	for (int p = 0; p < PART_COUNT; p++)
		if (!optional(fields[6 + p], -RESULTS_MAX_TICKS, RESULTS_MAX_TICKS,
			      &op->parts.known[p], &op->parts.ticks[p]))
			return false;
	op->outcome = (enum outcome)outcome;
	op->broken_boots = (size_t)broken;
	return op->ci_low <= op->p50 && op->p50 <= op->ci_high;
}

/* @line up to its end at tabs, at most @most fields; their number, or 0: there are more. */
static size_t split(char *line, char **fields, size_t most)
{
	size_t count = 0;

	for (char *tab = line; tab; line = tab + 1) {
		if (count == most)
			return 0;
		fields[count++] = line;
		tab = strchr(line, '\t');
		if (tab)
			*tab = '\0';
		else
			break;
	}
	return count;
}

static bool take_line(struct summary *s, char *line)
{
	char *fields[2 + FIELDS_OF_OP];
	size_t count = split(line, fields, 2 + FIELDS_OF_OP);

	if (count == 3 && fields[0][0] && strchr("rmb", fields[0][0]) && !fields[0][1])
		return take_fact(s, fields[0][0], fields[1], fields[2]);
	return count == 2 + FIELDS_OF_OP && !strcmp(fields[0], "o") &&
	       take_op(s, fields[1], fields + 2);
}

/* The last line is whole, and of what is above it. */
static bool is_whole(const char *text, size_t length)
{
	const char *end = text + length - END_LENGTH;
	char *stop;

	if (length <= END_LENGTH || end[-1] != '\n' || strncmp(end, "end\t", 4) ||
	    text[length - 1] != '\n' || memchr(text, '\0', length))
		return false;
	return strtoul(end + 4, &stop, 16) ==
		       crc32(0, (const unsigned char *)text, (unsigned int)(length - END_LENGTH)) &&
	       *stop == '\n' && stop == text + length - 1;
}

bool summary_parse(struct summary *s, char *text, size_t length)
{
	char *line, *end, *last = text + length - END_LENGTH;

	s->fact_count = s->op_count = 0;
	if (length > INPUT_MAX_BYTES || !is_whole(text, length) ||
	    strncmp(text, HEAD, sizeof(HEAD) - 1))
		return false;
	for (line = text; line < last; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		if (line == text ? !integer(line + sizeof(HEAD) - 1, 0, INPUT_MAX_BYTES, &s->bytes)
				 : !take_line(s, line))
			return false;
	}
	return true;
}
