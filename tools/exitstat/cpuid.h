/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_CPUID_H
#define EXITSTAT_CPUID_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many as Linux can have on x86. */
#define MAX_CPUS 8192

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/*
 * Where CPUID is executed.  Every one of them is an exit, of exitstat's own
 * making: @reads counts them, so that they can be taken off again.
 */
struct cpuid_source {
	void (*read)(void *context, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *regs);
	void *context;
	uint64_t reads;
};

/* Executes CPUID at @source. */
struct cpuid_regs cpuid(struct cpuid_source *source, uint32_t leaf, uint32_t subleaf);

/* The instruction itself, on whatever CPU the caller runs on. */
void cpuid_source_here(struct cpuid_source *source);

/*
 * The guest's kernel executes it, on CPU @cpu: Linux' /dev/cpu/N/cpuid, for root
 * and with the module cpuid.  False with errno if there is no such way.
 */
bool cpuid_source_kernel(struct cpuid_source *source, unsigned int cpu);

/* A CPU that the caller runs on, for what any of them answers. */
unsigned int some_cpu(void);

/* The calling process runs on @cpu alone from now on; ends the program if it cannot. */
void pin(unsigned int cpu);

/* Where it may run now; unpin() gives it that back, and frees it. */
cpu_set_t *affinity(void);
void unpin(cpu_set_t *before);

/*
 * Reads a list as "0-3,5" of at most @max numbers, in rising order.  Their number,
 * or -1 for anything else.
 */
int parse_cpu_list(const char *text, unsigned int *cpus, int max);

#endif
