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

/* False: there is one of that name already. */
static bool take_record(struct profile_boot *b, const char *line)
{
	json_t *record = json_loads(line, 0, NULL);
	const char *kind = json_string_value(json_object_get(record, "record"));
	json_t **place = NULL;

	if (kind)
		place = !strcmp(kind, "meta") ? &b->meta : !strcmp(kind, "op") ? &b->op : NULL;
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
static bool take_lines(struct profile_boot *b, FILE *from, FILE **to, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	bool good = true;

	while (good && from && getline(&line, &room, from) > 0) {
		if (*line == '{') {
			good = take_record(b, line);
		} else if (is_symbol(line)) {
			if (!*to)
				*to = fopen(path, "w");
			line[strcspn(line, "\r\n")] = '\0';
			if (!*to || fprintf(*to, "%s\n", line) < 0)
				die("%s: %s", path, strerror(errno));
		}
	}
	free(line);
	return good;
}

bool output_read(struct profile_boot *b, const char *output, const char *symbols)
{
	char *temporary = xasprintf("%s.%d", symbols, (int)getpid());
	FILE *from = fopen(output, "r"), *to = NULL;
	bool one = take_lines(b, from, &to, temporary);

	if (from)
		fclose(from);
	/* What was not read to its end is not kept for the boots to come. */
	if (to && (fclose(to) || (one ? rename(temporary, symbols) : unlink(temporary))))
		die("%s: %s", symbols, strerror(errno));
	free(temporary);
	if (!one)
		error("more than one operation; name one");
	else if (!b->meta || !b->op)
		error("%s: no records of the probe; see lab/console.log", output);
	return one && b->meta && b->op;
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
