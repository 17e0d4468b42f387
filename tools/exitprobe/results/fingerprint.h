/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The member of a results file that says what was measured with what: fingerprint.h.
 */
#ifndef RESULTS_FINGERPRINT_H
#define RESULTS_FINGERPRINT_H

#include "results/reader.h"
#include "results/results.h"

/* Files of before there were fingerprints have none. */
void fingerprint_read(struct reader *r, const json_t *document, struct results *results);
void fingerprint_free(struct results *results);

#endif
