// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/lab.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lib/scratch.h"
#include "vm/boot.h"

/* What lab/boot ends with past its time limit. */
#define LAB_TIMEOUT 124

#define END_TIMEOUT_MS 10000

void lab_files_make(struct lab_files *f)
{
	f->directory = paths_cache("lab/profile.XXXXXX");
	f->lock = scratch_make(f->directory, true);
	if (f->lock < 0)
		die("%s: cannot be made: %s; set BUILD=DIR to a directory of yours", f->directory,
		    strerror(errno));
	f->job = xasprintf("%s/job", f->directory);
	f->trace = xasprintf("%s/trace", f->directory);
	f->output = xasprintf("%s/output", f->directory);
	f->messages = xasprintf("%s/messages", f->directory);
}

void lab_files_remove(struct lab_files *f)
{
	char *const all[] = { f->job, f->trace, f->output, f->messages };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		unlink(all[i]);
		free(all[i]);
	}
	rmdir(f->directory);
	close(f->lock);
	free(f->directory);
}

/* Run lab/boot.  Returns its exit status, or -1 after one line: it did not start. */
static int run_lab(const struct lab_files *f, const struct profile_options *o, const char *plugin)
{
	char *boot = paths_data("lab/boot"), *guest = paths_data("lab/guest.sh");
	char *probe = paths_data("probe.elf"), *seconds = xasprintf("%u", o->seconds);
	const char *arguments[20] = { boot, "-k", o->kernel, "-t", seconds, "-P", plugin };
	FILE *output = fopen(f->output, "we"), *messages = fopen(f->messages, "we");
	char *build = paths_cache("lab");
	struct process process;
	int status = -1;
	size_t n = 7;

	if (!output || !messages)
		die("%s: %s", f->directory, strerror(errno));
	if (o->modules) {
		arguments[n++] = "-m";
		arguments[n++] = o->modules;
	}
	arguments[n++] = f->job;
	arguments[n++] = probe;
	arguments[n++] = guest;
	/* An installed lab/boot does not know where we build. */
	build[strrchr(build, '/') - build] = '\0';
	setenv("BUILD", build, 1);
	process_catch_signals();
	if (process_start(&process, (char *const *)arguments, SIGTERM)) {
		/* It ends its emulator and removes its files; then so do we with ours. */
		if (!process_copy(&process, output, messages))
			kill(process.pid, SIGTERM);
		status = process_end(&process, END_TIMEOUT_MS);
	} else {
		error("%s: %s", boot, strerror(errno));
	}
	if (fclose(output) | fclose(messages))
		die("%s: %s", f->directory, strerror(errno));
	free(build);
	free(boot);
	free(guest);
	free(probe);
	free(seconds);
	return status;
}

/* The first line of @path that has @text, less what is before @from in it; or NULL. */
static char *line_with(const char *path, const char *text, const char *from)
{
	FILE *file = fopen(path, "r");
	char *line = NULL, *found = NULL, *begin;
	size_t room = 0;

	while (file && !found && getline(&line, &room, file) > 0) {
		begin = strstr(line, text);
		if (!begin)
			continue;
		if (from && strstr(line, from))
			begin = strstr(line, from);
		begin[strcspn(begin, "\r\n")] = '\0';
		found = xstrdup(begin);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* One line about a boot that ended with @status. */
static void explain(const struct lab_files *f, const struct profile_options *o, int status)
{
	static const struct {
		const char *text, *from, *advice;
	} known[] = {
		{ "-plugin: invalid option", NULL,
		  "this QEMU is built without plugins; install Debian's qemu-system-x86" },
		{ "requires API version", "TCG plugin",
		  "the plugin is not of this QEMU's interface; run: make tools" },
		{ "but this QEMU", "TCG plugin", "run: make tools" },
		{ "exitprobe's plugin: error:", NULL, NULL },
		{ "ould not load plugin", NULL, "run: make tools" },
		{ "lab: no end within", NULL, "give more with --timeout" },
		{ ": error: ", NULL, NULL },
	};
	char *line;

	line = line_with(f->output, ": no such operation", NULL);
	if (line) {
		error("%s%.19s; exitprobe list shows all", o->op, line);
		free(line);
		return;
	}
	line = line_with(f->output, "exitprobe: error: ", "error: ");
	for (size_t i = 0; !line && i < sizeof(known) / sizeof(known[0]); i++) {
		line = line_with(f->messages, known[i].text, known[i].from);
		if (line && status == LAB_TIMEOUT)
			line[strcspn(line, ";")] = '\0'; /* its console's last lines follow */
		if (line && known[i].advice) {
			error("%s; %s", line, known[i].advice);
			free(line);
			return;
		}
	}
	if (line && !strncmp(line, ": error: ", 9))
		memmove(line, line + 9, strlen(line + 9) + 1);
	if (line)
		error("%s", line);
	else
		error("the lab ended with status %d; see lab/console.log where it is built",
		      status);
	free(line);
}

bool lab_boot(struct lab_files *f, const struct profile_options *o, const char *plugin)
{
	int status = run_lab(f, o, plugin);

	if (process_interrupted) {
		error("interrupted");
		lab_files_remove(f);
		exit(STATUS_INTERRUPTED);
	}
	if (status == PROBE_SUCCESS)
		return true;
	if (status >= 0)
		explain(f, o, status);
	return false;
}
