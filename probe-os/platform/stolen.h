/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time that this vCPU loses without an exit of its own: to the host's scheduler, if KVM
 * reports it, and to system management interrupts.
 */
#ifndef PLATFORM_STOLEN_H
#define PLATFORM_STOLEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Set how long this vCPU was ready but did not run since the first call. Return false if
 * KVM does not report it. KVM accounts only during the call, because while it does,
 * every return from its userspace costs about 90 instructions more.
 */
bool steal_ns(uint64_t *ns);

/*
 * Make KVM report steal time of this vCPU from now on, or no longer, by one write to its
 * MSR. KVM must have the feature.
 */
void steal_report(bool on);

/* Set the number of SMIs since reset. Return false if the processor does not count them. */
bool smi_count(uint32_t *count);

#endif
