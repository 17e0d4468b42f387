// SPDX-License-Identifier: GPL-2.0-only
#include "run.h"

#include "console/channel.h"
#include "console/console.h"
#include "cpu/lapic.h"
#include "measure/account.h"
#include "measure/measure.h"
#include "ops/after.h"
#include "ops/ops.h"
#include "platform/stolen.h"
#include "platform/tsc.h"
#include "report/report.h"

/* The default budget for the samples of an operation. */
#define BUDGET_MS 250

/* How long an answer of the host may take. In the lab it runs on an emulated processor. */
#define ANSWER_MS 20000

/* The TSC's frequency if it is unknown. It is high, so that budgets are not too short. */
#define TSC_KHZ_UNKNOWN 4000000ull

static bool globs_mean_something(const char *glob)
{
	for (size_t f = 0; f < op_family_count; f++)
		for (size_t i = 0; i < op_families[f]->count; i++)
			if (globs_match(glob, op_families[f]->name, op_families[f]->ops[i].name,
					ASKED_BY_ANY_GLOB))
				return true;
	return false;
}

const char *run_unknown_glob(const char *globs, size_t *length)
{
	char glob[64];

	for (; *globs; globs += *length + (globs[*length] == ',')) {
		for (*length = 0; globs[*length] && globs[*length] != ','; ++*length)
			if (*length < sizeof(glob) - 1)
				glob[*length] = globs[*length];
		glob[*length < sizeof(glob) ? *length : sizeof(glob) - 1] = '\0';
		if (!globs_mean_something(glob))
			return globs;
	}
	return NULL;
}

void run_nearest(const char *glob, size_t length, struct nearest *near)
{
	size_t family = 0;

	/* Of a family that is not there, the nearest family. */
	while (family < length && glob[family] != ':')
		family++;
	nearest_begin(near, glob, family);
	for (size_t f = 0; family < length && f < op_family_count; f++)
		nearest_offer(near, op_families[f]->name);
	if (family < length)
		return;
	for (size_t f = 0; f < op_family_count; f++)
		for (size_t i = 0; i < op_families[f]->count; i++)
			nearest_offer(near, op_families[f]->ops[i].name);
}

static bool selected(const struct options *o, const struct op_family *family, const struct op *op)
{
	enum asked asked = op->by_name	    ? ASKED_BY_NAME
			   : op->on_request ? ASKED_NOT_BY_STAR
					    : ASKED_BY_ANY_GLOB;

	return globs_match(o->ops, family->name, op->name, asked) &&
	       !globs_match(o->skip, family->name, op->name, ASKED_BY_ANY_GLOB);
}

/* Call @each for the operations that @o selects. */
static void for_selected(const struct options *o, struct run *run,
			 void (*each)(struct run *run, const struct op *op))
{
	for (size_t f = 0; f < op_family_count; f++)
		for (size_t i = 0; i < op_families[f]->count; i++)
			if (selected(o, op_families[f], &op_families[f]->ops[i]))
				each(run, &op_families[f]->ops[i]);
}

static void count(struct run *run, const struct op *op)
{
	(void)op;
	run->operations++;
}

bool run_has_operations(const struct options *options)
{
	struct run run = { 0 };

	for_selected(options, &run, count);
	return run.operations;
}

/* Count the operation by its outcome, as its record has it. */
static void tally(struct run *run, const struct measurement *m)
{
	run->done++;
	switch (m->outcome) {
	case OUTCOME_MEASURED:
		run->measured++;
		run->discarded += m->taken - m->kept;
		run->discarded_descheduled += m->discarded_descheduled;
		break;
	case OUTCOME_SKIPPED:
		run->skipped++;
		break;
	case OUTCOME_HANGS:
		run->hung++;
		break;
	case OUTCOME_FAULTED:
		run->faulted++;
		break;
	case OUTCOME_FAILED:
		run->failed++;
		break;
	}
	run->agreed += m->agreement == AGREEMENT_YES;
	run->differed += m->agreement == AGREEMENT_NO;
	for (unsigned int i = 0; i < m->host_exits.count; i++)
		reason_counts_add(&run->host_exits, m->host_exits.list[i].reason,
				  m->host_exits.list[i].exits);
}

