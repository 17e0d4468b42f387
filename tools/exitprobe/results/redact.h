/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A results document without what tells whose machine it was: the kernel's command line,
 * and own name, paths, QEMU's arguments.  What is not known to be harmless goes:
 * docs/results.md has what stays.
 */
#ifndef RESULTS_REDACT_H
#define RESULTS_REDACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "results/results.h"

/* In the place of a text that is taken out. */
#define REDACTED "redacted"

/* @document, which must be a results file's that can be read, is changed. */
void redact_document(json_t *document);

/*
 * As results_load(); if @redact, redacted, and called @name in all that is shown: for an option
 * --redact.
 */
struct results *redact_load(bool redact, const char *path, const char *name, char *message,
			    size_t size);

/* The name that a file has in a redacted comparison: "base", "new", "new 2". */
const char *redact_file(size_t index);

#endif
