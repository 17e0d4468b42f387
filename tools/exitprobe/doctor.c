// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe doctor: what on this host would spoil a measurement, each with what to
 * do about it.  It changes nothing.
 */
#define _GNU_SOURCE
#include "doctor.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "counts/counts.h"
#include "lib/message.h"
#include "report/report.h"
#include "results/ways.h"
#include "vm/host.h"

/* Load above which samples compete for processors. */
#define BUSY_LOAD 0.5

struct finding doctor_found(enum verdict verdict, char *text, char *fix)
{
	return (struct finding){ verdict, text, fix };
}

static struct finding check_device(void)
{
	if (!host_access("/dev/kvm", F_OK)) {
		if (!host_cpu_flag("svm") && !host_cpu_flag("vmx"))
			return doctor_found(
				SPOILS,
				xstrdup("no /dev/kvm, and the processor shows no AMD-V or VT-x"),
				xstrdup("enable it in the firmware's setup, or use exitprobe run "
					"--accel lab"));
		return doctor_found(
			SPOILS, xstrdup("no /dev/kvm"),
			xasprintf("modprobe kvm_%s", host_cpu_flag("svm") ? "amd" : "intel"));
	}
	if (!host_access("/dev/kvm", R_OK | W_OK))
		return doctor_found(SPOILS, xstrdup("/dev/kvm is not for this user"),
				    xstrdup("as root: usermod -aG kvm USER, and log in again"));
	return doctor_found(GOOD, xstrdup("/dev/kvm can be used"), NULL);
}

static struct finding check_module(void)
{
	const char *module = host_vendor_module();

	if (!module)
		return doctor_found(
			SPOILS,
			xstrdup("neither kvm_amd nor kvm_intel is loaded: a /dev/kvm is that of another "
				"module, which the patch does not support"),
			xstrdup("use a host with AMD-V or VT-x, or exitprobe run --accel lab"));
	if (!host_cpu_flag(strcmp(module, "kvm_amd") ? "vmx" : "svm"))
		return doctor_found(
			SPOILS,
			xasprintf("%s is loaded, and the processor does not show its feature",
				  module),
			xstrdup("load the module for this processor"));
	return doctor_found(GOOD, xasprintf("%s is loaded", module), NULL);
}

static struct finding check_statistics(void)
{
	const char *module = host_access("/sys/module/kvm/parameters/exit_stats", F_OK)
				     ? "kvm"
				     : "kvm_exit_stats";
	char *mode = host_statistics();
	struct finding f;

	if (!mode)
		return doctor_found(
			NOTE,
			xstrdup("this kernel's KVM has no exit statistics that guests can read; "
				"counts says who counts instead"),
			xstrdup("as root: exitprobe host attach guest attaches them, with VMs running"));
	if (strcmp(mode, "guest"))
		f = doctor_found(
			SPOILS,
			xasprintf("%s.exit_stats=%s: the guest cannot read them", module, mode),
			xasprintf(
				"as root: echo guest >/sys/module/%s/parameters/exit_stats; VMs keep "
				"what they began with",
				module));
	else
		f = doctor_found(GOOD, xstrdup("exit statistics are on for guests"), NULL);
	free(mode);
	return f;
}

static struct finding check_counts(void)
{
	char *why, *text;
	enum way way = (*counts_allowed(&why))->way;

	text = xasprintf("exits are counted by %s (--counts %s): %s", way_title(way),
			 way_names[way], way_shows(way));
	if (why) {
		char *better = xasprintf("for a better way: %s", why);

		free(why);
		why = better;
	}
	return doctor_found(way == WAY_LEAF ? GOOD : NOTE, text, why);
}

static struct finding check_nested(void)
{
	if (host_cpu_flag("hypervisor"))
		return doctor_found(
			NOTE,
			xstrdup("this host is a VM: one exit here causes several in its own host"),
			xstrdup("measure on a real machine"));
	return doctor_found(GOOD, xstrdup("this host is no VM"), NULL);
}

static struct finding check_vms(void)
{
	int count = host_running_vms();

	if (count < 0)
		return doctor_found(
			NOTE, xstrdup("running VMs cannot be counted: /proc cannot be read"), NULL);
	if (count)
		return doctor_found(
			NOTE,
			xasprintf("%d process%s with VMs: they take turns with the probe", count,
				  count == 1 ? "" : "es"),
			xstrdup("stop them"));
	if (geteuid())
		return doctor_found(
			GOOD, xstrdup("no VMs of this user; only root sees those of others"), NULL);
	return doctor_found(GOOD, xstrdup("no VM runs"), NULL);
}

static struct finding check_load(void)
{
	char *text = host_text("/proc/loadavg");
	double load = text ? strtod(text, NULL) : 0;

	free(text);
	if (load > BUSY_LOAD)
		return doctor_found(NOTE, xasprintf("load %.2f: the host runs other work", load),
				    xstrdup("wait until it ends, or use an isolated processor"));
	return doctor_found(GOOD, xasprintf("load %.2f", load), NULL);
}

