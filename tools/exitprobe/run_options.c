// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "run_options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counts/counts.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "op_name.h"
#include "vm/cpu_affinity.h"

#include "default_kernel.h" /* made by the Makefile from lab/default-kernel */

/* Of which the results are still a file that report reads: 64 MiB. */
#define BOOTS_MAX 200

enum option_key {
	KEY_ACCEL = 256,
	KEY_CPU,
	KEY_KERNEL,
	KEY_MODULES,
	KEY_OPS,
	KEY_SKIP,
	KEY_SAMPLES,
	KEY_BUDGET,
	KEY_SETTLE,
	KEY_BOOTS,
	KEY_PIN,
	KEY_SMP,
	KEY_HYPERV,
	KEY_COUNTS,
	KEY_QEMU,
	KEY_QEMU_ARG,
	KEY_PROBE,
	KEY_HANG,
	KEY_LIMIT,
	KEY_UNIT,
	KEY_STREAM,
	KEY_REDACT,
	KEY_HOST,
	KEY_HISTORY,
	KEY_CONNECT,
	KEY_TIMEOUT,
	KEY_PARALLEL,
	KEY_AGENT,
};

static const struct argp_option argp_options[] = {
	{ 0, 0, 0, 0, "Where:", 1 },
	{ "accel", KEY_ACCEL, "HOW", 0,
	  "kvm, tcg, lab, or auto: this host's KVM if it has the exit statistics, else the lab if "
	  "it is built, else kvm or tcg without exits (auto)",
	  0 },
	{ "cpu", KEY_CPU, "VENDOR", 0, "the lab's processor, amd or intel (amd)", 0 },
	{ "kernel", KEY_KERNEL, "VERSION", 0, "the lab's kernel (" DEFAULT_KERNEL ")", 0 },
	{ "modules", KEY_MODULES, "DIR", 0, "the lab's KVM modules, instead of its own", 0 },
	{ "smp", KEY_SMP, "N", 0, "vCPUs; from 2 on, operations between vCPUs too (1)", 0 },
	{ "hyperv", KEY_HYPERV, 0, 0,
	  "give the guest Hyper-V's interface as KVM imitates it for Windows (QEMU's -cpu flags "
	  "hv-*): the operations hv-* need it",
	  0 },
	{ "pin", KEY_PIN, "CPUS", 0,
	  "host processors for the vCPUs, as 3 or 2,3 or 2-5, or none (isolated ones, else the "
	  "highest)",
	  0 },
	{ "counts", KEY_COUNTS, "WAY", 0,
	  "who counts exits: leaf, KVM with the patch or the module; trace, KVM's tracepoints, as "
	  "root; stats, KVM's own statistics; "
	  "none; or auto: the first of these that this host allows (auto)",
	  0 },
	{ "qemu", KEY_QEMU, "PATH", 0, "QEMU's program (qemu-system-x86_64)", 0 },
	{ "qemu-arg", KEY_QEMU_ARG, "ARG", 0, "one more argument for QEMU; may be repeated", 0 },
	{ "probe", KEY_PROBE, "FILE", 0, "the probe (probe.elf as installed)", 0 },
	{ 0, 0, 0, 0, "On other machines, by ssh:", 2 },
	{ "host", KEY_HOST, "USER@MACHINE,...", 0,
	  "run there, at once, each into a file of the directory that -o names; may be repeated. "
	  "Needed there: QEMU, and a key that asks for no password",
	  0 },
	{ "history", KEY_HISTORY, "DIR", 0,
	  "also add each machine's results to this history, under its name (exitprobe history)",
	  0 },
	{ "connect-timeout", KEY_CONNECT, "S", 0, "limit of connecting, in seconds (10)", 0 },
	{ "timeout", KEY_TIMEOUT, "S", 0,
	  "limit for one machine in all, in seconds (600, plus 300 for each boot)", 0 },
	{ "parallel", KEY_PARALLEL, "N", 0, "machines at once (16)", 0 },
	{ 0, 0, 0, 0, "What:", 3 },
	{ "ops", KEY_OPS, "GLOB,...", 0,
	  "operations to measure, also as FAMILY:GLOB; may be repeated (all)", 0 },
	{ "skip", KEY_SKIP, "GLOB,...", 0, "operations to leave out; may be repeated", 0 },
	{ "samples", KEY_SAMPLES, "N", 0, "exactly N samples per operation, 1 to 10000", 0 },
	{ "budget", KEY_BUDGET, "MS", 0,
	  "most time for one operation's samples, 1 to 60000 ms (250)", 0 },
	{ "settle", KEY_SETTLE, "MS", 0,
	  "idle time of the guest before its first operation (0, in the lab 1200)", 0 },
	{ "boots", KEY_BOOTS, "N", 0, "boot N times, and show the spread between boots (1)", 0 },
	{ "hang", KEY_HANG, "S", 0,
	  "seconds after which an operation counts as hung (90; by the lab's clock 15)", 0 },
	{ "limit", KEY_LIMIT, "S", 0,
	  "limit of the lab's processor time, in seconds (120, plus 240 for each boot on amd, 600 "
	  "on intel)",
	  0 },
	{ 0, 0, 0, 0, "Output:", 4 },
	{ "output", 'o', "FILE", 0,
	  "write the results to FILE, for report and compare; with --host a directory", 0 },
	{ "redact", KEY_REDACT, 0, 0,
	  "leave out what identifies the machine: the kernel's command line and build name, paths, "
	  "QEMU's arguments",
	  0 },
	{ "quiet", 'q', 0, 0, "no table", 0 },
	{ "verbose", 'v', 0, 0, "show QEMU's messages", 0 },
	{ "unit", KEY_UNIT, "WORD", OPTION_HIDDEN, 0, 0 },
	{ "stream", KEY_STREAM, 0, OPTION_HIDDEN, 0, 0 },
	{ "agent", KEY_AGENT, "DIR", OPTION_HIDDEN, 0, 0 },
	{ 0 },
};

