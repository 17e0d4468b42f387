// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "run_options.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "vm/cpu_affinity.h"
#include "vm/host.h"
#include "vm/probe_ask.h"

/* An operation that is not done after so long, and twice its budget, hangs. */
#define HANG_S 90

/* The same by the lab's clock, of which a second takes about ten of ours. */
#define LAB_HANG_S 15

/* Processor time for the lab: its boot, and the whole table once; Bochs is slower than QEMU. */
#define LAB_BOOT_S	  120
#define LAB_TABLE_AMD_S	  240
#define LAB_TABLE_INTEL_S 600

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
	KEY_QEMU,
	KEY_QEMU_ARG,
	KEY_PROBE,
	KEY_HANG,
	KEY_LIMIT,
	KEY_UNIT,
	KEY_STREAM,
	KEY_REDACT,
};

static const struct argp_option argp_options[] = {
	{ 0, 0, 0, 0, "Where:", 1 },
	{ "accel", KEY_ACCEL, "HOW", 0,
	  "kvm, tcg, lab, or auto: this host's KVM if it has the exit statistics, else the lab if "
	  "it is built, else kvm or tcg without exits (auto)",
	  0 },
	{ "cpu", KEY_CPU, "VENDOR", 0, "the lab's processor, amd or intel (amd)", 0 },
	{ "kernel", KEY_KERNEL, "VERSION", 0, "the lab's kernel, 6.1 or 6.12 (6.1)", 0 },
	{ "modules", KEY_MODULES, "DIR", 0, "the lab's KVM modules, instead of its own", 0 },
	{ "smp", KEY_SMP, "N", 0, "vCPUs; from 2 on, operations between vCPUs too (1)", 0 },
	{ "pin", KEY_PIN, "CPUS", 0,
	  "host processors for the vCPUs, as 3 or 2,3 or 2-5, or none (isolated ones, else the "
	  "highest)",
	  0 },
	{ "qemu", KEY_QEMU, "PATH", 0, "QEMU's program (qemu-system-x86_64)", 0 },
	{ "qemu-arg", KEY_QEMU_ARG, "ARG", 0, "one more argument for QEMU; may be repeated", 0 },
	{ "probe", KEY_PROBE, "FILE", 0, "the probe (probe.elf as installed)", 0 },
	{ 0, 0, 0, 0, "What:", 2 },
	{ "ops", KEY_OPS, "GLOB,...", 0, "operations to measure; may be repeated (all)", 0 },
	{ "skip", KEY_SKIP, "GLOB,...", 0, "operations to leave out; may be repeated", 0 },
	{ "samples", KEY_SAMPLES, "N", 0, "exactly N samples per operation, 1 to 10000", 0 },
	{ "budget", KEY_BUDGET, "MS", 0,
	  "most time for one operation's samples, 1 to 60000 ms (250)", 0 },
	{ "settle", KEY_SETTLE, "MS", 0,
	  "idle time of the guest before its first operation (0, in the lab 1200)", 0 },
	{ "boots", KEY_BOOTS, "N", 0, "boot N times, and show the spread between boots (1)", 0 },
	{ "hang", KEY_HANG, "S", 0,
	  "time after which an operation counts as hung (90; by the lab's clock 15)", 0 },
	{ "limit", KEY_LIMIT, "S", 0,
	  "processor time after which the lab ends (120, and for each boot 240 on amd, 600 on "
	  "intel)",
	  0 },
	{ 0, 0, 0, 0, "Output:", 3 },
	{ "output", 'o', "FILE", 0, "write the results to FILE, for report and compare", 0 },
	{ "redact", KEY_REDACT, 0, 0,
	  "leave out what identifies the machine: the kernel's command line and build name, paths, "
	  "QEMU's arguments",
	  0 },
	{ "quiet", 'q', 0, 0, "no table", 0 },
	{ "verbose", 'v', 0, 0, "show QEMU's messages", 0 },
	{ "unit", KEY_UNIT, "WORD", OPTION_HIDDEN, 0, 0 },
	{ "stream", KEY_STREAM, 0, OPTION_HIDDEN, 0, 0 },
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
	if (!*globs || globs[strspn(globs, "abcdefghijklmnopqrstuvwxyz0123456789-*?,")])
		die("--%s %s: must be operations with commas between; * and ? stand for any",
		    option, globs);
}

