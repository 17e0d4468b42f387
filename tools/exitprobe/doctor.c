// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe doctor: what on this host would spoil a measurement, each with what to
 * do about it.  It only looks.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "host.h"
#include "message.h"
#include "place.h"
#include "report.h"

/* Load above which samples compete for processors. */
#define BUSY_LOAD 0.5

enum verdict {
	GOOD,
	NOTE,	/* figures may scatter, or say less */
	SPOILS, /* there are none, or they are wrong */
};

struct finding {
	enum verdict verdict;
	char *text; /* what is there; allocated */
	char *fix;  /* NULL: nothing to do, or nothing can be done; allocated */
};

static struct finding found(enum verdict verdict, char *text, char *fix)
{
	return (struct finding){ verdict, text, fix };
}

static struct finding check_device(void)
{
	if (!host_access("/dev/kvm", F_OK)) {
		if (!host_cpu_flag("svm") && !host_cpu_flag("vmx"))
			return found(
				SPOILS,
				xstrdup("no /dev/kvm, and the processor shows no AMD-V or VT-x"),
				xstrdup("enable it in the firmware's setup, or use exitprobe run "
					"--accel lab"));
		return found(SPOILS, xstrdup("no /dev/kvm"),
			     xasprintf("modprobe kvm_%s", host_cpu_flag("svm") ? "amd" : "intel"));
	}
	if (!host_access("/dev/kvm", R_OK | W_OK))
		return found(SPOILS, xstrdup("/dev/kvm is not for this user"),
			     xstrdup("as root: usermod -aG kvm USER, and log in again"));
	return found(GOOD, xstrdup("/dev/kvm can be used"), NULL);
}

static struct finding check_module(void)
{
	const char *module = host_vendor_module();

	if (!module)
		return found(
			SPOILS,
			xstrdup("neither kvm_amd nor kvm_intel is loaded: if there is a /dev/kvm, it "
				"is another module's, and the patch is not for that"),
			xstrdup("use a host with AMD-V or VT-x, or exitprobe run --accel lab"));
	if (!host_cpu_flag(strcmp(module, "kvm_amd") ? "vmx" : "svm"))
		return found(SPOILS,
			     xasprintf("%s is loaded, and the processor does not show its feature",
				       module),
			     xstrdup("load the module for this processor"));
	return found(GOOD, xasprintf("%s is loaded", module), NULL);
}

static struct finding check_statistics(void)
{
	char *mode = host_parameter("kvm", "exit_stats");
	struct finding f;

	if (!mode)
		return found(SPOILS,
			     xstrdup("this kernel's KVM has no exit statistics: no exits, no host "
				     "columns"),
			     xstrdup("make host-load builds and loads patched modules (README)"));
	if (strcmp(mode, "guest"))
		f = found(
			SPOILS, xasprintf("kvm.exit_stats=%s: the guest is not told", mode),
			xstrdup("as root: echo guest >/sys/module/kvm/parameters/exit_stats; VMs keep "
				"what they began with"));
	else
		f = found(GOOD, xstrdup("exit statistics are on for guests"), NULL);
	free(mode);
	return f;
}

static struct finding check_governor(void)
{
	char *governor = host_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	struct finding f;

	if (!governor)
		return found(NOTE, xstrdup("the frequency governor cannot be read: none, or a VM"),
			     NULL);
	if (strcmp(governor, "performance"))
		f = found(NOTE,
			  xasprintf("frequency governor %s: the clock changes under way", governor),
			  xstrdup("as root: cpupower frequency-set -g performance"));
	else
		f = found(GOOD, xstrdup("frequency governor performance"), NULL);
	free(governor);
	return f;
}

static struct finding check_turbo(void)
{
	bool intel = host_access("/sys/devices/system/cpu/intel_pstate/no_turbo", F_OK);
	char *turbo = host_turbo();
	struct finding f;

	if (!turbo)
		return found(GOOD, xstrdup("no turbo that Linux controls"), NULL);
	if (!strcmp(turbo, "on"))
		f = found(
			NOTE, xstrdup("turbo is on: the clock depends on heat and neighbours"),
			xstrdup(intel ? "as root: echo 1 "
					">/sys/devices/system/cpu/intel_pstate/no_turbo"
				      : "as root: echo 0 >/sys/devices/system/cpu/cpufreq/boost"));
	else
		f = found(GOOD, xstrdup("turbo is off"), NULL);
	free(turbo);
	return f;
}

