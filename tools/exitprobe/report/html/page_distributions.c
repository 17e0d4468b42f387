// SPDX-License-Identifier: GPL-2.0-only
/* How the samples of each operation lie: gnuplot draws, the page says it in figures. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "report/html/gnuplot.h"
#include "report/html/page.h"
#include "report/html/page_shape.h"
#include "results/tick.h"

#define TICKS	    4
#define PLOT_WIDTH  340
#define PLOT_HEIGHT 110

static bool has_plot(const struct merged_op *m)
{
	return m->measured_boots && m->as_one.cycles.max > m->as_one.cycles.min;
}

/* 1, 2 or 5 times a power of ten, so that about four of them are in the range. */
static double tick_step(double range)
{
	double step = pow(10, floor(log10(range / TICKS))), times = range / TICKS / step;

	step *= times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1;
	return fmax(step, 1);
}

static double highest(const struct shape *shape)
{
	double most = 0;

	for (size_t b = 0; b < SHAPE_BINS; b++)
		most = fmax(most, shape->bins[b]);
	for (size_t i = 0; i < shape->point_count; i++)
		most = fmax(most, shape->points[i].samples);
	return fmax(most, 1e-9);
}

static void script_data(FILE *script, const struct shape *shape, const struct merged_op *m)
{
	double low = shape->low, step = shape->step;

	/* Two points to a step: as one outline it is a quarter of the size. */
	fputs("$bins << END\n", script);
	for (size_t b = 0; b < SHAPE_BINS; b++)
		fprintf(script, "%.10g %.6g\n%.10g %.6g\n", low + step * (double)b, shape->bins[b],
			low + step * (double)(b + 1), shape->bins[b]);
	fputs("END\n$points << END\n", script);
	for (size_t i = 0; i < shape->point_count; i++)
		fprintf(script, "%.10g %.6g\n", shape->points[i].at, shape->points[i].samples);
	fputs("END\n$boots << END\n", script);
	for (size_t i = 0; i < m->measured_boots; i++)
		fprintf(script, "%" PRId64 " %.6g\n", m->medians[i], highest(shape) * 1.12);
	fputs("END\n", script);
}

static bool any_bin(const struct shape *shape)
{
	for (size_t b = 0; b < SHAPE_BINS; b++)
		if (shape->bins[b] > 0)
			return true;
	return false;
}

static void script_plot(FILE *script, const struct merged *merged, const struct merged_op *m)
{
	struct shape shape;
	double beside;

	shape_make(&shape, m);
	script_data(script, &shape, m);
	/* A point at the end of the range is not to lie on the plot's edge. */
	beside = (shape.high - shape.low) * 0.02;
	fprintf(script,
		"set xrange [%.10g:%.10g]\nset yrange [0:%.6g]\nset xtics %.10g\n"
		"set arrow 1 from first %" PRId64 ", graph 0 to first %" PRId64
		", graph 0.88 nohead lc rgb \"#070809\" lw 1.5 front\n",
		shape.low - beside, shape.high + beside, highest(&shape) * 1.2,
		tick_step(shape.high - shape.low), m->as_one.cycles.p50, m->as_one.cycles.p50);
	if (any_bin(&shape))
		fprintf(script, "plot $bins using 1:2 with filledcurves y1=0 fc rgb \"#040506\"%s",
			shape.point_count ? ", " : "");
	if (shape.point_count)
		fprintf(script, "%s$points using 1:2 with impulses lc rgb \"#040506\" lw 4",
			any_bin(&shape) ? "" : "plot ");
	/* Vectors of no length but up and down: a stroke for each boot. */
	fprintf(script, "%s\n",
		merged->results->boot_count > 1
			? ", $boots using 1:2:(0):($2*0.06) with vectors nohead lc rgb \"#070809\" "
			  "lw 1.2"
			: "");
}

