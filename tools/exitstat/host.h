/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_HOST_H
#define EXITSTAT_HOST_H

#include <stdint.h>

#include "exitstat/cpuid.h"
#include "exitstat/status.h"
#include "kvm_exit_stats.h"

/* A hypervisor's name and its end. */
#define HYPERVISOR_BYTES 13

/* What the host says of its exit statistics, leaf KVM_EXIT_STATS_INFO. */
struct host {
	unsigned int version;
	unsigned int isa; /* KVM_EXIT_STATS_ISA_* */
	unsigned int slots;
	uint32_t features;		   /* KVM_EXIT_STATS_FEATURE_* */
	enum kvm_exit_stats_layout course; /* of leaves 0x4ffffffc to 0x4fffffff */
	uint32_t epoch;
	uint32_t tsc_khz; /* 0 where it does not know */
};

/*
 * Whether the interface is there: its signature decides, and nothing else.
 * STATUS_OK fills @host; else what is in its place: STATUS_NOT_VM, _NOT_KVM with
 * the hypervisor's name in @hypervisor, _ABSENT or _VERSION.
 */
enum exitstat_status host_find(struct cpuid_source *source, struct host *host, char *hypervisor);

/*
 * Whether leaf KVM_EXIT_STATS_TOTAL, in layout merged, has all 64 bits of the exits, EDX:EAX, as the
 * leaf that was made for 64 bits: STATUS_OK or STATUS_WRAPPED.
 */
enum exitstat_status host_total_is_whole(struct cpuid_source *source);

/* The 64-bit number in @high:@low. */
static inline uint64_t pair(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

#endif
