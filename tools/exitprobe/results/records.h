/* SPDX-License-Identifier: GPL-2.0-only */
/* The probe's records (abi/records.schema.json) in a results file. */
#ifndef RESULTS_RECORDS_H
#define RESULTS_RECORDS_H

#include "results/reader.h"
#include "results/results.h"

#define RECORD_TEXT_MAX 512 /* bytes of a text */

/*
 * An operation's name, or a difference's: reader_string() of a-z, 0-9 and - only, since
 * it stands as it is in all that is made of results.
 */
char *records_name(struct reader *r, const json_t *object, const char *member);

/* Add what @records, an array, says to @boot.  Errors are the reader's. */
void records_read(struct reader *r, const json_t *records, struct boot *boot);
void records_read_meta(struct reader *r, const json_t *object, struct meta *meta);
void records_free(struct boot *boot);

#endif
