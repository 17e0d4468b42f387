/* SPDX-License-Identifier: GPL-2.0-only */
/* What it costs that a program on the host watches exits, and what it does not see of them. */
#ifndef MEASURE_WATCHING_H
#define MEASURE_WATCHING_H

#include "count_channel.h"
#include "measure/measurement.h"

/* Measure it and tell the host. Call it after host_counts_init(), if that sees each exit. */
void watching_weigh(const struct plan *plan);

/* All 0 if no host watches. */
const struct watching_costs *watching_costs(void);

#endif
