// SPDX-License-Identifier: GPL-2.0-only
/*
 * OpenMetrics 1.0, in lines that node_exporter's textfile collector takes too: that reads the
 * older text format, which has no type "info".  A tick is a cycle or an instruction: the
 * unit is a label, since a metric's name must not differ from run to run.  Seconds are
 * families of their own, where a tick's length is known.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <time.h>

#include "lib/escape.h"
#include "report/report.h"
#include "results/tick.h"
#include "results/ways.h"

/*
 * name{op="...",accel="...",counts="...",unit="..."; the rest of the labels and the brace
 * follow.  Who counts exits is in each round trip: another way is another series.
 */
static void begin_sample(FILE *to, const struct merged *merged, const struct merged_op *m,
			 const char *name)
{
	fprintf(to, "%s{op=\"%s\",accel=\"%s\",counts=\"%s\",unit=\"", name, m->as_one.op,
		accel_names[merged->results->accel], way_names[merged->results->way]);
	escape_label(to, merged->results->unit);
	putc('"', to);
}

static void family(FILE *to, const char *name, const char *help)
{
	fprintf(to, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

/* OpenMetrics has times in seconds (section 4.6); without @tick_seconds, in ticks. */
static void value(FILE *to, int64_t ticks, double tick_seconds)
{
	if (tick_seconds > 0)
		fprintf(to, "%.9g\n", tick_seconds * (double)ticks);
	else
		fprintf(to, "%" PRId64 "\n", ticks);
}

static void round_trips(FILE *to, const struct merged *merged, double tick_seconds)
{
	const char *name = tick_seconds > 0 ? "exitprobe_round_trip_seconds"
					    : "exitprobe_round_trip_ticks";

	family(to, name, "Round trip of one operation as the guest sees it.");
	for (size_t i = 0; i < merged->count; i++) {
		const struct merged_op *m = &merged->ops[i];
		const struct figures *f = &m->as_one.cycles;
		const struct {
			const char *stat;
			int64_t value;
		} list[] = { { "min", f->min },		{ "p50", f->p50 },
			     { "p90", f->p90 },		{ "p99", f->p99 },
			     { "max", f->max },		{ "mean", f->mean },
			     { "p50_low", f->ci_low },	{ "p50_high", f->ci_high },
			     { "boot_low", m->lowest }, { "boot_high", m->highest } };

		for (size_t s = 0; m->measured_boots && s < sizeof(list) / sizeof(list[0]); s++) {
			begin_sample(to, merged, m, name);
			fprintf(to, ",stat=\"%s\"} ", list[s].stat);
			value(to, list[s].value, tick_seconds);
		}
	}
}

static void parts(FILE *to, const struct merged *merged, double tick_seconds)
{
	const char *name = tick_seconds > 0 ? "exitprobe_part_seconds" : "exitprobe_part_ticks";

	family(to, name, "Where the time of an operation's exits goes.");
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		for (int p = 0; merged->ops[i].measured_boots && p < PART_COUNT; p++) {
			if (!op->counted || !op->parts.known[p])
				continue;
			begin_sample(to, merged, &merged->ops[i], name);
			fprintf(to, ",part=\"%s\"} ", part_names[p]);
			value(to, op->parts.ticks[p], tick_seconds);
		}
	}
}

static void milli(FILE *to, int64_t thousandths)
{
	fprintf(to, "%" PRId64 ".%03" PRId64 "\n", thousandths / 1000, thousandths % 1000);
}

static void exits(FILE *to, const struct merged *merged)
{
	static const char name[] = "exitprobe_exits_per_operation";

	family(to, "exitprobe_exits", "Exits of one operation; 0 has no reason below.");
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		if (!merged->ops[i].measured_boots || !op->counted)
			continue;
		begin_sample(to, merged, &merged->ops[i], "exitprobe_exits");
		fputs("} ", to);
		milli(to, op->exits_milli);
	}
	family(to, name, "Exits of one operation, by reason.");
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		for (size_t r = 0; merged->ops[i].measured_boots && r < op->reasons.count; r++) {
			const struct reason *reason = &op->reasons.list[r];

			begin_sample(to, merged, &merged->ops[i], name);
			fprintf(to, ",number=\"%" PRId64 "\",reason=\"", reason->number);
			escape_label(to, reason->name);
			fputs("\"} ", to);
			milli(to, reason->milli);
		}
	}
}

static void agreement(FILE *to, const struct merged *merged)
{
	static const char name[] = "exitprobe_as_expected";

	family(to, name, "1 if the exits are as expected, else 0.");
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		if (!merged->ops[i].measured_boots || !op->has_expected)
			continue;
		begin_sample(to, merged, &merged->ops[i], name);
		fprintf(to, "} %d\n", op->agrees);
	}
}

static void outcomes(FILE *to, const struct merged *merged)
{
	static const char name[] = "exitprobe_operations";

	family(to, name, "Operations by outcome.");
	for (int o = 0; o <= OUTCOME_LOST; o++)
		fprintf(to, "%s{outcome=\"%s\"} %zu\n", name, outcome_names[o],
			merged->outcomes[o]);
	family(to, "exitprobe_complete", "1 if the run finished, else 0.");
	fprintf(to, "exitprobe_complete %d\n", merged->results->complete);
}

/* When the run began, for an alert on a host that runs no more; nothing if that is no time. */
static void timestamp(FILE *to, const struct results *results)
{
	static const char name[] = "exitprobe_run_timestamp_seconds";
	struct tm when = { 0 };
	const char *end = strptime(results->created, "%Y-%m-%dT%H:%M:%SZ", &when);

	if (!end || *end)
		return;
	family(to, name, "When the run began, in seconds since 1970.");
	fprintf(to, "%s %lld\n", name, (long long)timegm(&when));
}

/* A family whose value is its labels. */
static void machine(FILE *to, const struct merged *merged)
{
	const struct results *results = merged->results;
	const struct meta *meta = results_meta(results);

	family(to, "exitprobe_run_info", "What was measured, and where.");
	fputs("exitprobe_run_info{version=\"", to);
	escape_label(to, results->version);
	fputs("\",created=\"", to);
	escape_label(to, results->created);
	if (meta) {
		fputs("\",cpu=\"", to);
		escape_label(to, meta->brand);
		fputs("\",host=\"", to);
		escape_label(to, meta->host ? meta->host : "");
		fputs("\",build=\"", to);
		escape_label(to, meta->build);
	}
	fputs("\"} 1\n", to);
}

void report_openmetrics(FILE *to, const struct merged *merged)
{
	double tick_seconds = tick_ns(merged->results) / 1e9;

	machine(to, merged);
	timestamp(to, merged->results);
	outcomes(to, merged);
	round_trips(to, merged, 0);
	parts(to, merged, 0);
	if (tick_seconds > 0) {
		round_trips(to, merged, tick_seconds);
		parts(to, merged, tick_seconds);
	}
	exits(to, merged);
	agreement(to, merged);
	fputs("# EOF\n", to);
}
