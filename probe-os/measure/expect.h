/* SPDX-License-Identifier: GPL-2.0-only */
/* The exits that an operation's row expects. */
#ifndef MEASURE_EXPECT_H
#define MEASURE_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"

/* Return what @op should do on @isa (KVM_EXIT_STATS_ISA_*), or NULL if its row does not say. */
const struct expectation *expectation_of(const struct op *op, unsigned int isa);

/* Return whether @e names @reason. @e may be NULL. */
bool expectation_names(const struct expectation *e, uint32_t reason);

#endif