/* Ticks that processor @cpu was not idle for, and all; false: not known. */
static bool cpu_ticks(int cpu, unsigned long long *busy, unsigned long long *all)
{
	char *root = getenv("EXITPROBE_SYSROOT");
	char *path = xasprintf("%s/proc/stat", root ? root : ""), *line = NULL;
	FILE *file = fopen(path, "re");
	size_t size = 0;
	bool ok = false;

	free(path);
	while (file && !ok && getline(&line, &size, file) >= 0) {
		unsigned long long t[8];
		int number;

		if (sscanf(line, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &number, &t[0],
			   &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) != 9 ||
		    number != cpu)
			continue;
		*all = t[0] + t[1] + t[2] + t[3] + t[4] + t[5] + t[6] + t[7];
		*busy = *all - t[3] - t[4];
		ok = true;
	}
	free(line);
	if (file)
		fclose(file);
	return ok;
}

/* The one of @cpus, but @self, that was busiest for a moment, if it was more than 5 %, or -1. */
static int busiest(const int *cpus, int count, int self)
{
	unsigned long long before[PLACE_VCPUS][2], after[2];
	bool known[PLACE_VCPUS];
	double most = 0.05;
	int found = -1;

	for (int i = 0; i < count; i++)
		known[i] = cpus[i] != self && cpu_ticks(cpus[i], &before[i][0], &before[i][1]);
	usleep(300000);
	for (int i = 0; i < count; i++) {
		double share, all;

		if (!known[i] || !cpu_ticks(cpus[i], &after[0], &after[1]))
			continue;
		all = (double)(after[1] - before[i][1]);
		share = all > 0 ? (double)(after[0] - before[i][0]) / all : 0;
		if (share > most) {
			most = share;
			found = cpus[i];
		}
	}
	return found;
}

/* Whether the other threads of the core that run would choose are idle. */
static struct finding check_smt(void)
{
	int siblings[PLACE_VCPUS], count, busy;
	struct place place;
	char text[128], *path, *list;

	place_choose(&place, NULL, 1, text, sizeof(text));
	if (!place.count)
		return found(NOTE, xstrdup("one processor only: the vCPU shares it with QEMU"),
			     xstrdup("use a host with two or more"));
	path = xasprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
			 place.cpus[0]);
	list = host_text(path);
	free(path);
	count = list ? place_parse(list, siblings, PLACE_VCPUS) : 0;
	free(list);
	if (count < 1)
		return found(NOTE,
			     xasprintf("what shares its core with processor %d, where a vCPU would "
				       "run, cannot be read",
				       place.cpus[0]),
			     NULL);
	if (count == 1)
		return found(GOOD,
			     xasprintf("processor %d, where a vCPU would run, has its core alone",
				       place.cpus[0]),
			     NULL);
	busy = busiest(siblings, count, place.cpus[0]);
	if (busy >= 0)
		return found(
			NOTE,
			xasprintf("processor %d, where a vCPU would run, shares its core with %d, "
				  "which is busy",
				  place.cpus[0], busy),
			xasprintf("as root: echo 0 >/sys/devices/system/cpu/cpu%d/online", busy));
	return found(GOOD,
		     xasprintf("what shares its core with processor %d is idle", place.cpus[0]),
		     NULL);
}

static struct finding check_isolation(void)
{
	char *isolated = host_text("/sys/devices/system/cpu/isolated");
	struct finding f;

	if (isolated && *isolated)
		f = found(GOOD, xasprintf("isolated processors: %s", isolated), NULL);
	else
		f = found(
			NOTE, xstrdup("no isolated processor: the host's own work comes between"),
			xstrdup("boot with isolcpus=managed_irq,domain,N nohz_full=N rcu_nocbs=N"));
	free(isolated);
	return f;
}

static struct finding check_nested(void)
{
	if (host_cpu_flag("hypervisor"))
		return found(NOTE,
			     xstrdup("this host is a VM itself: an exit here costs several below"),
			     xstrdup("measure on a real machine"));
	return found(GOOD, xstrdup("this host is no VM"), NULL);
}

