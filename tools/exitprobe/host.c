// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe host: attach exit statistics to this host's KVM, as its scripts in host-patch
 * do it.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lib/message.h"
#include "lib/paths.h"

/* What each word runs; the mode after it is the script's own argument. */
static const struct action {
	const char *name, *script, *option;
	bool takes_mode;
} actions[] = {
	{ "attach", "host-patch/attach", NULL, true },
	{ "detach", "host-patch/detach", NULL, false },
	{ "status", "host-patch/attach", "-s", false },
};

struct options {
	const struct action *action;
	const char *mode;
};

static const struct action *action_named(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!strcmp(actions[i].name, name))
			return &actions[i];
	}
	die("host %s: unknown; known are attach, detach and status", name);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!o->action)
			o->action = action_named(value);
		else if (o->action->takes_mode && !o->mode)
			o->mode = value;
		else
			die("host %s: %s: one argument too many", o->action->name, value);
		break;
	case ARGP_KEY_END:
		if (!o->action)
			die("name what to do: attach, detach or status");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "attach [off|host|guest]\ndetach\nstatus",
	.doc = "Attach exit statistics to this host's KVM, with its VMs running, or detach them.\v"
	       "The mode is that of VMs to come: host keeps the statistics for the "
	       "administrator, guest also answers the guest. Without one it is off. "
	       "What is there already has /sys/kernel/debug/kvm_exit_stats/VM/mode.",
};

int host_command(int argc, char **argv)
{
	struct options o = { .action = NULL };
	const char *arguments[4];
	size_t n = 0;
	char *script, *build;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	script = paths_data(o.action->script);
	arguments[n++] = script;
	if (o.action->option)
		arguments[n++] = o.action->option;
	if (o.mode)
		arguments[n++] = o.mode;
	arguments[n] = NULL;
	/* The module is built there, if it has to be. */
	build = paths_have_cache() ? paths_cache("") : NULL;
	if (build)
		setenv("BUILD", build, 1);
	execv(script, (char *const *)arguments);
	die("%s: %s", script, strerror(errno));
}
