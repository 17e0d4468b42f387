/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_COUNTERS_H
#define EXITSTAT_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "exitstat/age.h"
#include "exitstat/cpuid.h"
#include "exitstat/host.h"
#include "kvm_exit_stats.h"

/* Whose counters: the VM's sums, or those of the vCPU that executes CPUID. */
struct scope {
	struct cpuid_source source;
	bool vcpu;
	unsigned int cpu; /* the guest's number of it; with @vcpu */
	bool two_leaves;  /* for the VM's totals: layout merged alone has them in one */
};

/* The host's exit reasons, by their order there. */
struct layout {
	unsigned int isa;
	unsigned int nr;
	unsigned int cpuid; /* which of them is CPUID's */
	uint32_t *codes;
	/* Numbers among the host's slots that the processor does not define; in @codes' memory. */
	unsigned int nr_undefined;
	uint32_t *undefined;
};

/* The selectors that there are per reason, and all of them. */
#define SELECTORS_PER_REASON (KVM_EXIT_STATS_HALTED + 1)
#define SELECTORS	     (KVM_EXIT_STATS_PAUSED + 1)

/* By selector: exits, kernel, user, halted; cycles are the host's TSC. */
struct counters {
	uint64_t val[SELECTORS_PER_REASON];
};

/* A value, and how many CPUIDs exitstat had executed, the one that read it included. */
struct stamped {
	uint64_t value, own;
};

/* What exitstat's own reading moves. */
struct edge {
	uint32_t epoch, course; /* the latter: the bits of KVM_EXIT_STATS_LAYOUT_MASK */
	struct stamped exits, kernel, cpuid_exits, cpuid_kernel;
};

struct snapshot {
	uint64_t time_ns;
	struct age age; /* whoever takes the snapshot reads it besides */
	struct edge open, close;
	uint64_t val[SELECTORS];  /* exits and kernel are in @open */
	struct counters *reasons; /* CPUID's are in @open */
	uint64_t foreign;	  /* exits between open and close that are not exitstat's */
};

/* What came between two snapshots, exitstat's own CPUIDs taken off. */
struct delta {
	uint64_t time_ns;
	uint64_t own;	  /* exits that were taken off; since creation, that are in it */
	uint64_t foreign; /* exits within the readings: in the total, but perhaps in no reason */
	uint64_t val[SELECTORS];
	struct counters *reasons;
};

/* The reasons that @host counts.  Executes two CPUIDs for each. */
void layout_read(struct cpuid_source *source, const struct host *host, struct layout *layout);

void snapshot_init(struct snapshot *snapshot, const struct layout *layout);
void delta_init(struct delta *delta, const struct layout *layout);

/*
 * Reads all counters of @scope, again if the VM had exits meanwhile, until there
 * were none or @tries readings are made.
 */
void snapshot_take(struct snapshot *snapshot, struct scope *scope, const struct layout *layout,
		   unsigned int tries);

/*
 * @delta = @after - @before.  STATUS_RESTARTED where the counters are other ones,
 * STATUS_LAYOUT where the leaf of the total has changed its meaning, STATUS_WRAPPED where they can
 * only have wrapped at 32 bits.
 */
enum exitstat_status delta_between(struct delta *delta, const struct layout *layout,
				   const struct snapshot *before, const struct snapshot *after);

/* Exits and kernel cycles so far, and nothing else of @delta. */
void total_take(struct delta *delta, struct scope *scope);

/* @delta = everything until @now; its exits are what the total's leaf said. */
enum exitstat_status delta_since_creation(struct delta *delta, const struct layout *layout,
					  const struct snapshot *now);

/* @sum += @delta, but for the time. */
void delta_add(struct delta *sum, const struct layout *layout, const struct delta *delta);

/* Nanoseconds of the guest's monotonic clock. */
uint64_t now_ns(void);

#endif
