/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether what was seen is what an operation's row says. */
#ifndef MEASURE_EXPECT_H
#define MEASURE_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "ops/ops.h"

/* What @op should do on @isa (KVM_EXIT_STATS_ISA_*); NULL if its row does not say. */
const struct expectation *expectation_of(const struct op *op, unsigned int isa);

/* Whether @reason is one of those that @e, which may be NULL, names. */
bool expectation_names(const struct expectation *e, uint32_t reason);

#endif
