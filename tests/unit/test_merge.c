// SPDX-License-Identifier: GPL-2.0-only
/* Several boots as one. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/comparison.h"
#include "results/merge.h"
#include "results/wording.h"

/* A boot's operation: all samples of its median but one, which is @max. */
struct boot_figures {
	int64_t p50, max;
	int exits, kernel;
	const char *outcome;
};

static char text[1 << 16];
static size_t used;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	used += (size_t)vsnprintf(text + used, sizeof(text) - used, format, arguments);
	va_end(arguments);
}

static void put_op(const struct boot_figures *f)
{
	if (strcmp(f->outcome, "measured")) {
		put("{'record':'op','op':'x','outcome':'%s'}", f->outcome);
		return;
	}
	put("{'record':'op','op':'x','outcome':'measured','stop':'settled','taken':11,'kept':10,"
	    "'operations':1,'cycles':{'min':%" PRId64 ",'p50':%" PRId64 ",'p90':%" PRId64
	    ",'p99':%" PRId64 ",'max':%" PRId64 ",'mean':%" PRId64 ",'ci_low':%" PRId64
	    ",'ci_high':%" PRId64 "},",
	    f->p50, f->p50, f->p50, f->max, f->max, f->p50, f->p50, f->p50);
	if (f->max > f->p50)
		put("'histogram':[[%" PRId64 ",9],[%" PRId64 ",1]],", f->p50, f->max);
	else
		put("'histogram':[[%" PRId64 ",10]],", f->p50);
	put("'exits':%d,'parts':{'kernel':%d,'user':0,'halted':0},'batch':{'reasons':[{'reason':1,"
	    "'name':'A','exits':%d}]},'set_aside':{'exits':1,'away':0},'descheduled':false,"
	    "'foreign':[],'expected':{'min':1,'max':1,'reasons':['A']},'agrees':%s}",
	    f->exits, f->kernel, f->exits, f->exits == 1 ? "true" : "false");
}

static struct results *results_of(const struct boot_figures *boots, size_t count)
{
	char message[300];
	struct results *results;

