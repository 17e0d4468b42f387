// SPDX-License-Identifier: GPL-2.0-only
#include "compare/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/message.h"

#define THRESHOLD_MEASURED 0.01

const char *const verdict_names[] = { "same", "faster", "slower", "can't tell" };
const char *const metric_names[] = { "p50", "out", "kernel", "user", "halted", "in" };

static enum part metric_part(enum metric metric)
{
	return (enum part)(PART_OUT + (metric - METRIC_OUT));
}

static bool has_metric(const struct merged_op *m, enum metric metric)
{
	const struct op_result *op = &m->as_one;

	if (metric == METRIC_P50)
		return true;
	return op->counted && op->exits_milli && op->parts.known[metric_part(metric)];
}

/* Each boot's mean of a part. */
static int64_t *boot_values(const struct merged_op *m, enum metric metric)
{
	int64_t *values = xcalloc(m->measured_boots, sizeof(*values));

	for (size_t i = 0; i < m->measured_boots; i++)
		values[i] = m->boot_parts[i].ticks[metric_part(metric)];
	return values;
}

static int by_low(const void *a, const void *b)
{
	int64_t x = ((const struct histogram_bucket *)a)->low;
	int64_t y = ((const struct histogram_bucket *)b)->low;

	return (x > y) - (x < y);
}

/* Values as a histogram of one sample each; its buckets are the caller's. */
static struct histogram histogram_of(const int64_t *values, size_t count)
{
	struct histogram h = { .buckets = xcalloc(count, sizeof(*h.buckets)) };
	struct histogram_bucket *sorted = xcalloc(count, sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct histogram_bucket){ values[i], 1 };
	qsort(sorted, count, sizeof(*sorted), by_low);
	for (size_t i = 0; i < count; i++) {
		if (h.count && h.buckets[h.count - 1].low == sorted[i].low)
			h.buckets[h.count - 1].count++;
		else
			h.buckets[h.count++] = sorted[i];
	}
	h.samples = (int64_t)count;
	free(sorted);
	return h;
}

/* One side of a change: its value, that value's interval, and the boots' spread. */
struct side {
	int64_t value, spread;
	struct interval interval;
	struct histogram histogram;
};

static struct side side_of(const struct merged_op *m, enum metric metric)
{
	const struct op_result *op = &m->as_one;
	struct side s = { .value = op->cycles.p50, .histogram = op->histogram };
	int64_t *values, low = op->cycles.ci_low, high = op->cycles.ci_high;

	if (metric != METRIC_P50) {
		values = boot_values(m, metric);
		s.value = op->parts.ticks[metric_part(metric)];
		s.histogram = histogram_of(values, m->measured_boots);
		merge_boots_interval(values, m->measured_boots, &low, &high);
		/* The mean of all need not be within that of the boots' median. */
		low = low < s.value ? low : s.value;
		high = high > s.value ? high : s.value;
		free(values);
	}
	s.interval = (struct interval){ (double)low, (double)high };
	s.spread = m->highest - m->lowest;
	if (metric != METRIC_P50)
		s.spread =
			s.histogram.buckets[s.histogram.count - 1].low - s.histogram.buckets[0].low;
	return s;
}

static void test_change(const struct comparison *c, struct change *change)
{
	struct side base = side_of(change->base, c->metric), now = side_of(change->now, c->metric);
	double difference = (double)now.value - (double)base.value;

	change->base_value = base.value;
	change->now_value = now.value;
	change->spread = base.spread > now.spread ? base.spread : now.spread;
	if (c->deterministic) {
		change->interval = (struct interval){ difference, difference };
	} else {
		change->tested = true;
		change->p = mann_whitney(&base.histogram, &now.histogram).p;
		change->interval = mann_whitney_difference((double)base.value, base.interval,
							   (double)now.value, now.interval);
	}
	if (c->metric != METRIC_P50) {
		free(base.histogram.buckets);
		free(now.histogram.buckets);
	}
}

static void correct_for_number(struct comparison *c)
{
	double *p = xcalloc(c->count, sizeof(*p));

	for (size_t i = 0; i < c->count; i++)
		p[i] = c->changes[i].p;
	mann_whitney_holm(p, c->count);
	for (size_t i = 0; i < c->count; i++)
		c->changes[i].p = p[i];
	free(p);
}

/* What lies between boots is not known of fewer, and can be more than any change. */
static bool has_few_boots(const struct change *change)
{
	return change->base->measured_boots < COMPARISON_BOOTS ||
	       change->now->measured_boots < COMPARISON_BOOTS;
}

/* Why a difference of that many ticks cannot be told from none, or NULL. */
static const char *doubt(const struct change *change, double size)
{
	if (has_few_boots(change))
		return "fewer than three boots in a file";
	if (change->p >= COMPARISON_LEVEL)
		return "not significant";
	if (change->interval.low <= 0 && change->interval.high >= 0)
		return "the interval of the difference includes 0";
	if (size <= (double)change->spread)
		return "not more than the boots of one file differ";
	return NULL;
}

