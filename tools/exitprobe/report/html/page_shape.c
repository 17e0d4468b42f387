// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/page_shape.h"

#include <math.h>
#include <stdbool.h>

#define EXACT_BELOW	  256 /* each value has a bucket of its own: probe-os/measure/stats.h */
#define BUCKETS_IN_DOUBLE 7   /* 2^7 to a doubling above */

/* How many values share the bucket that begins at @low. */
static double bucket_width(int64_t low)
{
	return low < EXACT_BELOW ? 1 : exp2(floor(log2((double)low)) - BUCKETS_IN_DOUBLE);
}

/*
 * The axis ends at p99 and the half of what lies below: a few that took a thousand
 * times as long would leave the others no room.  Where all others are one point there
 * is room.  No boot's median is outside.
 */
static void plotted_range(const struct merged_op *m, double *low, double *high)
{
	const struct figures *f = &m->as_one.cycles;

	*low = (double)f->min;
	*high = (double)f->p99 + ((double)f->p99 - (double)f->min) / 2;
	if (*high > (double)f->max || f->p99 == f->min)
		*high = (double)f->max;
	*high = fmax(*high, (double)m->highest) + 1;
}

/*
 * A bucket's samples are one value if it is so narrow, if of the boot's figures two at
 * least lie in it and are the same, or if the bucket's one sample is such a figure.
 */
static bool is_point(const struct figures *f, double from, double to, double samples, double *at)
{
	const int64_t known[] = { f->min, f->p50, f->p90, f->p99, f->max };
	size_t inside = 0;

	*at = from;
	if (to - from <= 1)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		double value = (double)known[i];

		if (value < from || value >= to)
			continue;
		if (inside++ && value != *at)
			return false;
		*at = value;
	}
	return inside > 1 || (inside && samples == 1);
}

/* False: there is no room for one more. */
static bool add_point(struct shape *shape, double at, double samples)
{
	for (size_t i = 0; i < shape->point_count; i++) {
		if (shape->points[i].at != at)
			continue;
		shape->points[i].samples += samples;
		return true;
	}
	if (shape->point_count == SHAPE_POINTS)
		return false;
	shape->points[shape->point_count++] = (struct shape_point){ at, samples };
	return true;
}

/* @samples evenly between @from and @to. */
static void fill_bins(struct shape *shape, double from, double to, double samples)
{
	double density = samples / fmax(to - from, 1), low = shape->low, step = shape->step;

	for (size_t b = (size_t)fmax((from - low) / step, 0); b < SHAPE_BINS; b++) {
		double left = fmax(from, low + step * (double)b);
		double right = fmin(to, low + step * (double)(b + 1));

		if (right <= left && b > (to - low) / step)
			break;
		shape->bins[b] += density * fmax(right - left, 0);
	}
}

/* Of each boot by its own figures: the least and the greatest bound its buckets. */
static void fill_boot(struct shape *shape, const struct op_result *boot, bool points)
{
	const struct histogram *h = &boot->histogram;

	for (size_t i = 0; i < h->count; i++) {
		const struct histogram_bucket *bucket = &h->buckets[i];
		double from = fmax((double)bucket->low, (double)boot->cycles.min), at;
		double to = fmin((double)bucket->low + bucket_width(bucket->low),
				 (double)boot->cycles.max + 1);
		double samples = (double)bucket->count;

		if (from >= shape->high)
			break;
		if (points && is_point(&boot->cycles, from, to, samples, &at) &&
		    add_point(shape, at, samples))
			continue;
		fill_bins(shape, from, to, samples);
	}
}

static void fill_shape(struct shape *shape, const struct merged_op *m, bool points)
{
	*shape = (struct shape){ 0 };
	plotted_range(m, &shape->low, &shape->high);
	shape->step = (shape->high - shape->low) / SHAPE_BINS;
	for (size_t i = 0; i < m->measured_boots; i++)
		fill_boot(shape, m->measured[i], points);
}

/* Many points are a distribution, which bins show better. */
void shape_make(struct shape *shape, const struct merged_op *m)
{
	fill_shape(shape, m, true);
	if (shape->point_count == SHAPE_POINTS)
		fill_shape(shape, m, false);
}