/* The format on the console, and JSON on the second port. */
static const struct report *reports[2];

static struct plan plan;

static void measure_one(struct run *run, const struct op *op)
{
	struct measurement m;

	for (size_t i = 0; i < 2; i++)
		if (reports[i] && reports[i]->op_begin)
			reports[i]->op_begin(run, op);
	measure(op, &plan, &m);
	tally(run, &m);
	derived_note(op, &m);
	for (size_t i = 0; i < 2; i++)
		if (reports[i] && reports[i]->op_end)
			reports[i]->op_end(op, &m);
}

static void choose_reports(const struct options *o)
{
	static const struct report *const forms[] = {
		[FORMAT_TABLE] = &report_table, [FORMAT_JSON] = &report_json,
		[FORMAT_TAP] = &report_tap,	[FORMAT_SAMPLES] = &report_samples,
		[FORMAT_NONE] = NULL,
	};
	format_sink records = console_records();

	reports[0] = forms[o->format];
	if (o->format == FORMAT_JSON) {
		report_json_to(console_put);
	} else if (records) {
		report_json_to(records);
		reports[1] = &report_json;
	}
}

void run_all(const struct options *o, const char *command_line)
{
	struct run run = { .host = o->host, .unit = o->unit, .command_line = command_line };
	uint64_t tsc_khz, budget, steal_before = 0;
	uint32_t smi_before = 0, smi_after;
	struct derived d;

	tsc_khz = tsc_check()->khz;
	budget = (o->budget_ms ? o->budget_ms : BUDGET_MS) * (tsc_khz ? tsc_khz : TSC_KHZ_UNKNOWN);
	plan = (struct plan){
		.samples = o->samples,
		.budget_tsc = o->samples && !o->budget_ms ? UINT64_MAX : budget,
		.batch_tsc = budget,
		.reads_leaf = o->counts == COUNTS_LEAF,
		.asks_host = o->counts == COUNTS_HOST,
	};
	if (o->settle_ms && lapic_timer_present())
		lapic_idle(o->settle_ms * (tsc_khz ? tsc_khz : TSC_KHZ_UNKNOWN));
	after_plant(o->plant);
	choose_reports(o);
	/* Records have found the memory, of which this is the end. */
	if (o->hosted || o->counts == COUNTS_HOST)
		channel_open(ANSWER_MS * (tsc_khz ? tsc_khz : TSC_KHZ_UNKNOWN));
	for_selected(o, &run, count);
	measure_init(&plan);
	run.steal_known = steal_ns(&steal_before);
	run.smi_known = smi_count(&smi_before);
	for (size_t i = 0; i < 2; i++)
		if (reports[i] && reports[i]->begin)
			reports[i]->begin(&run);
	for_selected(o, &run, measure_one);
	for (size_t row = 0; derived_next(&row, &d);)
		for (size_t i = 0; i < 2; i++)
			if (reports[i] && reports[i]->derived)
				reports[i]->derived(&d);
	if (run.steal_known && steal_ns(&run.steal_ns))
		run.steal_ns -= steal_before;
	if (run.smi_known && smi_count(&smi_after))
		run.smi = smi_after - smi_before;
	for (size_t i = 0; i < 2; i++)
		if (reports[i] && reports[i]->end)
			reports[i]->end(&run);
	if (o->format == FORMAT_TABLE || o->format == FORMAT_SAMPLES)
		printf("complete: %u operations: %u measured, %u skipped, %u faulted, %u hung, "
		       "%u failed\n",
		       run.done, run.measured, run.skipped, run.faulted, run.hung, run.failed);
}
