// SPDX-License-Identifier: GPL-2.0-only
#include "remote/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/store.h"
#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/output.h"
#include "results/merge.h"
#include "results/results.h"

static char *path_of(const struct session *session, const char *directory)
{
	return xasprintf("%s/%s.json", directory, session->machine);
}

/* No machine is trusted further: what it sends must be a results file. */
static bool check(struct session *s)
{
	struct results *results;
	char message[400];

	results =
		results_from_text("results", s->results, s->results_size, message, sizeof(message));
	if (!results) {
		snprintf(s->said, sizeof(s->said), "sent what is no results file: %s", message);
		return false;
	}
	s->complete = results->complete;
	s->accel = accel_names[results->accel];
	for (size_t i = 0; i < results->boot_count; i++)
		if (results->boots[i].op_count > s->operations)
			s->operations = results->boots[i].op_count;
	results_free(results);
	return true;
}

static bool save(struct session *s, const char *directory)
{
	char *path = path_of(s, directory), message[400];
	struct output output;
	bool saved = output_open(&output, path, message, sizeof(message));

	if (saved) {
		fwrite(s->results, 1, s->results_size, output.file);
		saved = output_commit(&output, message, sizeof(message));
	}
	if (!saved)
		snprintf(s->said, sizeof(s->said), "%s", message);
	free(path);
	return saved;
}

/* As of its machine.  A history that fails does not cost the results, which have been saved. */
static void add(struct session *s, const char *directory, const char *history)
{
	char *path = path_of(s, directory), message[400], id[STORE_ID_SIZE];

	if (store_add(history, path, s->machine, id, message, sizeof(message)) == STORE_FAILED) {
		warning("%s: %s is not in the history: %s", s->machine, path, message);
		s->unadded = true;
	}
	free(path);
}

void outcome_save(struct session *s, const char *directory, const struct session_plan *plan)
{
	if (s->results && (!check(s) || !save(s, directory))) {
		s->results = NULL;
		s->end = SESSION_FAILED;
	}
	if (s->results && plan->history)
		add(s, directory, plan->history);
	if (s->end == SESSION_FAILED)
		warning("%s: %s", s->machine, s->said);
	else if (s->end == SESSION_LATE)
		warning("%s: too late: not ended in %u s; --timeout sets the limit", s->machine,
			plan->timeout_s);
	else if (!plan->quiet)
		note("%s: ends", s->machine);
}

static const char *word(const struct session *s)
{
	switch (s->end) {
	case SESSION_WAITS:
		return "not begun";
	case SESSION_LATE:
		return "too late";
	case SESSION_STOPPED:
		return "stopped";
	case SESSION_CAME:
		if (!s->complete)
			return "partial";
		return s->status == STATUS_FINDING ? "findings" : "complete";
	default:
		return "failed";
	}
}

void outcome_table(const struct session *sessions, size_t count, const char *directory)
{
	size_t came = 0, width = sizeof("machine") - 1;

	for (size_t i = 0; i < count; i++)
		if (strlen(sessions[i].machine) > width)
			width = strlen(sessions[i].machine);
	printf("%-*s  %-9s  %-5s  %10s  %7s  results\n", (int)width, "machine", "outcome", "accel",
	       "operations", "seconds");
	for (size_t i = 0; i < count; i++) {
		const struct session *s = &sessions[i];
		char *path = path_of(s, directory), plain[sizeof(s->said)];

		printf("%-*s  %-9s  ", (int)width, s->machine, word(s));
		if (s->results)
			printf("%-5s  %10zu  ", s->accel, s->operations);
		else
			printf("%-5s  %10s  ", "-", "-");
		if (s->end == SESSION_WAITS)
			printf("%7s  ", "-");
		else
			printf("%7.1f  ", (double)(s->end_ms - s->begin_ms) / 1000);
		snprintf(plain, sizeof(plain), "%s", s->said);
		message_make_plain(plain);
		puts(s->results ? path : *plain ? plain : "-");
		came += s->results && s->complete;
		free(path);
	}
	printf("%zu of %zu machines gave all of their results\n", came, count);
}

int outcome_status(const struct session *sessions, size_t count)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < count; i++) {
		const struct session *s = &sessions[i];

		if (s->end == SESSION_STOPPED || s->end == SESSION_WAITS)
			return STATUS_INTERRUPTED;
		if (s->end != SESSION_CAME || !s->complete || s->status >= STATUS_ERROR ||
		    s->unadded)
			status = STATUS_ERROR;
		else if (s->status != STATUS_OK && status == STATUS_OK)
			status = STATUS_FINDING;
	}
	return status;
}
