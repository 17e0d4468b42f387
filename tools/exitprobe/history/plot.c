// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/plot.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "lib/escape.h"
#include "lib/message.h"

#define WIDTH	   480.0
#define HEIGHT	   72.0
#define MARGIN	   4.0
#define FLAT	   0.02 /* a plot is at least so high, as a share of the level: noise stays small */
#define DOTS_UP_TO 60	/* points, each of which is seen */
#define TEXT_SIZE  1024

struct scale {
	double low, high;
	size_t count;
};

static struct scale scale_of(const struct bucket *buckets, size_t count)
{
	struct scale s = { .count = count };
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!buckets[i].has_value)
			continue;
		s.low = any ? fmin(s.low, (double)buckets[i].low) : (double)buckets[i].low;
		s.high = any ? fmax(s.high, (double)buckets[i].high) : (double)buckets[i].high;
		any = true;
	}
	/* At least that, about the middle. */
	double middle = (s.low + s.high) / 2, half = fmax(2, FLAT * fabs(middle)) / 2;

	s.low = fmin(s.low, middle - half);
	s.high = fmax(s.high, middle + half);
	return s;
}

static double x_of(const struct scale *s, size_t i)
{
	return MARGIN + (WIDTH - 2 * MARGIN) * ((double)i + 0.5) / (double)s->count;
}

static double y_of(const struct scale *s, int64_t value)
{
	return HEIGHT - MARGIN -
	       (HEIGHT - 2 * MARGIN) * ((double)value - s->low) / (s->high - s->low);
}

/* From @i on, the end of the points without a gap. */
static size_t end_of(const struct bucket *buckets, size_t count, size_t i)
{
	while (i < count && buckets[i].has_value)
		i++;
	return i;
}

static void put_band(FILE *to, const struct scale *s, const struct bucket *buckets)
{
	fputs("<path class=\"band\" d=\"", to);
	for (size_t i = 0, end; i < s->count; i = end + 1) {
		end = end_of(buckets, s->count, i);
		if (end < i + 2)
			continue;
		for (size_t j = i; j < end; j++)
			fprintf(to, "%c%.1f %.1f", j == i ? 'M' : 'L', x_of(s, j),
				y_of(s, buckets[j].high));
		for (size_t j = end; j > i; j--)
			fprintf(to, "L%.1f %.1f", x_of(s, j - 1), y_of(s, buckets[j - 1].low));
		putc('Z', to);
	}
	fputs("\"/>", to);
}

static void put_line(FILE *to, const struct scale *s, const struct bucket *buckets)
{
	fputs("<path class=\"line\" d=\"", to);
	for (size_t i = 0; i < s->count; i++)
		if (buckets[i].has_value)
			fprintf(to, "%c%.1f %.1f", i && buckets[i - 1].has_value ? 'L' : 'M',
				x_of(s, i), y_of(s, buckets[i].median));
	fputs("\"/>", to);
	if (s->count > DOTS_UP_TO)
		return;
	fputs("<path class=\"dots\" d=\"", to);
	for (size_t i = 0; i < s->count; i++)
		if (buckets[i].has_value)
			fprintf(to, "M%.1f %.1fh0", x_of(s, i), y_of(s, buckets[i].median));
	fputs("\"/>", to);
}

void plot_small(FILE *to, const struct analysis *a, const struct history_op *op,
		const struct bucket *buckets)
{
	struct scale s = scale_of(buckets, bucket_count(a->group));

	fprintf(to,
		"<svg class=\"trend\" viewBox=\"0 0 %g %g\" preserveAspectRatio=\"none\" role=\"img\" "
		"aria-label=\"%s: %zu runs, %zu changes\">",
		WIDTH, HEIGHT, op->series->op, op->count, op->change_count);
	put_band(to, &s, buckets);
	for (size_t i = 0; i < op->change_count; i++) {
		const struct history_change *c = &op->changes[i];
		double x = x_of(&s, bucket_of(a->group, c->first->run));

		fprintf(to, "<path class=\"%s\" d=\"M%.1f 0V%g\"/>",
			c->is_worse ? "worse" : "better", x, HEIGHT);
	}
	put_line(to, &s, buckets);
	fputs("</svg>", to);
}

