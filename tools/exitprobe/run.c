// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe run: boot the probe, as often as asked, and keep what it says.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "compare/comparison.h"
#include "lib/input.h"
#include "lib/message.h"
#include "lib/process.h"
#include "remote/agent.h"
#include "report/report.h"
#include "results/redact.h"
#include "results/results.h"
#include "results/results_writer.h"
#include "run_options.h"
#include "vm/boot.h"
#include "vm/describe.h"
#include "vm/host.h"
#include "vm/lab.h"
#include "vm/lab_run.h"
#include "vm/progress.h"

/* More operations than that in one boot that end the VM are one fault, not many. */
#define LOST_MAX 20

/*
 * Boot, and again without what hung or ended the VM, until the table is whole.
 * @result is the last boot's.  Returns how many operations were lost.
 */
static unsigned int boot_resuming(const struct run_options *o, struct results_writer *writer,
				  struct boot_result *result)
{
	struct boot_plan plan = o->plan;
	unsigned int lost = 0;
	char *skip = NULL, *done;

	for (;;) {
		boot_once(&plan, writer, result);
		if (result->end != BOOT_HUNG && result->end != BOOT_DIED)
			break;
		/* Without an operation to leave out it would be the same again. */
		if (!writer->current || ++lost > LOST_MAX) {
			error("the probe %s outside any operation%s%s; --verbose shows what QEMU "
			      "says",
			      result->end == BOOT_HUNG ? "hangs" : "ended early",
			      *result->words ? ": " : "", result->words);
			result->end = BOOT_FAILED;
			break;
		}
		warning("%s %s%s%s%s; the run goes on without it",
			json_string_value(writer->current),
			result->end == BOOT_HUNG ? "hangs" : "ends the VM",
			result->end == BOOT_DIED && *result->words ? " (" : "",
			result->end == BOOT_DIED ? result->words : "",
			result->end == BOOT_DIED && *result->words ? ")" : "");
		results_writer_lost(writer, result->end == BOOT_HUNG ? "hangs" : "ends the VM");
		if (results_writer_all_done(writer)) {
			result->end = BOOT_COMPLETE;
			break;
		}
		done = results_writer_done(writer);
		free(skip);
		skip = *o->plan.skip ? xasprintf("%s,%s", o->plan.skip, done) : xstrdup(done);
		free(done);
		plan.skip = skip;
	}
	free(skip);
	return lost;
}

/* Boots of this machine's own QEMU.  Returns an exit_status. */
static int run_here(const struct run_options *o, struct results_writer *writer)
{
	json_t *machine = describe_host();
	int status = STATUS_OK;

	results_writer_machine(writer, json_incref(machine));
	for (unsigned int i = 0; i < o->lab.boots && status < STATUS_ERROR; i++) {
		long long start = process_now_ms();
		struct boot_result result;
		unsigned int lost;

		results_writer_begin_boot(writer);
		lost = boot_resuming(o, writer, &result);
		if (!i) {
			json_object_set_new(machine, "qemu", json_string(result.qemu_version));
			json_object_set_new(machine, "pinned_cpus",
					    *result.placement ? json_string(result.placement)
							      : json_null());
			json_object_set_new(machine, "memory_locked",
					    json_boolean(result.memory_locked));
			results_writer_machine(writer, json_incref(machine));
		}
		results_writer_end_boot(writer, result.end == BOOT_COMPLETE, result.status,
					(double)(process_now_ms() - start) / 1000,
					result.kvm_exits);
		if (result.end == BOOT_INTERRUPTED)
			status = STATUS_INTERRUPTED;
		else if (result.end == BOOT_FAILED)
			status = STATUS_ERROR;
		else if (lost)
			status = STATUS_FINDING;
	}
	json_decref(machine);
	return status;
}

/* Operations that the probe itself broke off or gave up. */
static bool has_findings(const struct results_writer *writer)
{
	json_t *boot, *record;
	size_t i, j;

	json_array_foreach(json_object_get(writer->root, "boots"), i, boot) {
		json_array_foreach(json_object_get(boot, "records"), j, record) {
			const char *outcome =
				json_string_value(json_object_get(record, FIELD(op, outcome)));

			if (outcome && strcmp(outcome, outcome_names[OUTCOME_MEASURED]) &&
			    strcmp(outcome, outcome_names[OUTCOME_SKIPPED]))
				return true;
		}
	}
	return false;
}

