// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exitstat/command.h"
#include "exitstat/export.h"
#include "exitstat/openmetrics.h"
#include "exitstat/report.h"
#include "exitstat/screen.h"
#include "exitstat/spread.h"
#include "exitstat/status.h"

#define NS_PER_MS 1000000
#define NS_PER_S  1000000000

/*
 * How often the counters are read in the hope of a moment without other exits: a
 * reading is some hundred CPUIDs.  In intervals what is missed comes in the next.
 */
#define TRIES	       8
#define INTERVAL_TRIES 1

/* One snapshot of each scope. */
static struct snapshot *new_snapshots(const struct session *session)
{
	struct snapshot *snapshots = calloc(session->nr_scopes, sizeof(snapshots[0]));

	if (!snapshots)
		die(STATUS_SYSTEM, "no memory for %u vCPUs", session->nr_scopes);
	for (unsigned int i = 0; i < session->nr_scopes; i++)
		snapshot_init(&snapshots[i], &session->layout);
	return snapshots;
}

static struct delta *new_deltas(const struct session *session)
{
	struct delta *deltas = calloc(session->nr_scopes, sizeof(deltas[0]));

	if (!deltas)
		die(STATUS_SYSTEM, "no memory for %u vCPUs", session->nr_scopes);
	for (unsigned int i = 0; i < session->nr_scopes; i++)
		delta_init(&deltas[i], &session->layout);
	return deltas;
}

/*
 * To read every vCPU exitstat goes from CPU to CPU; COMMAND is to run where it
 * would have without that.
 */
static void take(struct session *session, struct snapshot *snapshots, unsigned int tries)
{
	cpu_set_t *everywhere = session->nr_scopes > 1 ? affinity() : NULL;

	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct scope *scope = &session->scopes[i];

		snapshot_take(&snapshots[i], scope, &session->layout, tries);
		age_read(&snapshots[i].age, &scope->source, scope->vcpu);
	}
	if (everywhere)
		unpin(everywhere);
}

static void check(enum exitstat_status status)
{
	if (status == STATUS_RESTARTED)
		die(status,
		    "the counters restarted during the measurement: the VM was restored or moved to "
		    "another host; measure again");
	if (status == STATUS_LAYOUT)
		die(status, "the host gave this VM another layout during the measurement "
			    "(exit_stats_layout): measure again");
	if (status == STATUS_WRAPPED)
		die(status,
		    "the host's count of exits went backwards below 2^32: it is 32 bits wide "
		    "and has wrapped; the host needs interface version 1 as documented");
}

static struct report new_report(const struct session *session, unsigned int scope)
{
	return (struct report){ .host = &session->host,
				.layout = &session->layout,
				.scope = &session->scopes[scope],
				.all = session->options.all };
}

static void export(const struct session *session, const struct report *report)
{
	if (session->options.format == FORMAT_CSV)
		export_csv(session->file, report);
	else
		export_json(session->file, report);
}

/* What was written has arrived, or the program ends. */
static void flush(const struct session *session)
{
	if (fflush(session->file) || ferror(session->file))
		die(STATUS_SYSTEM, "writing: %s", strerror(errno));
}

void measure_line(struct session *session)
{
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct report report = new_report(session, i);
		struct delta total = { 0 };

		total_take(&total, &session->scopes[i]);
		report.delta = &total;
		report_line(session->file, &report);
	}
	flush(session);
}

void measure_total(struct session *session)
{
	struct snapshot *now = new_snapshots(session);
	struct delta *deltas = new_deltas(session);

	take(session, now, TRIES);
	if (session->options.format == FORMAT_CSV)
		export_csv_head(session->file);
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct report report = new_report(session, i);

		report.delta = &deltas[i];
		report.now = &now[i];
		report.at_ns = now[i].time_ns;
		deltas[i].time_ns = now[i].time_ns;
		check(delta_since_creation(&deltas[i], &session->layout, &now[i]));
		if (session->options.format != FORMAT_TEXT) {
			export(session, &report);
			continue;
		}
		report_line(session->file, &report);
		report_details(session->file, &report);
	}
	flush(session);
}

void measure_openmetrics(struct session *session)
{
	struct snapshot *now = new_snapshots(session);
	struct delta *deltas = new_deltas(session);
	struct report *reports = calloc(session->nr_scopes, sizeof(reports[0]));

	if (!reports)
		die(STATUS_SYSTEM, "no memory for %u vCPUs", session->nr_scopes);
	take(session, now, TRIES);
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		check(delta_since_creation(&deltas[i], &session->layout, &now[i]));
		reports[i] = new_report(session, i);
		reports[i].delta = &deltas[i];
	}
	openmetrics_write(session->file, reports, session->nr_scopes);
	flush(session);
}