/* JSON in HTML: no text may end the element that it is in. */
static void put_text(FILE *to, const char *text)
{
	json_t *value = json_string(text);
	char *dump = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	for (const char *c = dump ? dump : "\"\""; *c; c++)
		if (*c == '<')
			fputs("\\u003c", to);
		else
			putc(*c, to);
	free(dump);
	json_decref(value);
}

void plot_data_begin(FILE *to, const struct analysis *a)
{
	fputs("<script type=\"application/json\" id=\"history-data\">{\"unit\":", to);
	put_text(to, a->metric == HISTORY_EXITS ? "exits" : a->group->unit);
	fprintf(to, ",\"metric\":\"%s\",\"runs\":%zu,\"points\":[", history_metric_names[a->metric],
		a->group->run_count);
	for (size_t i = 0; i < bucket_count(a->group); i++) {
		size_t first = bucket_first(a->group, i), last = bucket_last(a->group, i);
		const struct run *run = record_run(a->record, a->group, first);

		fprintf(to, "%s[%zu,\"%s\",\"%s\",", i ? "," : "", last - first + 1, run->id,
			run->time);
		put_text(to, run->kernel);
		putc(']', to);
	}
	fputs("],\"ops\":{", to);
}

/* One figure of each bucket, null where there is none. */
static void put_values(FILE *to, const char *name, const struct analysis *a,
		       const struct bucket *buckets,
		       int64_t (*value)(const struct bucket *b, int part), int part)
{
	fprintf(to, "%s[", name);
	for (size_t i = 0; i < bucket_count(a->group); i++) {
		const struct bucket *b = &buckets[i];

		if (i)
			putc(',', to);
		if (!b->has_value || (part >= 0 && !(b->known >> part & 1)))
			fputs("null", to);
		else if (a->metric == HISTORY_EXITS && part < 0)
			fprintf(to, "%g", (double)value(b, part) / 1000);
		else
			fprintf(to, "%" PRId64, value(b, part));
	}
	putc(']', to);
}

static int64_t median_of(const struct bucket *b, int part)
{
	(void)part;
	return b->median;
}

static int64_t low_of(const struct bucket *b, int part)
{
	(void)part;
	return b->low;
}

static int64_t high_of(const struct bucket *b, int part)
{
	(void)part;
	return b->high;
}

static int64_t part_of(const struct bucket *b, int part)
{
	return b->parts[part];
}

void plot_data(FILE *to, const struct analysis *a, const struct history_op *op,
	       const struct bucket *buckets, bool is_first)
{
	char text[TEXT_SIZE];

	fprintf(to, "%s\"%s\":{", is_first ? "" : ",\n", op->series->op);
	put_values(to, "\"m\":", a, buckets, median_of, -1);
	put_values(to, ",\"l\":", a, buckets, low_of, -1);
	put_values(to, ",\"h\":", a, buckets, high_of, -1);
	fputs(",\"p\":[", to);
	for (int p = 0; p < PART_COUNT; p++)
		put_values(to, p ? "," : "", a, buckets, part_of, p);
	fputs("],\"c\":[", to);
	for (size_t i = 0; i < op->change_count; i++) {
		const struct history_change *c = &op->changes[i];

		fprintf(to, "%s[%zu,%d,\"%s\",", i ? "," : "", bucket_of(a->group, c->first->run),
			c->is_worse, record_run(a->record, a->group, c->first->run)->time);
		put_text(to, analysis_words(a, c, text, sizeof(text)));
		putc(',', to);
		put_text(to, record_differences(a->record, a->group, c->first->run, text,
						sizeof(text)));
		putc(']', to);
	}
	fputs("]}", to);
}

void plot_data_end(FILE *to)
{
	fputs("}}</script>\n", to);
}
