// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/lab.h"

#include <errno.h>
#include <poll.h>
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

#define END_TIMEOUT_MS 10000

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

char *lab_release(const char *kernel)
{
	char *name = xasprintf("lab/release-%s", kernel), *path = paths_cache(name);
	FILE *file = path ? fopen(path, "re") : NULL;
	char word[256];
	bool there = file && fscanf(file, "%255s", word) == 1;

	if (file)
		fclose(file);
	free(path);
	free(name);
	return there ? xstrdup(word) : NULL;
}

bool lab_is_built(const char *kernel)
{
	char *release = lab_release(kernel);

	free(release);
	return release;
}

/* Run a script with its output on our standard error. */
static bool run_script(const char *const argv[])
{
	struct process process;

	if (!process_start(&process, argv, SIGTERM)) {
		error("%s: %s", argv[0], strerror(errno));
		return false;
	}
	if (!process_copy(&process, stderr, stderr))
		kill(-process.pid, SIGTERM);
	return !process_end(&process, END_TIMEOUT_MS);
}

/* The lab's scripts build in $BUILD, which an installed one does not know.  False after one line. */
static bool set_build(void)
{
	char *build;

	if (!paths_need_cache())
		return false;
	build = paths_cache("");
	build[strlen(build) - 1] = '\0';
	setenv("BUILD", build, 1);
	free(build);
	return true;
}

bool lab_build(const char *vendor, const char *kernel)
{
	char *need = paths_data("scripts/need"), *script = paths_data("lab/build");
	const char *intel = strcmp(vendor, "intel") ? NULL : vendor;
	bool done;

	done = set_build() && run_script((const char *[]){ need, "lab", intel, NULL }) &&
	       run_script((const char *[]){ script, kernel, NULL });
	free(script);
	free(need);
	return done;
}

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
	put_number(job, "--samples", plan->samples);
	put_number(job, "--budget", plan->budget_ms);
	put_number(job, "--settle", plan->settle_ms);
	put_number(job, "--smp", plan->vcpus);
	put_number(job, "--hang", plan->hang_s);
	put_number(job, "--boots", lab->boots);
	if (plan->verbose)
		fputs(" --verbose", job);
	for (char **more = plan->qemu_args; more && *more; more++)
		put_option(job, "--qemu-arg", *more);
	putc('\n', job);
	return !fclose(job);
}

/* Hand on what it says until it has closed both its outputs, or process_interrupted. */
static void follow(struct process *process, const struct lab_boot *boot)
{
	struct lines lines[2] = { 0 };
	int *const outputs[2] = { &process->out, &process->err };

	while ((process->out >= 0 || process->err >= 0) && !process_interrupted) {
		struct pollfd fds[] = { { .fd = process->out, .events = POLLIN },
					{ .fd = process->err, .events = POLLIN } };

		if (poll(fds, 2, 1000) < 0)
			continue;
		for (int i = 0; i < 2; i++) {
			ssize_t got = -1;
			char *line;

			if (fds[i].revents)
				got = read(*outputs[i], lines_room(&lines[i], 65536), 65536);
			if (got > 0)
				lines_added(&lines[i], (size_t)got);
			if (!got) {
				close(*outputs[i]);
				*outputs[i] = -1;
			}
			while ((line = lines_next(&lines[i])))
				boot->line(boot->data, i, line);
		}
	}
	lines_free(&lines[0]);
	lines_free(&lines[1]);
}

int lab_boot(const struct lab_boot *boot)
{
	char *script = paths_data("lab/boot"), *limit = xasprintf("%u", boot->limit_s);
	const struct {
		const char *option, *value;
	} options[] = { { "-c", boot->vendor },	 { "-k", boot->kernel }, { "-t", limit },
			{ "-m", boot->modules }, { "-P", boot->plugin }, { "-F", boot->hashes } };
	const char *argv[2 * COUNT(options) + 2 + LAB_FILES + 1] = { script };
	struct process process;
	int status = -1;
	size_t n = 1;

	for (size_t i = 0; i < COUNT(options); i++) {
		if (!options[i].value)
			continue;
		argv[n++] = options[i].option;
		argv[n++] = options[i].value;
	}
	argv[n++] = boot->job;
	for (size_t i = 0; i < LAB_FILES && boot->files[i]; i++)
		argv[n++] = boot->files[i];
	if (!set_build())
		goto out;
	if (!process_start(&process, argv, SIGTERM)) {
		error("%s: %s", script, strerror(errno));
		goto out;
	}
	follow(&process, boot);
	/* It ends its emulator and removes its files. */
	if (process_interrupted)
		kill(process.pid, SIGTERM);
	status = process_end(&process, END_TIMEOUT_MS);
out:
	free(limit);
	free(script);
	return status;
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