static unsigned int number(const char *option, const char *text, unsigned int least,
			   unsigned int most)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value < least || value > most)
		die("--%s %s: must be a number from %u to %u", option, text, least, most);
	return (unsigned int)value;
}

/* The probe's command line knows no quotes. */
static void check_globs(const char *option, const char *globs)
{
	if (!*globs || globs[strspn(globs, OP_NAME_CHARACTERS "*?,:")])
		die("--%s %s: must be operations with commas between, or FAMILY:OPERATION; * and ? "
		    "stand for any",
		    option, globs);
}

static char *joined(char *list, const char *more)
{
	char *longer = list ? xasprintf("%s,%s", list, more) : xstrdup(more);

	free(list);
	return longer;
}

/* Of a machine elsewhere and of its connection, or of files here. */
static bool is_said_here(int key)
{
	return key == 'o' || key == KEY_PROBE || (key >= KEY_HOST && key <= KEY_AGENT);
}

/* An option, in whatever way it was written, as a word for another machine. */
static void remember(struct run_options *o, int key, const char *value)
{
	const struct argp_option *option = argp_options;

	while (option->key != key || !option->name) {
		/* The last has neither, and neither have the headings. */
		if (!option->name && !option->group && !option->doc)
			return;
		option++;
	}
	if (is_said_here(key))
		return;
	o->words = xrealloc(o->words, (o->word_count + 2) * sizeof(*o->words));
	o->words[o->word_count++] = value ? xasprintf("--%s=%s", option->name, value)
					  : xasprintf("--%s", option->name);
	o->words[o->word_count] = NULL;
}

