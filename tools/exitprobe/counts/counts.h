/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which a host counts exits (vm/counting.h), from the one that shows most to
 * the one that shows nothing.
 */
#ifndef COUNTS_COUNTS_H
#define COUNTS_COUNTS_H

#include <jansson.h>
#include <stdbool.h>

#include "vm/counting.h"

extern const struct counting counts_leaf;  /* KVM with the patch or the module, by CPUID */
extern const struct counting counts_trace; /* KVM's tracepoints, as root */
extern const struct counting counts_stats; /* KVM's own statistics, by QEMU's monitor */
extern const struct counting counts_none;  /* nobody counts */

/* All of them in this order, NULL at the end. */
extern const struct counting *const counts_ways[];

/* The way of that name, or NULL. */
const struct counting *counts_find(const char *name);

/* "leaf, stats or none" */
const char *counts_names(void);

/*
 * The ways to try, from the best that this host allows on, NULL at the end.  *@why: what
 * speaks against the better ones, in words for the caller to free; NULL: nothing does.
 */
const struct counting *const *counts_allowed(char **why);

/* @count for each of @operations, to thousandths; a whole number as such. */
json_t *counts_per_operation(json_int_t count, double operations);

#endif
