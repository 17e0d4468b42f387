/* SPDX-License-Identifier: GPL-2.0-only */
/* The command by which a results file was made, and what it says of the run. */
#ifndef RESULTS_COMMAND_H
#define RESULTS_COMMAND_H

#include "results/reader.h"
#include "results/results.h"

/* Read the member "command" of @document.  Errors are the reader's. */
void command_read(struct reader *r, const json_t *document, struct results *results);

#endif
