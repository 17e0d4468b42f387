// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "profile/user.h"
#include "results/records.h"

/* False: there is one of that name already. */
static bool take_record(struct profile_boot *b, json_t *record)
{
	json_t **place = record_is(record, RECORD_META) ? &b->meta
			 : record_is(record, RECORD_OP) ? &b->op
							: NULL;

	if (place && !*place) {
		*place = record;
		return true;
	}
	json_decref(record);
	return !place;
}

static bool is_symbol(const char *line)
{
	return strspn(line, "0123456789abcdef") == 16 && line[16] == ' ';
}

/* Symbols go to *@to, which is made with the first. */
static enum profile_end take_lines(struct profile_boot *b, FILE *from, FILE **to, const char *path)
{
	enum profile_end end = PROFILE_TAKEN;
	char *line = NULL;
	size_t room = 0;

	while (end == PROFILE_TAKEN && from && getline(&line, &room, from) > 0) {
		if (*line == '{' && !b->records.ended) {
			if (take_record(b, record_stream_line(&b->records, line)))
				continue;
			error("more than one operation; name one");
			end = PROFILE_FAILED;
		} else if (is_symbol(line)) {
			if (!*to)
				*to = fopen(path, "w");
			if (*to && fputs(line, *to) >= 0)
				continue;
			error("%s: %s", path, strerror(errno));
			end = PROFILE_IMPOSSIBLE;
		}
	}
	free(line);
	return end;
}

/* Whether the probe's records are all there; false after one line. */
static bool check_records(const struct profile_boot *b, const char *output)
{
	if (b->meta && b->op && b->records.whole)
		return true;
	if (b->records.lines && !b->records.whole)
		error("the probe's records are damaged: by their CRC-32, or a line is no JSON");
	else
		error("%s: no records of the probe; see lab/console.log", output);
	return false;
}

enum profile_end output_read(struct profile_boot *b, const char *output, const char *symbols)
{
	char *temporary = xasprintf("%s.%d", symbols, (int)getpid());
	FILE *from = fopen(output, "r"), *to = NULL;
	enum profile_end end = take_lines(b, from, &to, temporary);
	bool kept = true;

	if (from)
		fclose(from);
	if (end == PROFILE_TAKEN && !check_records(b, output))
		end = PROFILE_FAILED;
	/* What was not read to its end, or is damaged, is not kept for the boots to come. */
	if (to)
		kept = !fclose(to) &&
		       !(end == PROFILE_TAKEN ? rename(temporary, symbols) : unlink(temporary));
	if (!kept && end == PROFILE_TAKEN) {
		error("%s: %s", symbols, strerror(errno));
		end = PROFILE_IMPOSSIBLE;
	}
	free(temporary);
	return end;
}

bool output_read_maps(struct symbols *s, const char *output)
{
	FILE *from = fopen(output, "r");
	char *line = NULL;
	size_t room = 0, maps = 0;

	while (from && getline(&line, &room, from) > 0)
		maps += user_symbols_add(s, line);
	free(line);
	if (from)
		fclose(from);
	symbols_sort(s);
	if (!maps)
		error("--user: the lab gave no addresses of the inner QEMU's code; see lab/console.log");
	return maps;
}