static char *joined(char *list, const char *more)
{
	char *longer = list ? xasprintf("%s,%s", list, more) : xstrdup(more);

	free(list);
	return longer;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct run_options *o = state->input;

	switch (key) {
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
			die("--kernel %s: must be a version, as 6.1", value);
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
	       "FILE has the kernel's command line and this command with its paths. Before you "
	       "share it, leave them out with --redact, here or in report and compare.\n\n"
	       "Exit status: 0; 1 if an operation hung, faulted or failed, and all others were "
	       "measured; 2 for errors; 130 if interrupted: what was measured until then is kept.",
};

static bool usable(const char *path)
{
	return !access(path, R_OK | W_OK);
}

static bool has_statistics(void)
{
	char *mode = host_parameter("kvm", "exit_stats");
	bool on = mode && !strcmp(mode, "guest");

	free(mode);
	return on;
}

/* Before the work, not after it. */
static void check_output(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *slash = strrchr(path, '/');
	struct stat there;
	char *directory = slash ? xstrdup(path) : xstrdup(".");

	if (!strcmp(path, "-"))
		die("-o -: the results go into a file, since standard output has the table; for "
		    "results on standard output, use -q -o /dev/stdout");
	/* A number, as of a version, is none that says what is in a file. */
	if (dot && isalpha((unsigned char)dot[1]) && !strchr(dot, '/') && strcmp(dot, ".json") &&
	    (stat(path, &there) || S_ISREG(there.st_mode)))
		die("%s: run writes JSON, so the name must end in .json or in nothing; exitprobe "
		    "report converts it",
		    path);
	if (slash)
		directory[slash == path ? 1 : slash - path] = '\0';
	if (!stat(path, &there) && S_ISDIR(there.st_mode))
		die("%s: is a directory; -o takes a file", path);
	if (access(!stat(path, &there) && !S_ISREG(there.st_mode) ? path : directory, W_OK))
		die("%s: cannot be written: %s", path, strerror(errno));
	free(directory);
}

/* What auto comes to; says what that loses. */
static const char *choose_accel(const struct run_options *o)
{
	bool kvm = usable("/dev/kvm");

	if (o->for_lab)
		return "lab";
	if (kvm && has_statistics())
		return "kvm";
	if (!o->for_here && lab_is_built(o->lab.kernel))
		return "lab";
	warning("%s, and %s%s: no exits and no host columns, only the guest's time%s",
		kvm ? "this host's KVM has no exit statistics (exitprobe doctor says more)"
		    : "/dev/kvm cannot be used",
		o->for_here ? o->for_here : "the lab is not built",
		o->for_here ? " is not for the lab" : " (--accel lab builds it)",
		kvm ? "" : ", of an emulated processor");
	return kvm ? "kvm" : "tcg";
}

/* An option that would say nothing is a mistake, or a hope. */
static void check_place(const struct run_options *o)
{
	if (!strcmp(o->accel, "lab") && o->for_here)
		die("%s: has no effect in the lab, which has its own processor and QEMU",
		    o->for_here);
	if (strcmp(o->accel, "lab") && o->for_lab)
		die("%s: is for the lab; add --accel lab", o->for_lab);
}

static void set_defaults(struct run_options *o)
{
	bool lab = !strcmp(o->accel, "lab"), intel = !strcmp(o->lab.vendor, "intel");
	unsigned int table_s = intel ? LAB_TABLE_INTEL_S : LAB_TABLE_AMD_S;

	o->plan.accel = o->accel;
	o->plan.ops = o->ops ? o->ops : "*";
	o->plan.skip = o->skip ? o->skip : "";
	if (!o->plan.probe)
		o->plan.probe = paths_data("probe.elf");
	if (!o->plan.unit)
		o->plan.unit = lab ? "instructions" : strcmp(o->accel, "kvm") ? "ticks" : "cycles";
	if (lab && !o->settle)
		o->plan.settle_ms = LAB_SETTLE_MS;
	if (!o->plan.hang_s)
		o->plan.hang_s = (lab ? LAB_HANG_S : HANG_S) + 2 * o->plan.budget_ms / 1000 +
				 o->plan.settle_ms / 1000;
	if (!o->lab.limit_s)
		o->lab.limit_s = LAB_BOOT_S + o->lab.boots * table_s;
}

void run_options_read(struct run_options *o, int argc, char **argv)
{
	struct cpu_affinity affinity;
	char text[256], *objection;

	*o = (struct run_options){
		.plan = { .qemu = "qemu-system-x86_64", .vcpus = 1 },
		.lab = { .vendor = "amd", .kernel = "6.1", .boots = 1 },
		.accel = "auto",
	};
	argp_parse(&argp, argc, argv, 0, NULL, o);
	if (!strcmp(o->accel, "auto"))
		o->accel = choose_accel(o);
	check_place(o);
	set_defaults(o);
	if (strcmp(o->accel, "lab") &&
	    !cpu_affinity_choose(&affinity, o->plan.pin, o->plan.vcpus, text, sizeof(text)))
		die("%s", text);
	if (access(o->plan.probe, R_OK))
		die("%s: %s; make probe builds it", o->plan.probe, strerror(errno));
	/* Elsewhere the probe is there to say so within a second. */
	if (!strcmp(o->accel, "lab") && (o->ops || o->skip)) {
		objection = probe_objection(o->plan.probe, o->plan.ops, o->plan.skip);
		if (objection)
			die("%s", objection);
	}
	if (!strcmp(o->accel, "kvm") && !usable("/dev/kvm"))
		die("/dev/kvm: %s; exitprobe doctor says more, --accel lab needs none",
		    strerror(errno));
	if (o->output)
		check_output(o->output);
}
