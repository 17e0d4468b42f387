/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's exit statistics, which this vCPU reads by CPUID (abi/kvm_exit_stats.h).
 * Every read is itself one exit.
 */
#ifndef PLATFORM_COUNTERS_H
#define PLATFORM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "kvm_exit_stats.h"

struct counters_info {
	unsigned int version;
	unsigned int isa;   /* KVM_EXIT_STATS_ISA_* */
	uint32_t features;  /* KVM_EXIT_STATS_FEATURE_* */
	unsigned int slots; /* reasons that are counted separately */
	uint32_t epoch;	    /* it changes when the counters start again */
	uint32_t tsc_khz;   /* the host's */
};

struct counters_total {
	uint64_t exits;
	uint64_t kernel_cycles;
};

/* The stamps of the last completed exit, in this guest's TSC. */
struct counters_last {
	uint64_t exit_tsc;  /* the host gained control */
	uint64_t entry_tsc; /* the host gave it back */
};

/*
 * Find the leaves by their signature. Return false if the host has none, or if leaf 0x4fffffff,
 * which a sample reads, does not have the totals: only in layout merged it has all of their bits.
 */
bool counters_init(void);

/* Return the description of the leaves, or NULL before counters_init() or without them. */
const struct counters_info *counters_info(void);

/* Return the layout that counters_init() has found: merged, if there are no leaves. */
unsigned int counters_layout(void);

/* The VM's totals: exits, with that of this read, and cycles of completed exits. */
static inline struct counters_total counters_total(void)
{
	uint32_t eax = KVM_EXIT_STATS_TOTAL, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
	return (struct counters_total){ (uint64_t)edx << 32 | eax, (uint64_t)ebx << 32 | ecx };
}

static inline struct counters_last counters_last(void)
{
	uint32_t eax = KVM_EXIT_STATS_LAST, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
	return (struct counters_last){ (uint64_t)ebx << 32 | eax, (uint64_t)edx << 32 | ecx };
}

/* Read a counter, KVM_EXIT_STATS_EXITS and so on, of this vCPU or summed over the VM. */
uint64_t counters_vcpu(enum kvm_exit_stats_selector selector);
uint64_t counters_vm(enum kvm_exit_stats_selector selector);

/* Return the processor's number of the reason in @slot. */
uint32_t counters_slot_reason(unsigned int slot);

/* Return the exits for @reason of this vCPU or, with @vm, of all vCPUs. */
uint64_t counters_reason_exits(uint32_t reason, bool vm);

#endif
