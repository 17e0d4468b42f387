// SPDX-License-Identifier: GPL-2.0-only
/* What of this host's processors would spoil a measurement. */
#define _GNU_SOURCE
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "vm/cpu_affinity.h"
#include "vm/host.h"

struct finding doctor_governor(void)
{
	char *governor = host_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	struct finding f;

	if (!governor)
		return doctor_found(NOTE,
				    xstrdup("the frequency governor cannot be read: none, or a VM"),
				    NULL);
	if (strcmp(governor, "performance"))
		f = doctor_found(
			NOTE,
			xasprintf("frequency governor %s: the clock changes under way", governor),
			xstrdup("as root: cpupower frequency-set -g performance"));
	else
		f = doctor_found(GOOD, xstrdup("frequency governor performance"), NULL);
	free(governor);
	return f;
}

struct finding doctor_turbo(void)
{
	bool intel = host_access("/sys/devices/system/cpu/intel_pstate/no_turbo", F_OK);
	char *turbo = host_turbo();
	struct finding f;

	if (!turbo)
		return doctor_found(GOOD, xstrdup("no turbo that Linux controls"), NULL);
	if (!strcmp(turbo, "on"))
		f = doctor_found(
			NOTE, xstrdup("turbo is on: the clock depends on heat and neighbours"),
			xstrdup(intel ? "as root: echo 1 "
					">/sys/devices/system/cpu/intel_pstate/no_turbo"
				      : "as root: echo 0 >/sys/devices/system/cpu/cpufreq/boost"));
	else
		f = doctor_found(GOOD, xstrdup("turbo is off"), NULL);
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

/* A processor that works for more of a while than this takes from its sibling. */
#define BUSY_SHARE 0.05
#define WHILE_US   300000

#define ALL_IDLE  (-1)
#define NOT_KNOWN (-2)

/* The one of @cpus but @self that was busiest for a while, if it was busy. */
static int busiest(const int *cpus, int count, int self)
{
	unsigned long long before[CPU_AFFINITY_VCPUS][2], after[2];
	bool known[CPU_AFFINITY_VCPUS];
	double most = BUSY_SHARE;
	int found = NOT_KNOWN;

	for (int i = 0; i < count; i++)
		known[i] = cpus[i] != self && cpu_ticks(cpus[i], &before[i][0], &before[i][1]);
	usleep(WHILE_US);
	for (int i = 0; i < count; i++) {
		double share, all;

		if (!known[i] || !cpu_ticks(cpus[i], &after[0], &after[1]))
			continue;
		all = (double)(after[1] - before[i][1]);
		share = all > 0 ? (double)(after[0] - before[i][0]) / all : 0;
		if (share > most) {
			most = share;
			found = cpus[i];
		} else if (found == NOT_KNOWN) {
			found = ALL_IDLE;
		}
	}
	return found;
}

/* Whether the other threads of the core that run would choose are idle. */
struct finding doctor_smt(void)
{
	int siblings[CPU_AFFINITY_VCPUS], count, busy;
	struct cpu_affinity affinity;
	char text[128], *path, *list;

	cpu_affinity_choose(&affinity, NULL, 1, text, sizeof(text));
	if (!affinity.count)
		return doctor_found(NOTE,
				    xstrdup("one processor only: the vCPU shares it with QEMU"),
				    xstrdup("use a host with two or more"));
	path = xasprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
			 affinity.cpus[0]);
	list = host_text(path);
	free(path);
	count = list ? cpu_affinity_parse(list, siblings, CPU_AFFINITY_VCPUS) : 0;
	free(list);
	busy = count > 1 ? busiest(siblings, count, affinity.cpus[0]) : ALL_IDLE;
	if (count < 1 || busy == NOT_KNOWN)
		return doctor_found(
			NOTE,
			xasprintf("what shares its core with processor %d, where a vCPU would "
				  "run, cannot be read",
				  affinity.cpus[0]),
			NULL);
	if (count == 1)
		return doctor_found(
			GOOD,
			xasprintf("processor %d, where a vCPU would run, has its core alone",
				  affinity.cpus[0]),
			NULL);
	if (busy != ALL_IDLE)
		return doctor_found(
			NOTE,
			xasprintf("processor %d, where a vCPU would run, shares its core with %d, "
				  "which is busy",
				  affinity.cpus[0], busy),
			xasprintf("as root: echo 0 >/sys/devices/system/cpu/cpu%d/online", busy));
	return doctor_found(
		GOOD, xasprintf("what shares its core with processor %d is idle", affinity.cpus[0]),
		NULL);
}

struct finding doctor_isolation(void)
{
	char *isolated = host_text("/sys/devices/system/cpu/isolated");
	struct finding f;

	if (isolated && *isolated)
		f = doctor_found(GOOD, xasprintf("isolated processors: %s", isolated), NULL);
	else
		f = doctor_found(
			NOTE,
			xstrdup("no isolated processor: the host's own work interrupts the guest"),
			xstrdup("boot with isolcpus=managed_irq,domain,N nohz_full=N rcu_nocbs=N"));
	free(isolated);
	return f;
}

struct finding doctor_tsc(void)
{
	char *clock = host_text("/sys/devices/system/clocksource/clocksource0/current_clocksource");
	struct finding f;

	if (!host_cpu_flag("constant_tsc") || !host_cpu_flag("nonstop_tsc"))
		f = doctor_found(
			SPOILS,
			xstrdup("the TSC is not invariant (constant_tsc, nonstop_tsc): its ticks are no "
				"time"),
			xstrdup("use a processor that has it (CPUID 80000007H EDX bit 8)"));
	else if (clock && strcmp(clock, "tsc"))
		f = doctor_found(
			NOTE, xasprintf("clocksource %s: Linux does not trust this TSC", clock),
			xstrdup("look for \"Marking clocksource 'tsc' as unstable\" in dmesg"));
	else
		f = doctor_found(GOOD, xstrdup("the TSC is invariant"), NULL);
	free(clock);
	return f;
}
