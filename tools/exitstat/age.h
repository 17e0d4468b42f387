/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_AGE_H
#define EXITSTAT_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include "exitstat/cpuid.h"

/* How old the VM is, by the states of one of its vCPUs, which add up to the vCPU's age. */
struct age {
	uint64_t cycles, paused_cycles; /* of the host's TSC; the latter is in the former */
	uint64_t up_ns;			/* since the guest's kernel began, with suspended time */
};

/* Of the vCPU that executes CPUID at @source. Without @pinned the caller is kept there meanwhile. */
void age_read(struct age *age, struct cpuid_source *source, bool pinned);

/*
 * The age in seconds of the statistics, which is the VM's if it has had them from the beginning, or
 * 0 if the host does not know its TSC's frequency.
 */
double age_seconds(const struct age *age, uint32_t tsc_khz);

/*
 * Whether the guest's kernel began before the statistics did, as where the host has switched them
 * on since: then they say nothing of the time before. False if the TSC's frequency is not known.
 */
bool age_is_younger(const struct age *age, uint32_t tsc_khz);

/*
 * How many seconds after the VM had begun to run the guest's kernel began, the VM's pauses not
 * counted; at least 0.
 */
double age_before_boot(const struct age *age, uint32_t tsc_khz);

/* Whether that is longer than firmware and boot loader take: then the guest has rebooted. */
bool age_rebooted(const struct age *age, uint32_t tsc_khz);

#endif
