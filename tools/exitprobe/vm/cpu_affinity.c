// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/cpu_affinity.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/host.h"

int cpu_affinity_parse(const char *list, int *cpus, size_t max)
{
	const char *at = list;
	int count = 0;

	while (*at) {
		char *end;
		long first = strtol(at, &end, 10), last = first;

		if (end == at || *at == '-' || *at == '+' || *at == ' ')
			return -1;
		if (*end == '-') {
			at = end + 1;
			last = strtol(at, &end, 10);
			if (end == at || *at == '-' || *at == '+' || *at == ' ')
				return -1;
		}
		if (first > last || last >= CPU_SETSIZE || (*end && *end != ','))
			return -1;
		for (long cpu = first; cpu <= last && (size_t)count < max; cpu++)
			cpus[count++] = (int)cpu;
		if (*end && !end[1])
			return -1;
		at = *end ? end + 1 : end;
	}
	return count;
}

/* As the kernel writes a list: "0-3,8". */
static const char *list_text(const cpu_set_t *set, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (int cpu = 0; cpu < CPU_SETSIZE && used < size; cpu++) {
		int first = cpu;

		if (!CPU_ISSET(cpu, set))
			continue;
		while (cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, set))
			cpu++;
		used += (size_t)snprintf(text + used, size - used, "%s%d", used ? "," : "", first);
		if (cpu > first && used < size)
			used += (size_t)snprintf(text + used, size - used, "-%d", cpu);
	}
	return text;
}

static bool add(struct cpu_affinity *affinity, int cpu, const cpu_set_t *allowed)
{
	if (!CPU_ISSET(cpu, allowed))
		return false;
	for (unsigned int i = 0; i < affinity->count; i++)
		if (affinity->cpus[i] == cpu)
			return false;
	affinity->cpus[affinity->count++] = cpu;
	return true;
}

static bool take_list(struct cpu_affinity *affinity, const char *list, unsigned int vcpus,
		      const cpu_set_t *allowed, char *error, size_t size)
{
	int cpus[CPU_AFFINITY_VCPUS];
	char there[128];
	int count = cpu_affinity_parse(list, cpus, CPU_AFFINITY_VCPUS);

	if (count < 1) {
		snprintf(error, size, "--pin %s: must be processors as 3 or 2,3 or 2-5, or none",
			 list);
		return false;
	}
	for (int i = 0; i < count; i++) {
		if (affinity->count >= vcpus || add(affinity, cpus[i], allowed))
			continue;
		if (CPU_ISSET(cpus[i], allowed))
			snprintf(error, size, "--pin %s: processor %d is named twice", list,
				 cpus[i]);
		else
			snprintf(error, size,
				 "--pin %s: processor %d is not available; available are %s", list,
				 cpus[i], list_text(allowed, there, sizeof(there)));
		return false;
	}
	if (affinity->count < vcpus) {
		snprintf(error, size, "--pin %s: names %d processors for %u vCPUs", list, count,
			 vcpus);
		return false;
	}
	return true;
}

/* What a cpuset leaves to us: the kernel cuts off the rest of what is asked for. */
static void all_reachable(cpu_set_t *set)
{
	cpu_set_t own;

	if (sched_getaffinity(0, sizeof(own), &own)) {
		CPU_ZERO(set);
		return;
	}
	memset(set, 0xff, sizeof(*set));
	if (sched_setaffinity(0, sizeof(*set), set) || sched_getaffinity(0, sizeof(*set), set))
		*set = own;
	sched_setaffinity(0, sizeof(own), &own);
}

bool cpu_affinity_choose(struct cpu_affinity *affinity, const char *list, unsigned int vcpus,
			 char *error, size_t size)
{
	int isolated[CPU_AFFINITY_VCPUS];
	cpu_set_t allowed, reachable;
	char *text;
	int count;

	*affinity = (struct cpu_affinity){ 0 };
	if (list && !strcmp(list, "none"))
		return true;
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		CPU_ZERO(&allowed);

	/* Isolated processors are not in our own affinity, but may be asked for. */
	all_reachable(&reachable);
	text = host_text("/sys/devices/system/cpu/isolated");
	count = text ? cpu_affinity_parse(text, isolated, CPU_AFFINITY_VCPUS) : 0;
	free(text);
	for (int i = 0; i < count; i++) {
		if (CPU_ISSET(isolated[i], &reachable))
			CPU_SET(isolated[i], &allowed);
	}
	if (list)
		return take_list(affinity, list, vcpus, &allowed, error, size);
	if (vcpus > CPU_AFFINITY_VCPUS || (unsigned int)CPU_COUNT(&allowed) < vcpus + 1)
		return true;
	for (int i = 0; i < count && affinity->count < vcpus; i++)
		add(affinity, isolated[i], &allowed);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && affinity->count < vcpus; cpu--)
		add(affinity, cpu, &allowed);
	return true;
}

bool cpu_affinity_bind_vcpu(const struct cpu_affinity *affinity, unsigned int index, pid_t thread)
{
	cpu_set_t set;

	if (index >= affinity->count)
		return false;
	CPU_ZERO(&set);
	CPU_SET(affinity->cpus[index], &set);
	return !sched_setaffinity(thread, sizeof(set), &set);
}

void cpu_affinity_bind_others(const struct cpu_affinity *affinity, pid_t pid,
			      const pid_t *vcpu_threads, size_t count)
{
	struct dirent *entry;
	cpu_set_t set;
	char path[32];
	DIR *tasks;

	if (sched_getaffinity(0, sizeof(set), &set))
		return;
	for (unsigned int i = 0; i < affinity->count; i++)
		CPU_CLR(affinity->cpus[i], &set);
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = CPU_COUNT(&set) ? opendir(path) : NULL;
	while (tasks && (entry = readdir(tasks))) {
		pid_t thread = (pid_t)atoi(entry->d_name);
		size_t i = 0;

		while (i < count && vcpu_threads[i] != thread)
			i++;
		if (thread > 0 && i == count)
			sched_setaffinity(thread, sizeof(set), &set);
	}
	if (tasks)
		closedir(tasks);
}
