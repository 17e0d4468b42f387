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

/* What lab/boot ends with past a time limit. */
#define LAB_TIMEOUT 124

bool lab_is_built(const char *kernel)
{
	char *name = xasprintf("lab/release-%s", kernel), *path = paths_cache(name);
	bool built = !access(path, R_OK);

	free(path);
	free(name);
	return built;
}

/* Run a script with its output on our standard error. */
static bool run_script(char *const argv[])
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

/* The lab's scripts build in $BUILD. */
static void set_build(void)
{
	char *build = paths_cache("");

	build[strlen(build) - 1] = '\0';
	setenv("BUILD", build, 1);
	free(build);
}

bool lab_build(const char *vendor, const char *kernel)
{
	char *need = paths_data("scripts/need"), *script = paths_data("lab/build");
	char lab[] = "lab", intel[] = "intel";
	char *version = xstrdup(kernel);
	bool is_intel = !strcmp(vendor, "intel");
	bool done;

	set_build();
	done = run_script((char *[]){ need, lab, is_intel ? intel : NULL, NULL }) &&
	       run_script((char *[]){ script, version, NULL });
	free(version);
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

static void write_job(const char *path, const struct lab_plan *lab, const struct boot_plan *plan)
{
	const char *slash = strrchr(plan->probe, '/');
	FILE *job = fopen(path, "we");
	char *inside;

	if (!job)
		die("%s: %s", path, strerror(errno));
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
	if (fclose(job))
		die("%s: %s", path, strerror(errno));
}

/* Until the lab's end; lines that are no events are kept: they may say why. */
static void follow(struct process *process, const struct boot_plan *plan,
		   struct results_writer *writer, char *words, size_t size)
{
	struct lines out = { 0 }, err = { 0 };

	while (process->out >= 0 && !process_interrupted) {
		struct pollfd fds[] = { { .fd = process->out, .events = POLLIN },
					{ .fd = process->err, .events = POLLIN } };

		if (poll(fds, 2, 1000) < 0)
			continue;
		for (int i = 0; i < 2; i++) {
			struct lines *lines = i ? &err : &out;
			int *fd = i ? &process->err : &process->out;
			ssize_t got = fds[i].revents ? read(*fd, lines_room(lines, 65536), 65536)
						     : -1;
			char *line;

			if (got > 0)
				lines_added(lines, (size_t)got);
			if (!got) {
				close(*fd);
				*fd = -1;
			}
			while ((line = lines_next(lines))) {
				if (results_writer_event(writer, line) || !*line)
					continue;
				if (plan->verbose || strstr(line, ": warning: "))
					fprintf(stderr, "%s\n", line);
				else
					snprintf(words, size, "%s", line);
			}
		}
	}
	lines_free(&out);
	lines_free(&err);
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

int lab_run(const struct lab_plan *lab, const struct boot_plan *plan, struct results_writer *writer)
{
	char *script = paths_data("lab/boot"), *tool = paths_data("exitprobe-static");
	char *probe = xstrdup(plan->probe), *limit = xasprintf("%u", lab->limit_s);
	char *vendor = xstrdup(lab->vendor), *kernel = xstrdup(lab->kernel);
	char *modules = lab->modules ? xstrdup(lab->modules) : NULL;
	char *job = paths_cache("lab/job.XXXXXX"), *hashes;
	char words[512] = "no message";
	char c[] = "-c", k[] = "-k", t[] = "-t", m[] = "-m", f[] = "-F";
	struct process process;
	int fd, status;

	set_build();
	fd = scratch_make(job, false);
	if (fd < 0)
		die("%s: %s", job, strerror(errno));
	write_job(job, lab, plan);
	hashes = xasprintf("%s.hashes", job);
	{
		char *with[] = { script, c, vendor,  k,	  kernel, t,	 limit, f,
				 hashes, m, modules, job, tool,	  probe, NULL };
		char *without[] = { script, c,	    vendor, k,	  kernel, t,   limit,
				    f,	    hashes, job,    tool, probe,  NULL };

		if (!process_start(&process, modules ? with : without, SIGTERM))
			die("%s: %s", script, strerror(errno));
	}
	follow(&process, plan, writer, words, sizeof(words));
	if (process_interrupted)
		kill(process.pid, SIGTERM);
	status = process_end(&process, END_TIMEOUT_MS);
	results_writer_fingerprint(writer, fingerprint_lab(hashes, probe, tool));
	unlink(hashes);
	unlink(job);
	free(hashes);
	close(fd);
	free(job);
	free(modules);
	free(kernel);
	free(vendor);
	free(limit);
	free(probe);
	free(tool);
	free(script);
	if (process_interrupted)
		return STATUS_INTERRUPTED;
	/* 1 is also what lab/boot ends with when it cannot begin, or its host dies. */
	if (status <= STATUS_FINDING && !writer->boot &&
	    json_array_size(json_object_get(writer->root, "boots")) == lab->boots)
		return status;
	explain(status, words);
	return STATUS_ERROR;
}
