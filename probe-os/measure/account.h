/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose exits they were: the operation's, as its row expects them, or the host's. */
#ifndef MEASURE_ACCOUNT_H
#define MEASURE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "measure/batch.h"
#include "measure/measurement.h"
#include "measure/reasons.h"

/* Add to what @c has of @reason; past REASONS_MAX reasons nothing is added. */
void reason_counts_add(struct reason_counts *c, uint32_t reason, uint64_t exits);

/* The figures of @own, per operation, to @m. */
void account_batch(struct measurement *m, const struct batch *own);

/*
 * What was not the operation's while @runs samples were taken between two
 * readings, to @m: told where the operation's own exits, of which @all are the
 * batch's, are a whole number per run.
 */
void account_foreign(struct measurement *m, const struct reading *before,
		     const struct reading *after, size_t runs, const struct batch *all);

/* Whether @m is what its row expects. */
enum agreement account_agreement(const struct measurement *m);

#endif
