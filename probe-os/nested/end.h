/* SPDX-License-Identifier: GPL-2.0-only */
/* What to say of an L2 that ended by another exit than it must. */
#ifndef NESTED_END_H
#define NESTED_END_H

#include <stdint.h>

#include "kvm_exit_stats.h"

/*
 * Return "L2 ended by INTR, not by VMMCALL". @isa is KVM_EXIT_STATS_ISA_*; the next
 * call overwrites the text.
 */
const char *end_text(unsigned int isa, uint32_t end, uint32_t wanted);

#endif
