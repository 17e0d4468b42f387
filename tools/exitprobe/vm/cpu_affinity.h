/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a VM's threads run: each vCPU alone on a processor, QEMU's other threads
 * elsewhere.
 */
#ifndef VM_CPU_AFFINITY_H
#define VM_CPU_AFFINITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CPU_AFFINITY_VCPUS 64

struct cpu_affinity {
	unsigned int count; /* vCPUs that get a processor; 0: none do */
	int cpus[CPU_AFFINITY_VCPUS];
};

/*
 * Choose processors for @vcpus: those of @list ("3", "2,3", "2-5"), or without one
 * isolated ones first, then the highest; "none", or too few to leave one for QEMU:
 * none.  False: @list is wrong, and @error says how.
 */
bool cpu_affinity_choose(struct cpu_affinity *affinity, const char *list, unsigned int vcpus,
			 char *error, size_t size);

/* Processors of a list as the kernel writes it, "0-3,8"; -1: it is no such list. */
int cpu_affinity_parse(const char *list, int *cpus, size_t max);

/* Bind thread @thread, of the VM's process @pid, to vCPU @index's processor. */
bool cpu_affinity_bind_vcpu(const struct cpu_affinity *affinity, unsigned int index, pid_t thread);

/* Bind all threads of @pid but the @count in @vcpu_threads to the other processors. */
void cpu_affinity_bind_others(const struct cpu_affinity *affinity, pid_t pid,
			      const pid_t *vcpu_threads, size_t count);

#endif
