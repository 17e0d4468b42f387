/* SPDX-License-Identifier: GPL-2.0-only */
/* Which exit reasons an operation has, and what the manuals call them. */
#ifndef MEASURE_REASONS_H
#define MEASURE_REASONS_H

#include <stdint.h>

#include "measure/sample.h"

/* Learn the reasons of the host's @slots, and what reading them all costs. */
void reasons_init(unsigned int slots);

/*
 * Run @op once between two readings of every reason's counter, and again if
 * that saw another number of exits than @exits.  Fills @reasons with at most
 * @max of them, the lowest numbers first; returns how many, 0 if the host never
 * left the operation alone.
 */
unsigned int reasons_of(const struct op *op, int64_t exits, struct reason_count *reasons,
			unsigned int max);

#endif