static char *draw(const struct merged *merged, size_t *length)
{
	FILE *script = tmpfile();
	char *text;

	if (!script)
		return NULL;
	fprintf(script,
		"set terminal svg size %d,%d dynamic fixed font \",11\"\n"
		"unset key\nset border 1 lc rgb \"#010203\"\nunset ytics\n"
		"set xtics nomirror out scale 0.5 textcolor rgb \"#010203\"\n"
		"set format x \"%%.0f\"\n"
		"set lmargin 1.5\nset rmargin 2.5\nset tmargin 0.3\nset bmargin 2\n"
		"set style fill solid 1 noborder\n",
		PLOT_WIDTH, PLOT_HEIGHT);
	for (size_t i = 0; i < merged->count; i++)
		if (has_plot(&merged->ops[i]))
			script_plot(script, merged, &merged->ops[i]);
	text = gnuplot_run(script, length);
	fclose(script);
	return text;
}

static void figure(FILE *to, const struct merged *merged, const struct merged_op *m,
		   const char **plots, const char *end)
{
	const struct op_result *op = &m->as_one;
	double ns = tick_ns(merged->results);
	char title[64], said[256];

	fprintf(to, "<figure data-op=\"%s\"><figcaption><h3 class=\"op\">%s</h3><p class=\"sub\">",
		op->op, op->op);
	snprintf(said, sizeof(said),
		 "min %" PRId64 ", p50 %" PRId64 ", p90 %" PRId64 ", p99 %" PRId64 ", max %" PRId64
		 ", %" PRId64 " samples",
		 op->cycles.min, op->cycles.p50, op->cycles.p90, op->cycles.p99, op->cycles.max,
		 op->kept);
	escape_xml(to, said);
	if (merged->results->boot_count > 1)
		fprintf(to, "; %zu boots' medians %" PRId64 " to %" PRId64, m->measured_boots,
			m->lowest, m->highest);
	if (ns > 0)
		fprintf(to, "; p50 is %s ns",
			tick_text(ns * (double)op->cycles.p50, title, sizeof(title)));
	fputs("</p></figcaption>", to);
	snprintf(title, sizeof(title), "Distribution of %s", op->op);
	if (*plots)
		gnuplot_embed(to, plots, end, title, said);
	fputs("</figure>\n", to);
}

/* What has one value is a point, not a distribution. */
static void constant_operations(FILE *to, const struct merged *merged)
{
	size_t told = 0;

	for (size_t i = 0; i < merged->count; i++) {
		const struct merged_op *m = &merged->ops[i];

		if (!m->measured_boots || has_plot(m))
			continue;
		fprintf(to,
			"%s<span data-op=\"%s\"><span class=\"op\">%s</span> %" PRId64 "</span>",
			told++ ? ", " : "<p><b>All samples alike:</b> ", m->as_one.op, m->as_one.op,
			m->as_one.cycles.p50);
	}
	fputs(told ? ".</p>\n" : "", to);
}

void page_distributions(FILE *to, const struct merged *merged)
{
	const char *at, *end = NULL;
	size_t length = 0, count = 0;
	char *plots = NULL;

	for (size_t i = 0; i < merged->count; i++)
		count += has_plot(&merged->ops[i]);
	fputs("<section id=\"distributions\"><h2>Distributions</h2>\n", to);
	if (count) {
		plots = draw(merged, &length);
		fputs(plots ? "<p>Samples by round trip, in "
			    : "<p><b>gnuplot is missing or failed: figures without plots.</b> In ",
		      to);
		escape_xml(to, merged->results->unit);
		fputs(": a stroke is one value, an area a range of them; the yellow line is the median",
		      to);
		fputs(merged->results->boot_count > 1 ? ", the strokes above are the boots'" : "",
		      to);
		fputs(". What lies far above p99 is outside the plot; max says how far.</p>\n"
		      "<div class=\"grid\">\n",
		      to);
		at = plots;
		end = plots ? plots + length : NULL;
		for (size_t i = 0; i < merged->count; i++)
			if (has_plot(&merged->ops[i]))
				figure(to, merged, &merged->ops[i], &at, end);
		fputs("</div>\n", to);
		free(plots);
	}
	constant_operations(to, merged);
	fputs("</section>\n", to);
}