static struct finding check_memory(void)
{
	char *ksm = host_text("/sys/kernel/mm/ksm/run");
	char *balancing = host_text("/proc/sys/kernel/numa_balancing");
	struct finding f;

	if (ksm && !strcmp(ksm, "1"))
		f = doctor_found(NOTE, xstrdup("KSM runs: it unmaps pages of the guest"),
				 xstrdup("as root: echo 0 >/sys/kernel/mm/ksm/run"));
	else if (balancing && strcmp(balancing, "0"))
		f = doctor_found(NOTE,
				 xstrdup("NUMA balancing is on: it unmaps pages of the guest"),
				 xstrdup("as root: echo 0 >/proc/sys/kernel/numa_balancing"));
	else
		f = doctor_found(GOOD, xstrdup("neither KSM nor NUMA balancing"), NULL);
	free(ksm);
	free(balancing);
	return f;
}

static struct finding check_lock(void)
{
	if (!host_may_lock_memory())
		return doctor_found(NOTE, xstrdup("the guest's memory cannot be locked"),
				    xstrdup("ulimit -l unlimited, or run as root"));
	return doctor_found(GOOD, xstrdup("the guest's memory can be locked"), NULL);
}

static bool in_path(const char *program)
{
	char *copy = xstrdup(getenv("PATH") ? getenv("PATH") : ""), *rest = copy, *directory;
	bool there = false;

	while (!there && (directory = strsep(&rest, ":"))) {
		char *path = xasprintf("%s/%s", directory, program);

		there = !access(path, X_OK);
		free(path);
	}
	free(copy);
	return there;
}

static struct finding check_programs(void)
{
	if (!in_path("qemu-system-x86_64"))
		return doctor_found(
			SPOILS, xstrdup("no qemu-system-x86_64 in PATH"),
			xstrdup("install the package qemu-system-x86, or name it by run --qemu"));
	if (!in_path("gnuplot"))
		return doctor_found(
			NOTE, xstrdup("no gnuplot in PATH: report has no distributions' plots"),
			xstrdup("install the package gnuplot-nox"));
	return doctor_found(GOOD, xstrdup("QEMU and gnuplot are there"), NULL);
}

static const struct {
	const char *name;
	struct finding (*check)(void);
} checks[] = {
	{ "kvm", check_device },
	{ "module", check_module },
	{ "guest", doctor_instructions },
	{ "exit_stats", check_statistics },
	{ "counts", check_counts },
	{ "nested", check_nested },
	{ "tsc", doctor_tsc },
	{ "governor", doctor_governor },
	{ "turbo", doctor_turbo },
	{ "smt", doctor_smt },
	{ "isolation", doctor_isolation },
	{ "vms", check_vms },
	{ "load", check_load },
	{ "memory", check_memory },
	{ "lock", check_lock },
	{ "programs", check_programs },
};

static const char *const verdict_names[] = { "ok", "note", "spoils" };

static error_t parse(int key, char *value, struct argp_state *state)
{
	if (key == 'j')
		*(bool *)state->input = true;
	else if (key == ARGP_KEY_ARG)
		die("%s: unknown argument; doctor takes none", value);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static const struct argp_option argp_options[] = {
	{ "json", 'j', 0, 0, "a JSON array of the findings", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.doc = "Check this host for what would spoil a measurement, and say what to do about it.\v"
	       "Exit status: 0; 1 if something makes figures wrong or impossible; 2 for errors.",
};

static void print(const char *name, const struct finding *f)
{
	static const char *const colours[] = { "\033[32m", "\033[33m", "\033[31m" };
	bool colour = report_wants_colour(stdout);

	printf("%s%-7s%s%-11s %s\n", colour ? colours[f->verdict] : "", verdict_names[f->verdict],
	       colour ? "\033[0m" : "", name, f->text);
	if (f->fix)
		printf("%18s  -> %s\n", "", f->fix);
}

int doctor_command(int argc, char **argv)
{
	unsigned int count[3] = { 0 };
	bool as_json = false;
	json_t *list;

	argp_parse(&argp, argc, argv, 0, NULL, &as_json);
	list = json_array();
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding f = checks[i].check();

		count[f.verdict]++;
		if (as_json)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?}", "check",
							      checks[i].name, "verdict",
							      verdict_names[f.verdict], "text",
							      f.text, "fix", f.fix));
		else
			print(checks[i].name, &f);
		free(f.text);
		free(f.fix);
	}
	if (as_json) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		printf("%u spoil%s a measurement, %u to note, %u ok\n", count[SPOILS],
		       count[SPOILS] == 1 ? "s" : "", count[NOTE], count[GOOD]);
	}
	json_decref(list);
	return count[SPOILS] ? STATUS_FINDING : STATUS_OK;
}
