/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticks in nanoseconds, where a results file says how long its tick is. */
#ifndef RESULTS_TICK_H
#define RESULTS_TICK_H

#include <stdbool.h>
#include <stddef.h>

#include "results/results.h"

#define TICK_TEXT_SIZE 32

/*
 * Nanoseconds of a tick.  0: not known, since the unit is not the TSC's cycles, no boot
 * has the TSC's frequency, or boots of different frequencies are in the file.
 */
double tick_ns(const struct results *results);

/*
 * How much longer @now_ticks of the one file are than @base_ticks of the other, in
 * nanoseconds; false where either file's tick is not known.
 */
bool tick_difference_ns(const struct results *base, int64_t base_ticks, const struct results *now,
			int64_t now_ticks, double *ns);

/* @ns with three digits that count: "0.36", "23.5", "1131"; at most TICK_TEXT_SIZE. */
const char *tick_text(double ns, char *text, size_t size);

/* The same with a sign. */
const char *tick_change_text(double ns, char *text, size_t size);

#endif
