/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways in which exits are counted, in words. */
#ifndef RESULTS_WAYS_H
#define RESULTS_WAYS_H

#include <stdbool.h>

#include "record_fields.h"

extern const char *const way_names[]; /* "leaf", as --counts has it */

/* "KVM's own statistics" */
const char *way_title(enum way way);

/* Whether it counts the exits of each sample, and not only of a batch. */
bool way_counts_samples(enum way way);

/* What it shows and what it cannot show: "exits per operation and hints ..., but no ...". */
const char *way_shows(enum way way);

#endif
