/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's exit statistics as this vCPU reads them by CPUID
 * (abi/kvm_exit_stats.h).  Every read is itself one exit.
 */
#ifndef PLATFORM_COUNTERS_H
#define PLATFORM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "kvm_exit_stats.h"

struct counters_info {
	unsigned int version;
	unsigned int isa;   /* KVM_EXIT_STATS_ISA_* */
	unsigned int slots; /* reasons that are counted apart */
	uint32_t epoch;	    /* a new one: the counters began again */
	uint32_t tsc_khz;   /* the host's */
};

struct counters_total {
	uint64_t exits;
	uint64_t kernel_cycles;
};

/* The last completed exit, in this guest's TSC. */
struct counters_last {
	uint64_t exit_tsc;  /* the host gained control */
	uint64_t entry_tsc; /* the host gave it back */
};

/* Look for the leaves, by their signature.  False if they are not there. */
bool counters_init(void);

/* What the leaves say of themselves; NULL before counters_init() and without them. */
const struct counters_info *counters_info(void);

/* VM total: exits, this read's included, and cycles of completed exits. */
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

/* One of KVM_EXIT_STATS_EXITS ...: of this vCPU, summed over the VM. */
uint64_t counters_vcpu(enum kvm_exit_stats_selector selector);
uint64_t counters_vm(enum kvm_exit_stats_selector selector);

/* The processor's number for the reason in @slot. */
uint32_t counters_slot_reason(unsigned int slot);

/* Exits for @reason: of this vCPU or, with @vm, of all. */
uint64_t counters_reason_exits(uint32_t reason, bool vm);

#endif
