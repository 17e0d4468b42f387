// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/cpuid.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exitstat/status.h"

struct cpuid_regs cpuid(struct cpuid_source *source, uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs regs;

	source->read(source->context, leaf, subleaf, &regs);
	source->reads++;
	return regs;
}

static void read_here(void *context, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *regs)
{
	(void)context;
	__cpuid_count(leaf, subleaf, regs->eax, regs->ebx, regs->ecx, regs->edx);
}

void cpuid_source_here(struct cpuid_source *source)
{
	*source = (struct cpuid_source){ .read = read_here };
}

/* The position in the file is the leaf, and above it the subleaf. */
static void read_kernel(void *context, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *regs)
{
	int fd = (int)(intptr_t)context;
	ssize_t n = pread(fd, regs, sizeof(*regs), (off_t)((uint64_t)subleaf << 32 | leaf));

	if (n != sizeof(*regs))
		die(STATUS_SYSTEM, "reading CPUID leaf 0x%x by the guest's kernel: %s", leaf,
		    n < 0 ? strerror(errno) : "cut short");
}

bool cpuid_source_kernel(struct cpuid_source *source, unsigned int cpu)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/dev/cpu/%u/cpuid", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	*source = (struct cpuid_source){ .read = read_kernel, .context = (void *)(intptr_t)fd };
	return true;
}

unsigned int some_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : (unsigned int)cpu;
}

cpu_set_t *affinity(void)
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);

	if (!set)
		die(STATUS_SYSTEM, "no memory for a set of %d CPUs", MAX_CPUS);
	if (sched_getaffinity(0, CPU_ALLOC_SIZE(MAX_CPUS), set))
		die(STATUS_SYSTEM, "sched_getaffinity: %s", strerror(errno));
	return set;
}

void unpin(cpu_set_t *before)
{
	if (sched_setaffinity(0, CPU_ALLOC_SIZE(MAX_CPUS), before))
		die(STATUS_SYSTEM, "sched_setaffinity: %s", strerror(errno));
	CPU_FREE(before);
}

void pin(unsigned int cpu)
{
	size_t size = CPU_ALLOC_SIZE(cpu + 1);
	cpu_set_t *set = CPU_ALLOC(cpu + 1);

	if (!set)
		die(STATUS_SYSTEM, "no memory for a set of %u CPUs", cpu + 1);
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	if (sched_setaffinity(0, size, set))
		die(STATUS_CPU,
		    "CPU %u: cannot run there: %s; see /sys/devices/system/cpu/online for which there are",
		    cpu, strerror(errno));
	CPU_FREE(set);
}

int parse_cpu_list(const char *text, unsigned int *cpus, int max)
{
	long next = 0;
	int count = 0;

	for (;;) {
		char *end;
		long first, last;

		if (*text < '0' || *text > '9')
			return -1;
		first = last = strtol(text, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtol(end + 1, &end, 10);
		if (first < next || last < first || last - first >= max - count)
			return -1;
		for (long cpu = first; cpu <= last; cpu++)
			cpus[count++] = (unsigned int)cpu;
		next = last + 1;
		if (*end == '\0' || *end == '\n')
			return count;
		if (*end != ',')
			return -1;
		text = end + 1;
	}
}
