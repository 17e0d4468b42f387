// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/boot_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"

#define PIECE	  4096
#define PIECES	  16	/* at a time, as many as a pipe holds */
#define LINE_MOST 65536 /* what is longer is no line */

static void keep_line(struct words *words, const char *line)
{
	size_t length = strlen(line);

	if (words->kept_size + length + 2 > WORDS_FLOOD)
		return;
	words->kept = xrealloc(words->kept, words->kept_size + length + 2);
	memcpy(words->kept + words->kept_size, line, length);
	words->kept_size += length;
	words->kept[words->kept_size++] = '\n';
	words->kept[words->kept_size] = '\0';
}

/* Warnings come before the error that ends it. */
static void keep_last(struct words *words, const char *line)
{
	if (*line && (!strstr(line, "warning:") || !*words->last))
		snprintf(words->last, sizeof(words->last), "%s", line);
}

/* With format=none the probe says nothing but why it cannot begin or go on. */
static void take_console(struct words *words, const char *line)
{
	static const char mark[] = "exitprobe: ", error_mark[] = "error: ";

	if (strncmp(line, mark, sizeof(mark) - 1)) {
		if (words->keep)
			keep_line(words, line);
		else if (!*words->last)
			keep_last(words, line);
		return;
	}
	if (*words->fatal)
		return;
	line += sizeof(mark) - 1;
	if (!strncmp(line, error_mark, sizeof(error_mark) - 1))
		line += sizeof(error_mark) - 1;
	snprintf(words->fatal, sizeof(words->fatal), "%s", line);
	words->fatal_ms = process_now_ms();
}

static void take_line(struct words *words, bool console, const char *line)
{
	if (words->verbose)
		fprintf(stderr, "%s\n", line);
	if (console)
		take_console(words, line);
	else
		keep_last(words, line);
}

static void take_stream(struct words *words, struct lines *lines, bool console, int *fd)
{
	ssize_t got = -1;
	char *line;

	if (*fd < 0)
		return;
	for (int i = 0; i < PIECES; i++) {
		got = read(*fd, lines_room(lines, PIECE), PIECE);
		if (got <= 0)
			break;
		words->bytes += (size_t)got;
		lines_added(lines, (size_t)got);
		while ((line = lines_next(lines)))
			take_line(words, console, line);
		if (lines->used - lines->taken <= LINE_MOST)
			continue;
		lines->text[lines->used - 1] = '\n';
		take_line(words, console, lines_next(lines));
	}
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close(*fd);
		*fd = -1;
	}
}

void words_take(struct words *words, struct process *process)
{
	take_stream(words, &words->err, false, &process->err);
	take_stream(words, &words->out, true, &process->out);
}

const char *words_reason(const struct words *words)
{
	return *words->fatal ? words->fatal : *words->last ? words->last : "no message";
}

void words_free(struct words *words)
{
	lines_free(&words->err);
	lines_free(&words->out);
	free(words->kept);
	words->kept = NULL;
}
