/* SPDX-License-Identifier: GPL-2.0-only */
/* The run measures the selected operations one after the other and reports them. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "lib/nearest.h"
#include "options.h"

/*
 * Return the first of the comma-separated @globs that matches no operation, and set
 * @length to its length. Return NULL if each of them matches one.
 */
const char *run_unknown_glob(const char *globs, size_t *length);

/* Find the operations whose names are near to the @length characters of @glob. */
void run_nearest(const char *glob, size_t length, struct nearest *near);

/* Return whether @options selects any operation. */
bool run_has_operations(const struct options *options);

/* Measure the operations that @options selects. The records contain @command_line. */
void run_all(const struct options *options, const char *command_line);

#endif