/* The lab: any difference is one; the threshold says whether it matters. */
static void decide_exact(struct change *change, double size, double limit)
{
	bool matters = size > 0 && size >= limit;

	change->verdict = VERDICT_SAME;
	if (matters)
		change->verdict = change->interval.low > 0 ? VERDICT_SLOWER : VERDICT_FASTER;
}

static void decide(const struct comparison *c, struct change *change)
{
	double difference = (double)change->now_value - (double)change->base_value;
	double size = fabs(difference), limit = c->threshold * fabs((double)change->base_value);
	const struct interval *i = &change->interval;

	if (c->deterministic) {
		decide_exact(change, size, limit);
		return;
	}
	/* A tick is the clock's own step. */
	limit = fmax(limit, 1);
	if (i->low >= -limit && i->high <= limit && !has_few_boots(change)) {
		change->verdict = VERDICT_SAME;
		return;
	}
	change->verdict = VERDICT_UNSURE;
	change->why = doubt(change, size);
	if (!change->why && size < limit)
		change->why = "less than the threshold, but the interval is not";
	if (!change->why)
		change->verdict = difference > 0 ? VERDICT_SLOWER : VERDICT_FASTER;
}

struct comparison *comparison_of(const struct merged *base, const struct merged *now,
				 enum metric metric, double threshold)
{
	struct comparison *c = xcalloc(1, sizeof(*c));

	c->base = base;
	c->now = now;
	c->metric = metric;
	c->deterministic = base->results->deterministic && now->results->deterministic;
	c->threshold = threshold;
	if (threshold < 0)
		c->threshold = c->deterministic ? 0 : THRESHOLD_MEASURED;
	comparison_find_obstacles(c);
	comparison_find_machines(c);
	comparison_find_exits(c);
	c->changes = xcalloc(base->count, sizeof(*c->changes));
	for (size_t i = 0; i < base->count; i++) {
		const struct merged_op *a = &base->ops[i], *b = merge_find(now, a->as_one.op);

		if (!b || !a->measured_boots || !b->measured_boots)
			continue;
		if (!has_metric(a, metric) || !has_metric(b, metric)) {
			c->untold++;
			continue;
		}
		c->changes[c->count] = (struct change){ .base = a, .now = b };
		test_change(c, &c->changes[c->count++]);
	}
	if (!c->deterministic)
		correct_for_number(c);
	for (size_t i = 0; i < c->count; i++) {
		decide(c, &c->changes[i]);
		c->verdicts[c->changes[i].verdict]++;
	}
	return c;
}

static void free_differences(struct difference_list *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->list[i].name);
		free(d->list[i].base);
		free(d->list[i].now);
	}
	free(d->list);
}

void comparison_free(struct comparison *c)
{
	if (!c)
		return;
	free_differences(&c->obstacles);
	free_differences(&c->machines);
	free_differences(&c->loads);
	free_differences(&c->exits);
	free(c->alone[0]);
	free(c->alone[1]);
	free(c->changes);
	free(c);
}

int comparison_status(const struct comparison *c, bool force)
{
	if ((c->obstacles.count && !force) || !c->count)
		return STATUS_ERROR;
	return c->verdicts[VERDICT_SLOWER] || c->more_exits ? STATUS_FINDING : STATUS_OK;
}

int comparisons_status(const struct comparisons *all)
{
	int worst = STATUS_OK;

	for (size_t i = 0; i < all->count; i++) {
		int status = comparison_status(all->list[i], all->force);

		worst = status > worst ? status : worst;
	}
	return worst;
}

bool comparison_percent(const struct comparison *c, const struct change *change, double ticks,
			double *percent)
{
	const struct meta *meta = results_meta(c->base->results);

	if (change->base_value <= 0)
		return false;
	/* A part of the exit is no difference of two figures, and may become nothing. */
	if (c->metric == METRIC_P50 &&
	    (change->now_value <= 0 || (meta && change->base_value < meta->bracket)))
		return false;
	*percent = 100 * ticks / fabs((double)change->base_value);
	return true;
}

const char *comparison_percent_text(const struct comparison *c, const struct change *change,
				    double ticks, const char *sign, char *text, size_t size)
{
	double percent;

	if (comparison_percent(c, change, ticks, &percent))
		snprintf(text, size, "%+.2f%s", percent, sign);
	else
		snprintf(text, size, "%+.0f", ticks);
	return text;
}

const char *comparison_method(const struct comparison *c)
{
	if (c->deterministic)
		return "exact: both files are of the deterministic lab";
	if (c->metric == METRIC_P50)
		return "Mann-Whitney on all samples, 5 % over all operations by Holm; 95 % "
		       "interval of the difference of medians";
	return "Mann-Whitney on the boots' means, 5 % over all operations by Holm; interval of the "
	       "difference from the boots'";
}
