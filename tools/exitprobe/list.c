// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe list: the operations, as the probe itself lists them.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "command.h"
#include "message.h"
#include "paths.h"
#include "process.h"

#define TIMEOUT_MS 30000

struct options {
	char *qemu, *probe;
	bool markdown;
};

enum option_key { KEY_QEMU = 256, KEY_PROBE, KEY_MARKDOWN };

static const struct argp_option argp_options[] = {
	{ "qemu", KEY_QEMU, "PATH", 0, "QEMU's program (qemu-system-x86_64)", 0 },
	{ "probe", KEY_PROBE, "FILE", 0, "the probe (probe.elf as installed)", 0 },
	{ "markdown", KEY_MARKDOWN, 0, 0, "all about each: what exits and why, what to expect", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_QEMU:
		o->qemu = value;
		break;
	case KEY_PROBE:
		o->probe = value;
		break;
	case KEY_MARKDOWN:
		o->markdown = true;
		break;
	case ARGP_KEY_ARG:
		die("%s: unknown argument; list takes none", value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.doc = "List the operations that run can measure, a line each.",
};

int list_command(int argc, char **argv)
{
	char qemu[] = "qemu-system-x86_64";
	struct options o = { .qemu = qemu };
	struct lines lines = { 0 }, errors = { 0 };
	struct process process;
	char *line, *last = NULL;
	long long end;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (!o.probe)
		o.probe = paths_data("probe.elf");
	if (access(o.probe, R_OK))
		die("%s: %s; make probe builds it", o.probe, strerror(errno));

	char accel[] = "-accel", tcg[] = "tcg", nodefaults[] = "-nodefaults";
	char display[] = "-display", none[] = "none", serial[] = "-serial", stdio[] = "stdio";
	char device[] = "-device", debug_exit[] = "isa-debug-exit,iobase=0xf4,iosize=4";
	char kernel[] = "-kernel", append[] = "-append";
	char list[] = "list", markdown[] = "list=markdown";

	if (!process_start(&process,
			   (char *[]){ o.qemu, accel, tcg, nodefaults, display, none, serial, stdio,
				       device, debug_exit, kernel, o.probe, append,
				       o.markdown ? markdown : list, NULL },
			   SIGKILL))
		die("%s: %s; --qemu names another", o.qemu, strerror(errno));
	end = process_now_ms() + TIMEOUT_MS;
	while (process.out >= 0 && process_now_ms() < end) {
		struct pollfd fds[] = { { .fd = process.out, .events = POLLIN },
					{ .fd = process.err, .events = POLLIN } };
		ssize_t got;

		poll(fds, 2, 1000);
		got = fds[0].revents ? read(process.out, lines_room(&lines, 4096), 4096) : -1;
		if (got > 0)
			lines_added(&lines, (size_t)got);
		while ((line = lines_next(&lines)))
			puts(line);
		if (!got) {
			close(process.out);
			process.out = -1;
		}
		got = fds[1].revents ? read(process.err, lines_room(&errors, 4096), 4096) : -1;
		if (got > 0)
			lines_added(&errors, (size_t)got);
		while ((line = lines_next(&errors))) {
			free(last);
			last = xstrdup(line);
		}
	}
	status = process_end(&process, process.out < 0 ? 5000 : 0);
	lines_free(&lines);
	lines_free(&errors);
	if (status != PROBE_SUCCESS)
		die("the probe did not list them (QEMU's status %d%s%s)", status, last ? ": " : "",
		    last ? last : "");
	return STATUS_OK;
}
