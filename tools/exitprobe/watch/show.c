// SPDX-License-Identifier: GPL-2.0-only
/* The text: lines for a file or a pipe, and a screen that is written again in its place. */
#include "watch/show.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/message.h"

#define MOST_FREQUENT 3

/* Where the terminal does not say (POSIX, LINES and COLUMNS). */
#define SCREEN_ROWS    24
#define SCREEN_COLUMNS 80

/* The order of a reader: the guest first. */
static const enum watch_state shown[] = { WATCH_GUEST,	WATCH_KERNEL,	   WATCH_USER,
					  WATCH_HALTED, WATCH_DESCHEDULED, WATCH_PAUSED };
#define SHOWN (sizeof(shown) / sizeof(shown[0]))

static void print_percent(FILE *to, const struct watch_change *change, uint64_t cycles)
{
	double percent;

	if (watch_percent(change, cycles, &percent))
		fprintf(to, " %8.2f", percent);
	else
		fprintf(to, " %8s", "-");
}

static const char *begin_text(enum watch_begin begin)
{
	return begin == WATCH_ANEW ? "its counters began anew" : "its first reading";
}

/* --- lines ------------------------------------------------------------------------ */

static void lines_head(FILE *to)
{
	fprintf(to, "%-8s %-16s %10s", "time", "vm", "exits/s");
	for (size_t i = 0; i < SHOWN; i++)
		fprintf(to, " %*s%%", shown[i] == WATCH_DESCHEDULED ? 9 : 7,
			shown[i] == WATCH_DESCHEDULED ? "desched" : watch_state_names[shown[i]]);
	fputs("  most frequent, per second\n", to);
}

static void print_line(FILE *to, const char *when, const struct watch_change *c)
{
	fprintf(to, "%-8s %-16s", when, c->vm->id);
	if (c->begin != WATCH_GOES_ON) {
		fprintf(to, " %10s  %s\n", "-", begin_text(c->begin));
		return;
	}
	fprintf(to, " %10.1f", watch_per_second(c, c->counters.exits));
	for (size_t i = 0; i < SHOWN; i++) {
		if (shown[i] == WATCH_DESCHEDULED)
			fputs("  ", to);
		print_percent(to, c, c->counters.cycles[shown[i]]);
	}
	fputc(' ', to);
	for (size_t i = 0; i < c->counters.reason_count && i < MOST_FREQUENT; i++)
		if (c->counters.reasons[i].exits)
			fprintf(to, " %s %.1f", c->counters.reasons[i].name,
				watch_per_second(c, c->counters.reasons[i].exits));
	fputc('\n', to);
}

static void lines_interval(FILE *to, const struct watch_interval *interval)
{
	time_t seconds = (time_t)interval->time;
	struct tm local = { 0 };
	char when[16];

	localtime_r(&seconds, &local);
	strftime(when, sizeof(when), "%H:%M:%S", &local);
	for (size_t i = 0; i < interval->count; i++)
		print_line(to, when, &interval->changes[i]);
}

const struct watch_form watch_lines = { .head = lines_head, .interval = lines_interval };

/* --- the screen --------------------------------------------------------------------- */

static int lines_there; /* below where the screen begins */

static void screen_wipe(FILE *to)
{
	if (lines_there)
		fprintf(to, "\033[%dA\r\033[J", lines_there);
	lines_there = 0;
}

static void print_block(FILE *to, const struct watch_change *c)
{
	fprintf(to, "%s%s%s  by %s", c->vm->id, c->vm->name ? " " : "",
		c->vm->name ? c->vm->name : "", watch_way_names[c->vm->way]);
	if (c->vm->way != WATCH_BY_STATS && c->vm->vcpu_count)
		fprintf(to, ", %zu vCPU%s", c->vm->vcpu_count, c->vm->vcpu_count == 1 ? "" : "s");
	fputs(": ", to);
	if (c->begin != WATCH_GOES_ON) {
		fprintf(to, "%s\n", begin_text(c->begin));
		return;
	}
	fprintf(to, "%.1f exits/s\n", watch_per_second(c, c->counters.exits));
	if (c->vm->way != WATCH_BY_STATS) {
		/* 80 columns. */
		for (size_t i = 0; i < SHOWN; i++) {
			double percent;

			fprintf(to, "%s%s ", i ? " " : "", watch_state_names[shown[i]]);
			if (watch_percent(c, c->counters.cycles[shown[i]], &percent))
				fprintf(to, "%4.1f%%", percent);
			else
				fprintf(to, "%5s", "-");
		}
		fputc('\n', to);
	}
	fprintf(to, "    %-24s %12s", "reason", "exits/s");
	for (size_t i = 0; c->vm->way != WATCH_BY_STATS && i < WATCH_BY_REASON; i++)
		fprintf(to, " %7s%%", watch_state_names[i]);
	fputc('\n', to);
	for (size_t i = 0; i < c->counters.reason_count; i++) {
		const struct watch_reason *r = &c->counters.reasons[i];

		if (!r->exits)
			continue;
		fprintf(to, "    %-24s %12.1f", r->name, watch_per_second(c, r->exits));
		for (size_t j = 0; c->vm->way != WATCH_BY_STATS && j < WATCH_BY_REASON; j++)
			print_percent(to, c, r->cycles[j]);
		fputc('\n', to);
	}
}

/* Bytes of @line that fit into @columns; a character of more than one byte takes one or two. */
static int fitting(const char *line, size_t length, size_t columns)
{
	size_t at = 0;

	for (size_t used = 0; at < length; at++) {
		unsigned char byte = (unsigned char)line[at];

		if ((byte & 0xc0) == 0x80)
			continue;
		used += byte < 0x80 ? 1 : 2;
		if (used > columns)
			break;
	}
	return (int)at;
}

static void screen_interval(FILE *to, const struct watch_interval *interval)
{
	struct winsize size = { 0 };
	char *text = NULL, *line, *end;
	size_t length = 0;
	int rows, columns;
	FILE *memory = open_memstream(&text, &length);

	if (!memory)
		out_of_memory("the screen");
	for (size_t i = 0; i < interval->count; i++)
		print_block(memory, &interval->changes[i]);
	if (fclose(memory))
		out_of_memory("the screen");
	ioctl(fileno(to), TIOCGWINSZ, &size);
	rows = size.ws_row > 1 ? size.ws_row : SCREEN_ROWS;
	columns = size.ws_col ? size.ws_col : SCREEN_COLUMNS;
	screen_wipe(to);
	/* The last row is the cursor's: one more line would scroll the first away. */
	for (line = text; (end = strchr(line, '\n')) && lines_there < rows - 1; line = end + 1) {
		fprintf(to, "%.*s\n", fitting(line, (size_t)(end - line), (size_t)columns), line);
		lines_there++;
	}
	free(text);
}

const struct watch_form watch_screen = { .wipe = screen_wipe, .interval = screen_interval };