static void compare(struct session *session, struct snapshot *before, struct snapshot *after,
		    struct delta *deltas)
{
	for (unsigned int i = 0; i < session->nr_scopes; i++)
		check(delta_between(&deltas[i], &session->layout, &before[i], &after[i]));
}

int measure_command(struct session *session)
{
	const struct options *options = &session->options;
	unsigned int runs = options->repeat ? options->repeat : 1;
	unsigned int n = 0, spreads = session->layout.nr + 1;
	struct snapshot *before = new_snapshots(session), *after = new_snapshots(session);
	struct delta *deltas = new_deltas(session), *sums = new_deltas(session);
	struct spread *exits = calloc((size_t)session->nr_scopes * spreads, sizeof(exits[0]));
	bool interrupted = false;
	int first_failure = 0;

	if (!exits)
		die(STATUS_SYSTEM, "no memory for %u reasons", spreads);
	if (options->format == FORMAT_CSV)
		export_csv_head(session->file);
	flush(session);
	while (n < runs && !interrupted) {
		int status;

		take(session, before, TRIES);
		status = command_run(options->command, &interrupted);
		take(session, after, TRIES);
		if (!first_failure)
			first_failure = status;
		/* A part of a run is no run, unless there is no other. */
		if (interrupted && n)
			break;
		n++;
		compare(session, before, after, deltas);
		for (unsigned int i = 0; i < session->nr_scopes; i++) {
			struct report report = new_report(session, i);
			struct spread *of_scope = &exits[i * spreads];

			delta_add(&sums[i], &session->layout, &deltas[i]);
			sums[i].time_ns += deltas[i].time_ns;
			for (unsigned int slot = 0; slot < session->layout.nr; slot++)
				spread_add(&of_scope[slot],
					   deltas[i].reasons[slot].val[KVM_EXIT_STATS_EXITS]);
			spread_add(&of_scope[spreads - 1], deltas[i].val[KVM_EXIT_STATS_EXITS]);
			report.delta = &deltas[i];
			report.now = &after[i];
			report.number = n;
			report.at_ns = after[i].time_ns;
			report.command = options->command;
			report.status = status;
			if (options->format != FORMAT_TEXT)
				export(session, &report);
		}
		flush(session);
	}
	for (unsigned int i = 0; options->format == FORMAT_TEXT && i < session->nr_scopes; i++) {
		struct report report = new_report(session, i);

		report.delta = &sums[i];
		report.runs = n;
		report.exits = &exits[i * spreads];
		report.command = options->command;
		report_command(session->file, &report);
	}
	flush(session);
	return first_failure;
}

static void sleep_until(uint64_t ns)
{
	struct timespec when = { .tv_sec = (time_t)(ns / NS_PER_S),
				 .tv_nsec = (long)(ns % NS_PER_S) };
	int error;

	while ((error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL)))
		if (error != EINTR)
			die(STATUS_SYSTEM, "clock_nanosleep: %s", strerror(error));
}

/* The tables of interval @n in place of those before. */
static void show(struct session *session, const struct snapshot *after, const struct delta *deltas,
		 unsigned int n)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		die(STATUS_SYSTEM, "no memory for a screen: %s", strerror(errno));
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct report report = new_report(session, i);

		report.delta = &deltas[i];
		report.now = &after[i];
		report_screen(memory, &report);
		fputc('\n', memory);
	}
	if (fclose(memory))
		die(STATUS_SYSTEM, "no memory for a screen: %s", strerror(errno));
	screen_show(session->file, text, n == 1);
	free(text);
}

/* What came in interval @n, as lines or objects. */
static void write_interval(struct session *session, const struct snapshot *after,
			   const struct delta *deltas, unsigned int n)
{
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct report report = new_report(session, i);

		report.delta = &deltas[i];
		report.now = &after[i];
		report.number = n;
		report.at_ns = after[i].time_ns;
		if (session->options.format == FORMAT_TEXT)
			report_interval(session->file, &report, n == 1 && i == 0);
		else
			export(session, &report);
	}
}

void measure_intervals(struct session *session)
{
	const struct options *options = &session->options;
	struct snapshot *before = new_snapshots(session), *after = new_snapshots(session);
	struct delta *deltas = new_deltas(session);
	bool screen = options->format == FORMAT_TEXT && isatty(fileno(session->file));
	uint64_t next;

	if (options->format == FORMAT_CSV)
		export_csv_head(session->file);
	flush(session);
	take(session, before, TRIES);
	next = now_ns();
	for (unsigned int n = 1; !options->count || n <= options->count; n++) {
		struct snapshot *swap = before;

		next += (uint64_t)options->interval_ms * NS_PER_MS;
		sleep_until(next);
		take(session, after, INTERVAL_TRIES);
		compare(session, before, after, deltas);
		if (screen)
			show(session, after, deltas, n);
		else
			write_interval(session, after, deltas, n);
		flush(session);
		before = after;
		after = swap;
	}
}
