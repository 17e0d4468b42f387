// SPDX-License-Identifier: GPL-2.0-only
/* Test Anything Protocol: a test is ok if the row's expectation holds. */
#include "report/report.h"

#include "console/console.h"
#include "cpu/emulated.h"
#include "cpu/trap.h"
#include "platform/counters.h"

static size_t number;

static void begin(const struct run *run)
{
	number = 0;
	printf("1..%zu\n", run->operations);
	if (instructions_emulated())
		printf("# a NOP takes %u ticks: the host emulates every instruction\n",
		       nop_ticks());
}

static void op_begin(const struct run *run, const struct op *op)
{
	(void)run;
	printf("# %s: %s\n", op->name, op->what);
}

static bool fault_is_normal(const struct op *op)
{
	return op->faults || (op->may_fault && op->may_fault());
}

static bool is_ok(const struct op *op, const struct measurement *m)
{
	switch (m->outcome) {
	case OUTCOME_SKIPPED:
		return true;
	case OUTCOME_MEASURED:
		return m->agreement != AGREEMENT_NO && (m->fault < 0 || fault_is_normal(op));
	default:
		return false;
	}
}

static void print_seen(const struct measurement *m)
{
	char name[24];

	for (unsigned int i = 0; i < m->reasons.count; i++)
		printf("%s%lu.%03lu %s", i ? ", " : "", m->reasons.list[i].exits / 1000,
		       m->reasons.list[i].exits % 1000,
		       report_reason(m->reasons.list[i].reason, name, sizeof(name)));
	printf("%s", m->reasons.count ? "" : "none");
}

static void op_end(const struct op *op, const struct measurement *m)
{
	int64_t milli = measurement_milli_exits(m);
	char text[160];

	printf("%sok %zu - %s", is_ok(op, m) ? "" : "not ", ++number, op->name);
	if (m->outcome == OUTCOME_SKIPPED)
		printf(" # SKIP %s", m->text);
	else if (m->outcome == OUTCOME_MEASURED)
		printf(": p50 %ld", m->cycles.p50);
	printf("\n");

	if (m->outcome == OUTCOME_HANGS)
		printf("# hangs: stopped by a timer\n");
	if (m->outcome == OUTCOME_FAILED)
		printf("# failed: %s\n", m->text);
	if (m->fault >= 0)
		printf("# fault: %s\n", trap_name(m->fault));
	/* With an expectation alone the host counts, and says elsewhere what. */
	if (m->expected && counters_info()) {
		printf("# exits: ");
		print_seen(m);
		printf("; expected: %s\n",
		       report_expectation(measure_isa(), m->expected, text, sizeof(text)));
		if (m->outcome == OUTCOME_MEASURED && !m->batch_agrees)
			printf("# one by one: %ld.%03ld exits\n", milli / 1000, milli % 1000);
	}
}

const struct report report_tap = { .begin = begin, .op_begin = op_begin, .op_end = op_end };
