// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/lab.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/lines.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"

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