	used = 0;
	put("{'exitprobe_results':1,'version':'0.1','created':'now','complete':true,"
	    "'command':['a','b'],'accel':'kvm','unit':'cycles','deterministic':false,'machine':{},"
	    "'boots':[");
	for (size_t i = 0; i < count; i++) {
		put("%s{'complete':true,'status':0,'seconds':1,'crosscheck':null,'lost':[],"
		    "'records':[",
		    i ? "," : "");
		put_op(&boots[i]);
		put("]}");
	}
	put("]}");
	for (char *c = text; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	results = results_from_text("text", text, used, message, sizeof(message));
	if (!results)
		fail_msg("%s", message);
	return results;
}

static void test_one_boot_is_itself(void **state)
{
	const struct boot_figures boots[] = { { 100, 150, 1, 60, "measured" } };
	struct results *results = results_of(boots, 1);
	struct merged *merged = merge_results(results);
	const struct merged_op *m = merge_find(merged, "x");

	(void)state;
	assert_int_equal(m->as_one.cycles.p50, 100);
	assert_int_equal(m->as_one.cycles.max, 150);
	assert_int_equal(m->as_one.kept, 10);
	assert_true(merge_spread_percent(m) == 0);
	assert_null(merge_find(merged, "y"));
	merge_free(merged);
	results_free(results);
}

static void test_five_boots(void **state)
{
	const struct boot_figures boots[] = {
		{ 104, 150, 1, 60, "measured" }, { 100, 900, 1, 70, "measured" },
		{ 110, 110, 1, 80, "measured" }, { 0, 0, 0, 0, "failed" },
		{ 90, 120, 1, 90, "measured" },
	};
	struct results *results = results_of(boots, 5);
	struct merged *merged = merge_results(results);
	const struct merged_op *m = merge_find(merged, "x");
	const struct op_result *op = &m->as_one;
	char notes[64];

	(void)state;
	assert_int_equal(m->boots, 5);
	assert_int_equal(m->measured_boots, 4);
	assert_int_equal(m->broken_boots, 1);
	assert_string_equal(wording_notes(m, ", ", notes, sizeof(notes)), "failed in 1 of 5 boots");
	assert_int_equal(merged->outcomes[OUTCOME_FAILED], 1);
	assert_int_equal(merged->outcomes[OUTCOME_MEASURED], 0);
	assert_int_equal(op->outcome, OUTCOME_MEASURED);
	assert_int_equal(op->cycles.p50, 102); /* of 100 and 104 */
	assert_int_equal(op->cycles.p99, 135); /* of 120 and 150 */
	assert_int_equal(op->cycles.min, 90);
	assert_int_equal(op->cycles.max, 900);
	assert_int_equal(op->cycles.mean, 101);
	assert_int_equal(m->lowest, 90);
	assert_int_equal(m->highest, 110);
	assert_int_equal(op->cycles.ci_low, 90);
	assert_int_equal(op->cycles.ci_high, 110);
	assert_int_equal(op->kept, 40);
	assert_int_equal(op->taken, 44);
	assert_int_equal(op->aside_exits, 4);
	assert_int_equal(op->histogram.samples, 40);
	assert_int_equal(op->histogram.count, 7); /* 110 is in two boots */
	assert_int_equal(op->parts.ticks[PART_KERNEL], 75);
	assert_false(op->parts.known[PART_OUT]);
	assert_false(m->exits_vary);
	assert_int_equal(merged->agreed, 1);
	merge_free(merged);
	results_free(results);
}

static void test_exits_of_most_boots(void **state)
{
	const struct boot_figures boots[] = { { 100, 100, 2, 1, "measured" },
					      { 100, 100, 1, 1, "measured" },
					      { 100, 100, 1, 1, "measured" } };
	struct results *results = results_of(boots, 3);
	struct merged *merged = merge_results(results);
	const struct merged_op *m = merge_find(merged, "x");

	(void)state;
	assert_int_equal(m->as_one.exits_milli, 1000);
	assert_true(m->exits_vary);
	assert_false(m->as_one.agrees);
	assert_int_equal(merged->differed, 1);
	merge_free(merged);
	results_free(results);
}

/* Ranks of the sign test's tables (David and Nagaraja, 7.1; two-sided 5 %). */
static void test_interval_ranks(void **state)
{
	static const struct {
		size_t count;
		int64_t low;
	} known[] = { { 1, 1 },	 { 5, 1 },  { 6, 1 },  { 8, 1 },  { 9, 2 },   { 11, 2 },
		      { 12, 3 }, { 15, 4 }, { 20, 6 }, { 25, 8 }, { 30, 10 }, { 50, 18 } };
	int64_t values[50], low, high;

	(void)state;
	for (size_t i = 0; i < 50; i++)
		values[i] = (int64_t)i + 1;
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
		merge_boots_interval(values, known[k].count, &low, &high);
		assert_int_equal(low, known[k].low);
		assert_int_equal(high, (int64_t)known[k].count + 1 - known[k].low);
	}
}

static void test_median(void **state)
{
	const int64_t values[] = { 9, -3, 4, 4 };

	(void)state;
	assert_int_equal(merge_median(values, 1), 9);
	assert_int_equal(merge_median(values, 2), 3);
	assert_int_equal(merge_median(values, 3), 4);
	assert_int_equal(merge_median(values, 4), 4);
}

/* The verdict of @now's only operation against @base's, both of @count boots. */
static enum verdict verdict_of(const struct boot_figures *base, const struct boot_figures *now,
			       size_t count, bool exact, enum metric metric, int *status)
{
	struct results *a = results_of(base, count), *b = results_of(now, count);
	struct merged *ma = merge_results(a), *mb = merge_results(b);
	struct comparison *c;
	enum verdict verdict;

	a->deterministic = b->deterministic = exact;
	c = comparison_of(ma, mb, metric, 0.01);
	assert_int_equal(c->count, 1);
	verdict = c->changes[0].verdict;
	*status = comparison_status(c, false);
	comparison_free(c);
	merge_free(ma);
	merge_free(mb);
	results_free(a);
	results_free(b);
	return verdict;
}

