// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe list: the operations, as the probe itself lists them.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "vm/probe_ask.h"

struct options {
	const char *qemu, *probe;
	bool markdown, families;
};

enum option_key { KEY_QEMU = 256, KEY_PROBE, KEY_MARKDOWN, KEY_FAMILIES };

static const struct argp_option argp_options[] = {
	{ "qemu", KEY_QEMU, "PATH", 0, "QEMU's program (qemu-system-x86_64)", 0 },
	{ "probe", KEY_PROBE, "FILE", 0, "the probe (probe.elf as installed)", 0 },
	{ "markdown", KEY_MARKDOWN, 0, 0, "as a table: what exits and why, and the expected exits",
	  0 },
	{ "families", KEY_FAMILIES, 0, 0, "the families, which --ops and --skip of run take too",
	  0 },
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
	case KEY_FAMILIES:
		o->families = true;
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
	struct options o = { .qemu = "qemu-system-x86_64" };
	char message[512], *text;
	bool refused;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (!o.probe)
		o.probe = paths_data("probe.elf");
	if (access(o.probe, R_OK))
		die("%s: %s; make probe builds it", o.probe, strerror(errno));
	if (o.markdown && o.families)
		die("--markdown: is of operations, not of --families");
	text = probe_ask(o.qemu, o.probe,
			 o.markdown   ? "list=markdown"
			 : o.families ? "list=families"
				      : "list",
			 &refused, message, sizeof(message));
	if (!text)
		die("%s; --qemu and --probe name others", message);
	fputs(text, stdout);
	free(text);
	return STATUS_OK;
}