/* Print and keep what there is.  Returns an exit_status. */
static int conclude(const struct run_options *o, struct results_writer *writer, int status)
{
	struct results *results;
	char text[512];

	results_writer_end(writer);
	if (!json_array_size(json_object_get(
		    json_array_get(json_object_get(writer->root, "boots"), 0), "records"))) {
		if (status == STATUS_INTERRUPTED)
			error("interrupted before anything was measured%s%s",
			      o->output ? "; not written: " : "", o->output ? o->output : "");
		return status;
	}
	if (status == STATUS_OK && has_findings(writer))
		status = STATUS_FINDING;
	if (o->redact)
		redact_document(writer->root);
	if (o->output && !results_save(writer->root, o->output, text, sizeof(text))) {
		error("%s", text);
		status = STATUS_ERROR;
	} else if (o->output && results_are_too_large(writer->root)) {
		warning("%s: is larger than %d MiB, the most that report and compare read; take "
			"fewer boots or operations",
			o->output, INPUT_MAX_BYTES >> 20);
	}
	if (o->output && status == STATUS_INTERRUPTED)
		warning("interrupted: %s has the measurements so far", o->output);
	/* For people; a script that compares says how many boots it takes. */
	if (o->output && strcmp(o->accel, "lab") && o->lab.boots < COMPARISON_BOOTS &&
	    isatty(STDERR_FILENO))
		warning("%s: compare needs %d boots or more to tell a change: --boots 5", o->output,
			COMPARISON_BOOTS);
	if (o->stream && (fflush(stdout) || ferror(stdout))) {
		error("standard output: %s", strerror(errno));
		return STATUS_ERROR;
	}
	if (o->stream)
		return status;
	results = results_from_json(o->output ? o->output : "results", writer->root, text,
				    sizeof(text));
	if (!results) {
		error("%s%s", text,
		      o->output ? "; it is saved, but report and compare refuse it" : "");
		return STATUS_ERROR;
	}
	if (o->quiet) {
		results_free(results);
		return status;
	}
	report_text(stdout, results, report_wants_colour(stdout));
	results_free(results);
	if (fflush(stdout) || ferror(stdout)) {
		error("standard output: %s", strerror(errno));
		return STATUS_ERROR;
	}
	return status;
}

int run_command(int argc, char **argv)
{
	struct run_options o;
	struct results_writer writer = { 0 };
	struct progress progress;
	int status;

	run_options_read(&o, argc, argv);
	if (o.agent)
		return agent_run(o.agent);
	if (o.remote.hosts.count)
		return remote_run(&o.remote);
	process_catch_signals();
	progress_begin(&progress, o.lab.boots, !o.stream, !o.stream && !o.quiet);
	/* The lab's clock is slow: it counts instructions, of which few are done in a second. */
	o.plan.tick_ms = progress.shown || o.stream ? 100 : 1000;
	writer.watch = progress_record;
	writer.watch_data = &progress;
	writer.stream = o.stream ? stdout : NULL;
	results_writer_begin(&writer, o.accel, o.plan.unit, argv);
	if (!strcmp(o.accel, "lab")) {
		/* It has said why. */
		if (!lab_build(o.lab.vendor, o.lab.kernel)) {
			if (process_interrupted)
				error("interrupted while the lab was built; what is built is kept");
			return process_interrupted ? STATUS_INTERRUPTED : STATUS_ERROR;
		}
		progress_note(&progress, "the lab boots");
		status = lab_run(&o.lab, &o.plan, &writer);
	} else {
		progress_note(&progress, "booting");
		status = run_here(&o, &writer);
	}
	progress_end(&progress);
	if (!strcmp(o.accel, "lab") && writer.boot)
		results_writer_end_boot(&writer, false, 0, 0, -1);
	return conclude(&o, &writer, status);
}
