// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "counts/counts.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "results/ways.h"
#include "run_options.h"
#include "vm/cpu_affinity.h"
#include "vm/host.h"
#include "vm/lab.h"
#include "vm/probe_ask.h"

/* An operation that is not done after so long, and twice its budget, hangs. */
#define HANG_S 90

/* The same by the lab's clock, of which a second takes about ten of ours. */
#define LAB_HANG_S 15

/* Processor time for the lab: its boot, and the whole table once; Bochs is slower than QEMU. */
#define LAB_BOOT_S	  120
#define LAB_TABLE_AMD_S	  240
#define LAB_TABLE_INTEL_S 600

static bool usable(const char *path)
{
	return !access(path, R_OK | W_OK);
}

static bool has_statistics(void)
{
	char *mode = host_statistics();
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
	/* Who names a way to count on a host means this host. */
	if (kvm && (has_statistics() || strcmp(o->counts, "auto")))
		return "kvm";
	if (!o->for_here && lab_is_built(o->lab.kernel))
		return "lab";
	/* What it loses choose_counts() says. */
	if (kvm)
		return "kvm";
	warning("/dev/kvm cannot be used, and %s%s: no exits and no host columns, only the guest's "
		"time, of an emulated processor",
		o->for_here ? o->for_here : "the lab is not built",
		o->for_here ? " is not for the lab" : " (--accel lab builds it)");
	return "tcg";
}

/* The only way to count that may be tried, NULL behind it. */
static const struct counting *const *only(const struct counting *way)
{
	static const struct counting *list[2];

	list[0] = way;
	return list;
}

/* Of this host's KVM.  Says what is lost where it is not the best way. */
static const struct counting *const *choose_counts(const struct run_options *o)
{
	const struct counting *const *ways;
	char *why;

	if (strcmp(o->counts, "auto")) {
		const struct counting *way = counts_find(o->counts);

		why = way->objection();
		if (why)
			die("--counts %s: %s", o->counts, why);
		return only(way);
	}
	ways = counts_allowed(&why);
	if (why)
		warning("counts by %s (--counts %s): %s; the better ways: %s",
			way_title((*ways)->way), way_names[(*ways)->way], way_shows((*ways)->way),
			why);
	free(why);
	return ways;
}

/* An option that would say nothing is a mistake, or a hope. */
static void check_place(const struct run_options *o)
{
	if (!strcmp(o->accel, "lab") && o->for_here)
		die("%s: has no effect in the lab, which has its own processor and QEMU",
		    o->for_here);
	if (strcmp(o->accel, "lab") && o->for_lab)
		die("%s: is for the lab; add --accel lab", o->for_lab);
	if (!strcmp(o->accel, "tcg") && o->plan.hyperv)
		die("--hyperv: an emulated processor (tcg) does not imitate Hyper-V; use --accel kvm "
		    "or lab");
	if (!strcmp(o->accel, "tcg") && strcmp(o->counts, "auto") && strcmp(o->counts, "none"))
		die("--counts %s: an emulated processor (tcg) has no exits; use --accel kvm or lab",
		    o->counts);
}

static void set_defaults(struct run_options *o)
{
	bool lab = !strcmp(o->accel, "lab"), intel = !strcmp(o->lab.vendor, "intel");
	unsigned int table_s = intel ? LAB_TABLE_INTEL_S : LAB_TABLE_AMD_S;

	o->plan.accel = o->accel;
	o->lab.counts = o->counts;
	if (!strcmp(o->accel, "tcg"))
		o->plan.ways = only(&counts_none);
	else if (!lab)
		o->plan.ways = choose_counts(o);
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

void run_options_complete(struct run_options *o)
{
	struct cpu_affinity affinity;
	char text[256], *objection;

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
