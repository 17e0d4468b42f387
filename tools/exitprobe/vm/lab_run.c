// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/lab_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lib/scratch.h"
#include "vm/fingerprint.h"
#include "vm/lab.h"

/* For a shell: in quotes. */
static void put_quoted(FILE *to, const char *word)
{
	fputs(" '", to);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	}
	putc('\'', to);
}

static void put_option(FILE *to, const char *option, const char *value)
{
	put_quoted(to, option);
	put_quoted(to, value);
}

static void put_number(FILE *to, const char *option, unsigned int value)
{
	if (value)
		fprintf(to, " %s %u", option, value);
}

/* False with errno. */
static bool write_job(const char *path, const struct lab_plan *lab, const struct boot_plan *plan)
{
	const char *slash = strrchr(plan->probe, '/');
	FILE *job = fopen(path, "we");
	char *inside;

	if (!job)
		return false;
	fputs("chmod +x /lab/exitprobe-static\n/lab/exitprobe-static run --stream --accel kvm --pin none",
	      job);
	/* lab/boot puts it there by its own name. */
	inside = xasprintf("/lab/%s", slash ? slash + 1 : plan->probe);
	put_option(job, "--probe", inside);
	free(inside);
	put_option(job, "--unit", plan->unit);
	put_option(job, "--ops", plan->ops);
	if (*plan->skip)
		put_option(job, "--skip", plan->skip);
	if (strcmp(lab->counts, "auto"))
		put_option(job, "--counts", lab->counts);
	put_number(job, "--samples", plan->samples);
	put_number(job, "--budget", plan->budget_ms);
	put_number(job, "--settle", plan->settle_ms);
	put_number(job, "--smp", plan->vcpus);
	put_number(job, "--hang", plan->hang_s);
	put_number(job, "--boots", lab->boots);
	if (plan->hyperv)
		fputs(" --hyperv", job);
	if (plan->verbose)
		fputs(" --verbose", job);
	for (char **more = plan->qemu_args; more && *more; more++)
		put_option(job, "--qemu-arg", *more);
	putc('\n', job);
	return !fclose(job);
}

/* Where the lines of a run go. */
struct listener {
	const struct boot_plan *plan;
	struct results_writer *writer;
	char words[512]; /* the last that were no event: they may say why */
};

static void hear(void *data, bool is_message, const char *line)
{
	struct listener *to = data;

	(void)is_message;
	if (results_writer_event(to->writer, line) || !*line)
		return;
	if (to->plan->verbose || strstr(line, ": warning: "))
		fprintf(stderr, "%s\n", line);
	else
		snprintf(to->words, sizeof(to->words), "%s", line);
}

/* One line about a run that ended with @status and these last words. */
static void explain(int status, const char *words)
{
	/* The exitprobe in it has said what is wrong as well as we could. */
	const char *own = strstr(words, "exitprobe run: error: ");

	if (own)
		error("%s", own + strlen("exitprobe run: error: "));
	else if (status == LAB_TIMEOUT && !strncmp(words, "lab: ", 5))
		error("%s; --limit gives it more", words);
	else
		error("the lab ended with status %d: %s", status, words);
}

/* Boot with this job.  Returns lab_boot()'s status, and what it said last in @to. */
static int boot_job(const struct lab_plan *lab, const char *job, struct listener *to)
{
	char *tool = paths_data("exitprobe-static"), *hashes = xasprintf("%s.hashes", job);
	const struct lab_boot boot = {
		.vendor = lab->vendor,
		.kernel = lab->kernel,
		.modules = lab->modules,
		.hashes = hashes,
		.limit_s = lab->limit_s,
		.job = job,
		.files = { tool, to->plan->probe },
		.line = hear,
		.data = to,
	};
	int status = lab_boot(&boot);

	results_writer_fingerprint(to->writer, fingerprint_lab(hashes, to->plan->probe, tool));
	unlink(hashes);
	free(hashes);
	free(tool);
	return status;
}

int lab_run(const struct lab_plan *lab, const struct boot_plan *plan, struct results_writer *writer)
{
	struct listener to = { .plan = plan, .writer = writer, .words = "no message" };
	int fd, status = -1;
	char *job;

	if (!paths_need_cache())
		return STATUS_ERROR;
	job = paths_cache("lab/job.XXXXXX");
	fd = scratch_make(job, false);
	if (fd < 0 || !write_job(job, lab, plan))
		error("%s: %s", job, strerror(errno));
	else
		status = boot_job(lab, job, &to);
	if (fd >= 0) {
		unlink(job);
		close(fd);
	}
	free(job);
	if (process_interrupted)
		return STATUS_INTERRUPTED;
	if (status < 0)
		return STATUS_ERROR;
	/* 1 is also what lab/boot ends with when it cannot begin, or its host dies. */
	if (status <= STATUS_FINDING && !writer->boot &&
	    json_array_size(json_object_get(writer->root, "boots")) == lab->boots)
		return status;
	explain(status, to.words);
	return STATUS_ERROR;
}
