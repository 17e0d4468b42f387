/* SPDX-License-Identifier: GPL-2.0-only */
/* The run: what was selected, measured one after the other and told. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "lib/nearest.h"
#include "options.h"

/*
 * The first of the comma-separated @globs that means no operation, with its
 * length in @length; NULL if each means some.
 */
const char *run_unknown_glob(const char *globs, size_t *length);

/* The operations whose names are near to the @length characters of @glob. */
void run_nearest(const char *glob, size_t length, struct nearest *near);

/* Whether @options selects any operation at all. */
bool run_has_operations(const struct options *options);

/* Measure what @options selects.  @command_line is for the records. */
void run_all(const struct options *options, const char *command_line);

#endif
