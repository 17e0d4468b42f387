/* SPDX-License-Identifier: GPL-2.0-only */
/* Why an L2 did not end as it must. */
#ifndef NESTED_END_H
#define NESTED_END_H

#include <stdint.h>

#include "kvm_exit_stats.h"

/* Make the next end_failed() return @text; NULL: nothing has failed. */
void end_fail(const char *text);

/*
 * The same, "L2 ended by INTR, not by VMMCALL": @end and @wanted are the processor's numbers,
 * @isa is KVM_EXIT_STATS_ISA_*. If it was an interrupt, this takes the timer's.
 */
void end_fail_by(unsigned int isa, uint32_t end, uint32_t wanted);

/* Why an L2 since the last call did not end as it must, or NULL; overwritten by the next failure. */
const char *end_failed(void);

#endif
