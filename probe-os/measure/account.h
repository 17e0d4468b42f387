/* SPDX-License-Identifier: GPL-2.0-only */
/* Tell the operation's exits, which its row expects, from the host's. */
#ifndef MEASURE_ACCOUNT_H
#define MEASURE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "measure/batch.h"
#include "measure/measurement.h"
#include "measure/reasons.h"

/* Add @exits to the count of @reason in @c. Ignore reasons beyond REASONS_MAX. */
void reason_counts_add(struct reason_counts *c, uint32_t reason, uint64_t exits);

/* Add the figures of @own to @m, per operation. */
void account_batch(struct measurement *m, const struct batch *own);

/*
 * Add to @m the host's exits during @runs samples, which were taken between the
 * two readings. A reason counts only if the operation's exits for it, which the
 * batch @all shows, are a whole number per run.
 */
void account_host_exits(struct measurement *m, const struct reading *before,
			const struct reading *after, size_t runs, const struct batch *all);

/* Compare the exits of @m with the expectation of its row. */
enum agreement account_agreement(const struct measurement *m);

#endif
