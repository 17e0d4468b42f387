// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lib/scratch.h"
#include "vm/boot.h"
#include "vm/lab.h"

bool lab_files_make(struct lab_files *f)
{
	if (!paths_need_cache())
		return false;
	f->directory = paths_cache("lab/profile.XXXXXX");
	f->lock = scratch_make(f->directory, true);
	if (f->lock < 0) {
		error("%s: cannot be made: %s; set BUILD=DIR to a directory of yours", f->directory,
		      strerror(errno));
		free(f->directory);
		return false;
	}
	f->job = xasprintf("%s/job", f->directory);
	f->trace = xasprintf("%s/trace", f->directory);
	f->output = xasprintf("%s/output", f->directory);
	f->messages = xasprintf("%s/messages", f->directory);
	return true;
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

/* Where a boot's lines are kept. */
struct kept {
	FILE *output, *messages;
};

static void keep(void *data, bool is_message, const char *line)
{
	struct kept *kept = data;

	fprintf(is_message ? kept->messages : kept->output, "%s\n", line);
}

/* Whether both could be written; false with errno. */
static bool close_kept(struct kept *kept)
{
	FILE *const both[] = { kept->output, kept->messages };
	bool good = true;

	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		good = both[i] && !(ferror(both[i]) | fclose(both[i])) && good;
	return good;
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

/* Returns lab_boot()'s status, or -1 after one line. */
static int run_lab(const struct lab_files *f, const struct profile_options *o, const char *plugin)
{
	struct kept kept = { fopen(f->output, "we"), fopen(f->messages, "we") };
	char *guest = paths_data("lab/guest.sh"), *probe = paths_data("probe.elf");
	const struct lab_boot boot = {
		.vendor = "amd",
		.kernel = o->kernel,
		.modules = o->modules,
		.plugin = plugin,
		.limit_s = o->seconds,
		.job = f->job,
		.files = { probe, guest },
		.line = keep,
		.data = &kept,
	};
	bool opened = kept.output && kept.messages;
	int status = -1;

	process_catch_signals();
	if (opened)
		status = lab_boot(&boot);
	else
		error("%s: %s", f->directory, strerror(errno));
	if (!close_kept(&kept) && status >= 0) {
		error("%s: %s", f->directory, strerror(errno));
		status = -1;
	}
	free(guest);
	free(probe);
	return status;
}

enum profile_end lab_files_boot(const struct lab_files *f, const struct profile_options *o,
				const char *plugin)
{
	int status = run_lab(f, o, plugin);

	if (process_interrupted) {
		error("interrupted");
		return PROFILE_INTERRUPTED;
	}
	if (status < 0)
		return PROFILE_IMPOSSIBLE;
	if (status == PROBE_SUCCESS)
		return PROFILE_TAKEN;
	explain(f, o, status);
	return PROFILE_FAILED;
}
