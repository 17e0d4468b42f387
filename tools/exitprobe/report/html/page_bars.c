// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/page_bars.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/escape.h"
#include "lib/message.h"

#define LOG_FROM 20 /* medians in the longest bar */
#define LINES	 6  /* at most, beside that of 0, on a linear scale */

const char *const part_titles[PART_COUNT] = { "out", "kernel", "userspace", "halted", "in" };

bool bar_has_parts(const struct op_result *op)
{
	bool any = false;

	/* A row with a figure of its own has exits, but it does not consist of them. */
	for (int p = 0; p < PART_COUNT; p++)
		any |= op->parts.known[p];
	return op->outcome == OUTCOME_MEASURED && op->counted && op->exits_milli && any;
}

/* The parts that are known, together; negative ones do not count. */
static double parts_of(const struct op_result *op)
{
	double total = 0;

	for (int p = 0; p < PART_COUNT; p++)
		if (op->parts.known[p] && op->parts.ticks[p] > 0)
			total += (double)op->parts.ticks[p];
	return total;
}

/* Of an operation without exits, or a host that does not count: the whole of it. */
static double length_of(const struct op_result *op)
{
	if (bar_has_parts(op))
		return parts_of(op);
	return op->cycles.p50 > 0 ? (double)op->cycles.p50 : 0;
}

static int by_length(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* 1, 2 or 5 times a power of ten, so that at most LINES of them are below @high. */
static double round_step(double high)
{
	double step = pow(10, floor(log10(high / LINES))), times = high / LINES / step;

	return fmax(1, step * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1));
}

/* What has no exit is short and of no matter for the choice, unless all are of that kind. */
struct bar_scale bar_scale_of(const struct merged *merged)
{
	double *lengths = xcalloc(merged->count + 1, sizeof(*lengths));
	struct bar_scale scale = { .high = 1 };
	size_t count = 0;

	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;
		double length = merged->ops[i].measured_boots ? length_of(op) : 0;

		scale.high = fmax(scale.high, length);
		if (length > 0 && (!merged->dissected || bar_has_parts(op)))
			lengths[count++] = length;
	}
	qsort(lengths, count, sizeof(*lengths), by_length);
	scale.is_log = count && scale.high > LOG_FROM * lengths[count / 2];
	if (scale.is_log) {
		scale.low = pow(10, floor(log10(lengths[0])));
		scale.high = pow(10, ceil(log10(scale.high)));
	}
	scale.step = round_step(scale.high);
	free(lengths);
	return scale;
}

/* Where @ticks lies on the scale, in per cent of its length. */
static double place(const struct bar_scale *scale, double ticks)
{
	if (!scale->is_log)
		return 100 * ticks / scale->high;
	return ticks <= scale->low ? 0
				   : 100 * log(ticks / scale->low) / log(scale->high / scale->low);
}

void bar_legend(FILE *to, const struct merged *merged, const struct bar_scale *scale)
{
	const char *unit = merged->results->unit;

	fputs("<ul class=\"legend\">", to);
	for (int p = 0; merged->dissected && p < PART_COUNT; p++)
		fprintf(to, "<li><span class=\"key %s\"></span>%s</li>", part_names[p],
			part_titles[p]);
	fprintf(to, "<li><span class=\"key whole\"></span>%s</li></ul>\n<p class=\"scale\">",
		merged->dissected ? "no exit" : "round trip");
	if (scale->is_log)
		escape_xml_printf(to,
				  "Bars are on a logarithmic scale from %.0f to %.0f %s: each line "
				  "is ten times the one before. ",
				  scale->low, scale->high, unit);
	else
		escape_xml_printf(to,
				  "Bars are on a linear scale: the longest is %.0f %s, the lines "
				  "are %.0f apart. ",
				  scale->high, unit, scale->step);
	fputs(merged->dissected ? "Colours are shares of the bar.</p>\n" : "</p>\n", to);
}

/* "10k": as short as a line's figure can be. */
static void line(FILE *to, const struct bar_scale *scale, double ticks)
{
	static const char *const prefixes[] = { "", "k", "M", "G", "T", "P" };
	size_t prefix = 0;
	double value = ticks;

	for (; value >= 1000 && prefix + 1 < sizeof(prefixes) / sizeof(prefixes[0]); prefix++)
		value /= 1000;
	fprintf(to, "<i style=\"--x:%.3f\">%.4g%s</i>", place(scale, ticks), value,
		prefixes[prefix]);
}

void bar_axis(FILE *to, const struct bar_scale *scale)
{
	fputs("<span class=\"axis\" aria-hidden=\"true\">", to);
	if (scale->is_log)
		for (double ticks = scale->low; ticks <= 1.01 * scale->high; ticks *= 10)
			line(to, scale, ticks);
	else
		for (double ticks = 0; ticks <= scale->high; ticks += scale->step)
			line(to, scale, ticks);
	fputs("</span>", to);
}

static void segment(FILE *to, const char *class, double ticks, double total)
{
	if (ticks > 0)
		fprintf(to, "<i class=\"%s\" style=\"--s:%.3f\"></i>", class, 100 * ticks / total);
}

void bar_cell(FILE *to, const struct op_result *op, const struct bar_scale *scale)
{
	double total = length_of(op);
	double apart = scale->is_log ? place(scale, 10 * scale->low) : place(scale, scale->step);
	const char *separator = "";

	fprintf(to,
		"<td class=\"bar\"><div class=\"track\" style=\"--l:%.3f\"><div class=\"stack\" "
		"style=\"--w:%.3f\" data-t=\"%.0f\" role=\"img\" aria-label=\"",
		apart, place(scale, total), total);
	if (!bar_has_parts(op)) {
		fprintf(to, "%s, %" PRId64 "\">",
			op->counted && !op->exits_milli ? "no exit" : "round trip", op->cycles.p50);
		segment(to, "whole", total, total);
	} else {
		for (int p = 0; p < PART_COUNT; p++) {
			if (!op->parts.known[p])
				continue;
			fprintf(to, "%s%s %" PRId64, separator, part_titles[p], op->parts.ticks[p]);
			separator = ", ";
		}
		fputs("\">", to);
		for (int p = 0; p < PART_COUNT; p++)
			if (op->parts.known[p])
				segment(to, part_names[p], (double)op->parts.ticks[p], total);
	}
	fputs("</div></div></td>", to);
}