static void add_hosts(struct run_options *o, const char *list)
{
	char message[512];

	if (!hosts_add(&o->remote.hosts, list, message, sizeof(message)))
		die("%s", message);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct run_options *o = state->input;

	remember(o, key, value);
	switch (key) {
	case KEY_HOST:
		add_hosts(o, value);
		break;
	case KEY_HISTORY:
		o->remote.history = value;
		o->for_remote = "--history";
		break;
	case KEY_CONNECT:
		o->remote.connect_s = number("connect-timeout", value, 1, 3600);
		o->for_remote = "--connect-timeout";
		break;
	case KEY_TIMEOUT:
		o->remote.timeout_s = number("timeout", value, 1, 604800);
		o->for_remote = "--timeout";
		break;
	case KEY_PARALLEL:
		o->remote.parallel = number("parallel", value, 1, 1000);
		o->for_remote = "--parallel";
		break;
	case KEY_AGENT:
		o->agent = value;
		break;
	case KEY_ACCEL:
		if (strcmp(value, "auto") && strcmp(value, "kvm") && strcmp(value, "tcg") &&
		    strcmp(value, "lab"))
			die("--accel %s: must be auto, kvm, tcg or lab", value);
		o->accel = value;
		break;
	case KEY_CPU:
		if (strcmp(value, "amd") && strcmp(value, "intel"))
			die("--cpu %s: must be amd or intel", value);
		o->lab.vendor = value;
		o->for_lab = "--cpu";
		break;
	case KEY_KERNEL:
		if (!*value || value[strspn(value, "0123456789.")])
			die("--kernel %s: must be a version, as " DEFAULT_KERNEL, value);
		o->lab.kernel = value;
		o->for_lab = "--kernel";
		break;
	case KEY_MODULES:
		o->lab.modules = value;
		o->for_lab = "--modules";
		break;
	case KEY_OPS:
		check_globs("ops", value);
		o->ops = joined(o->ops, value);
		break;
	case KEY_SKIP:
		check_globs("skip", value);
		o->skip = joined(o->skip, value);
		break;
	case KEY_SAMPLES:
		o->plan.samples = number("samples", value, 1, 10000);
		break;
	case KEY_BUDGET:
		o->plan.budget_ms = number("budget", value, 1, 60000);
		break;
	case KEY_BOOTS:
		o->lab.boots = number("boots", value, 1, BOOTS_MAX);
		break;
	case KEY_PIN:
		o->plan.pin = value;
		o->for_here = "--pin";
		break;
	case KEY_SMP:
		o->plan.vcpus = number("smp", value, 1, CPU_AFFINITY_VCPUS);
		break;
	case KEY_HYPERV:
		o->plan.hyperv = true;
		break;
	case KEY_COUNTS:
		if (strcmp(value, "auto") && !counts_find(value))
			die("--counts %s: must be auto, %s", value, counts_names());
		o->counts = value;
		break;
	case KEY_QEMU:
		o->plan.qemu = value;
		o->for_here = "--qemu";
		break;
	case KEY_QEMU_ARG:
		o->plan.qemu_args = xrealloc(o->plan.qemu_args,
					     (o->qemu_args + 2) * sizeof(*o->plan.qemu_args));
		o->plan.qemu_args[o->qemu_args++] = value;
		o->plan.qemu_args[o->qemu_args] = NULL;
		break;
	case KEY_PROBE:
		o->plan.probe = value;
		break;
	case KEY_SETTLE:
		o->plan.settle_ms = number("settle", value, 0, 60000);
		o->settle = true;
		break;
	case KEY_HANG:
		o->plan.hang_s = number("hang", value, 1, 86400);
		break;
	case KEY_LIMIT:
		o->lab.limit_s = number("limit", value, 1, 86400);
		o->for_lab = "--limit";
		break;
	case 'o':
		o->output = value;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->plan.verbose = true;
		break;
	case KEY_UNIT:
		o->plan.unit = value;
		break;
	case KEY_REDACT:
		o->redact = true;
		break;
	case KEY_STREAM:
		o->stream = true;
		break;
	case ARGP_KEY_ARG:
		die("%s: unknown argument; operations are named by --ops", value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.doc = "Boot the probe in a VM and measure how many exits each operation causes, what they "
	       "cost and where the time goes.\v"
	       "The results file of -o contains the kernel's command line and this command with its "
	       "paths. Before you share it, remove them with --redact, here or in report and "
	       "compare.\n\n"
	       "Exit status: 0; 1 if an operation hung, faulted or failed, and all others were "
	       "measured; 2 for errors, with --host also if any machine gave no results or not all; "
	       "130 if interrupted: what was measured until then is kept.",
};

/* What cannot be on other machines, and what follows where nothing was said. */
static void complete_remote(struct run_options *o)
{
	static char *none[] = { NULL };

	if (!strcmp(o->accel, "lab") || o->for_lab)
		die("%s: the lab's figures are the same on every machine; run it here, without "
		    "--host",
		    o->for_lab ? o->for_lab : "--accel lab");
	if (o->stream)
		die("--stream: is for one machine");
	if (!o->output)
		die("--host: -o DIR must say into which directory the results go, a file for each "
		    "machine");
	o->remote.output = o->output;
	o->remote.probe = o->plan.probe ? o->plan.probe : paths_data("probe.elf");
	o->remote.words = o->words ? o->words : none;
	o->remote.quiet = o->quiet;
	if (!o->remote.connect_s)
		o->remote.connect_s = 10;
	if (!o->remote.timeout_s)
		o->remote.timeout_s = 600 + 300 * o->lab.boots;
	if (!o->remote.parallel)
		o->remote.parallel = 16;
}

void run_options_read(struct run_options *o, int argc, char **argv)
{
	*o = (struct run_options){
		.plan = { .qemu = "qemu-system-x86_64", .vcpus = 1 },
		.lab = { .vendor = "amd", .kernel = DEFAULT_KERNEL, .boots = 1 },
		.accel = "auto",
		.counts = "auto",
	};
	argp_parse(&argp, argc, argv, 0, NULL, o);
	if (o->agent)
		return;
	if (o->remote.hosts.count)
		complete_remote(o);
	else if (o->for_remote)
		die("%s: is for other machines; add --host", o->for_remote);
	else
		run_options_complete(o);
}
