/* SPDX-License-Identifier: GPL-2.0-only */
/* The probe's records (abi/record_fields.h) in a results file. */
#ifndef RESULTS_RECORDS_H
#define RESULTS_RECORDS_H

#include "record_fields.h"
#include "results/reader.h"
#include "results/results.h"

#define RECORD_TEXT_MAX 512 /* bytes of a text */

/* Whether @record, which may be anything, is of that kind. */
bool record_is(const json_t *record, enum record_kind kind);

/*
 * An operation's name, or a difference's: reader_string() by the rule of op_name.h.
 */
char *records_name(struct reader *r, const json_t *object, const char *member);

/* Ticks of the guest's TSC, also below 0; a number of what is counted. */
int64_t records_ticks(struct reader *r, const json_t *object, const char *member);
int64_t records_count(struct reader *r, const json_t *object, const char *member);

/* Add what @records, an array, says to @boot.  Errors are the reader's. */
void records_read(struct reader *r, const json_t *records, struct boot *boot);
void records_free(struct boot *boot);

/* The same of one record of its kind: record_meta.c, record_op.c. */
void records_read_meta(struct reader *r, const json_t *object, struct meta *meta);
void records_read_op(struct reader *r, const json_t *object, struct op_result *result);

/* The array @member of exits by reason. */
void records_read_reasons(struct reader *r, const json_t *object, const char *member,
			  struct reasons *reasons);

#endif