static struct finding check_tsc(void)
{
	char *clock = host_text("/sys/devices/system/clocksource/clocksource0/current_clocksource");
	struct finding f;

	if (!host_cpu_flag("constant_tsc") || !host_cpu_flag("nonstop_tsc"))
		f = found(
			SPOILS,
			xstrdup("the TSC is not invariant (constant_tsc, nonstop_tsc): its ticks are no "
				"time"),
			xstrdup("use a processor that has it (CPUID 80000007H EDX bit 8)"));
	else if (clock && strcmp(clock, "tsc"))
		f = found(NOTE, xasprintf("clocksource %s: Linux does not trust this TSC", clock),
			  xstrdup("look for \"Marking clocksource 'tsc' as unstable\" in dmesg"));
	else
		f = found(GOOD, xstrdup("the TSC is invariant"), NULL);
	free(clock);
	return f;
}

static struct finding check_vms(void)
{
	int count = host_running_vms();

	if (count < 0)
		return found(NOTE, xstrdup("running VMs cannot be counted: /proc cannot be read"),
			     NULL);
	if (count)
		return found(NOTE,
			     xasprintf("%d process%s with VMs: they take turns with the probe",
				       count, count == 1 ? "" : "es"),
			     xstrdup("stop them"));
	if (geteuid())
		return found(GOOD, xstrdup("no VMs of this user; others' are seen by root only"),
			     NULL);
	return found(GOOD, xstrdup("no VM runs"), NULL);
}

static struct finding check_load(void)
{
	char *text = host_text("/proc/loadavg");
	double load = text ? strtod(text, NULL) : 0;

	free(text);
	if (load > BUSY_LOAD)
		return found(NOTE, xasprintf("load %.2f: other work runs", load),
			     xstrdup("wait until it is over, or use an isolated processor"));
	return found(GOOD, xasprintf("load %.2f", load), NULL);
}

static struct finding check_memory(void)
{
	char *ksm = host_text("/sys/kernel/mm/ksm/run");
	char *balancing = host_text("/proc/sys/kernel/numa_balancing");
	struct finding f;

	if (ksm && !strcmp(ksm, "1"))
		f = found(NOTE, xstrdup("KSM runs: it takes pages away from the guest"),
			  xstrdup("as root: echo 0 >/sys/kernel/mm/ksm/run"));
	else if (balancing && strcmp(balancing, "0"))
		f = found(NOTE, xstrdup("NUMA balancing is on: it takes pages away from the guest"),
			  xstrdup("as root: echo 0 >/proc/sys/kernel/numa_balancing"));
	else
		f = found(GOOD, xstrdup("neither KSM nor NUMA balancing"), NULL);
	free(ksm);
	free(balancing);
	return f;
}

static struct finding check_lock(void)
{
	if (!host_may_lock_memory())
		return found(NOTE, xstrdup("the guest's memory cannot be locked"),
			     xstrdup("ulimit -l unlimited, or run as root"));
	return found(GOOD, xstrdup("the guest's memory can be locked"), NULL);
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
		return found(
			SPOILS, xstrdup("no qemu-system-x86_64 in PATH"),
			xstrdup("install the package qemu-system-x86, or name it by run --qemu"));
	if (!in_path("gnuplot"))
		return found(NOTE,
			     xstrdup("no gnuplot in PATH: report has no distributions' plots"),
			     xstrdup("install the package gnuplot-nox"));
	return found(GOOD, xstrdup("QEMU and gnuplot are there"), NULL);
}

static const struct {
	const char *name;
	struct finding (*check)(void);
} checks[] = {
	{ "kvm", check_device },
	{ "module", check_module },
	{ "exit_stats", check_statistics },
	{ "nested", check_nested },
	{ "tsc", check_tsc },
	{ "governor", check_governor },
	{ "turbo", check_turbo },
	{ "smt", check_smt },
	{ "isolation", check_isolation },
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
	.doc = "Name what would spoil a measurement on this host, and the way out.\v"
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
	if (fflush(stdout) || ferror(stdout))
		die("standard output cannot be written");
	return count[SPOILS] ? STATUS_FINDING : STATUS_OK;
}
