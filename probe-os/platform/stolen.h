/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time that is taken from this vCPU without an exit of its own: by the host's
 * scheduler, as far as KVM tells it, and by system management interrupts.
 */
#ifndef PLATFORM_STOLEN_H
#define PLATFORM_STOLEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How long this vCPU was ready to run and did not since the first call.  False
 * if nobody tells.  KVM is asked only for the time of the call: while it
 * accounts, every return from its userspace costs about 90 instructions more.
 */
bool steal_ns(uint64_t *ns);

/* SMIs since reset.  False if the processor does not count them. */
bool smi_count(uint32_t *count);

#endif