static void test_verdicts(void **state)
{
	struct boot_figures base[8], now[8];
	int status;

	(void)state;
	for (int i = 0; i < 8; i++) {
		base[i] = (struct boot_figures){ 1000 + i % 2, 1100, 1, 600 + i, "measured" };
		now[i] = (struct boot_figures){ 1030 + i % 2, 1100, 1, 650 + i, "measured" };
	}
	assert_int_equal(verdict_of(base, now, 8, false, METRIC_P50, &status), VERDICT_SLOWER);
	assert_int_equal(status, 1);
	assert_int_equal(verdict_of(now, base, 8, false, METRIC_P50, &status), VERDICT_FASTER);
	assert_int_equal(status, 0);
	assert_int_equal(verdict_of(base, base, 8, false, METRIC_P50, &status), VERDICT_SAME);
	assert_int_equal(verdict_of(base, now, 8, false, METRIC_KERNEL, &status), VERDICT_SLOWER);
	/* Two boots have means, but not enough to tell them apart. */
	assert_int_equal(verdict_of(base, now, 2, false, METRIC_KERNEL, &status), VERDICT_UNSURE);
	assert_int_equal(status, 0);

	/* No more than lies between boots. */
	now[0].p50 = 990;
	assert_int_equal(verdict_of(base, now, 3, false, METRIC_P50, &status), VERDICT_UNSURE);
	now[0].p50 = 1030;

	/* Measured as before, but not in every boot. */
	now[7] = (struct boot_figures){ 0, 0, 0, 0, "failed" };
	assert_int_equal(verdict_of(now, base, 8, false, METRIC_P50, &status), VERDICT_FASTER);
	assert_int_equal(status, 0);
	assert_int_equal(verdict_of(base, base, 8, false, METRIC_P50, &status), VERDICT_SAME);
	for (int i = 0; i < 7; i++)
		now[i] = base[i];
	assert_int_equal(verdict_of(base, now, 8, false, METRIC_P50, &status), VERDICT_SAME);
	assert_int_equal(status, 1);

	/* Below the threshold of 1 %: significant or not, it does not matter. */
	for (int i = 0; i < 8; i++)
		now[i].p50 = 1005 + i % 2;
	assert_int_equal(verdict_of(base, now, 8, false, METRIC_P50, &status), VERDICT_SAME);
}

/* In the lab a difference is one; the threshold says whether it matters. */
static void test_exact_verdicts(void **state)
{
	const struct boot_figures base = { 1000, 1000, 1, 600, "measured" };
	struct boot_figures now = base;
	int status;

	(void)state;
	now.p50 = now.max = 1009;
	assert_int_equal(verdict_of(&base, &now, 1, true, METRIC_P50, &status), VERDICT_SAME);
	now.p50 = now.max = 1010;
	assert_int_equal(verdict_of(&base, &now, 1, true, METRIC_P50, &status), VERDICT_SLOWER);
	assert_int_equal(status, 1);
	assert_int_equal(verdict_of(&now, &base, 1, true, METRIC_P50, &status), VERDICT_SAME);
	now.p50 = now.max = 900;
	assert_int_equal(verdict_of(&base, &now, 1, true, METRIC_P50, &status), VERDICT_FASTER);
	assert_int_equal(status, 0);
	/* An exit more is for the worse, though it be faster. */
	now.exits = 2;
	assert_int_equal(verdict_of(&base, &now, 1, true, METRIC_P50, &status), VERDICT_FASTER);
	assert_int_equal(status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_boot_is_itself),
		cmocka_unit_test(test_five_boots),
		cmocka_unit_test(test_exits_of_most_boots),
		cmocka_unit_test(test_interval_ranks),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_exact_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
