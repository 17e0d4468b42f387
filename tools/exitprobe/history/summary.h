/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a history reads of a run: its figures without the samples, a hundredth of the results
 * file.  Lines of fields with tabs between them; the first has the format and the size of the
 * run's file, the last a CRC-32 of the lines above it.  Others may have written it: it is
 * checked like a results file.
 */
#ifndef HISTORY_SUMMARY_H
#define HISTORY_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/merge.h"

/* Where a fact comes from; the file has the letter. */
enum fact_kind { FACT_RUN = 'r', FACT_MACHINE = 'm', FACT_BUILD = 'b' };

/* One thing that is known of a run. */
struct fact {
	enum fact_kind kind;
	const char *name, *value;
};

/* An operation: its boots as one. */
struct summary_op {
	const char *name;
	enum outcome outcome;
	size_t broken_boots;
	bool counted;
	int64_t p50, ci_low, ci_high, exits_milli;
	struct parts parts;
};

struct summary {
	int64_t bytes; /* of the results file */
	size_t fact_count, op_count;
	struct fact *facts;
	struct summary_op *ops;
	size_t fact_room, op_room; /* that are allocated */
};

/* The summary of @merged, whose texts it takes; @numbers has room for those that are made. */
struct summary_numbers {
	char text[12][24];
};
void summary_of(struct summary *summary, const struct merged *merged, int64_t bytes,
		struct summary_numbers *numbers);

/*
 * Read @length bytes of @text, which must end with a NUL and are changed: the summary's texts
 * are in it.  What @summary had allocated is used again.  False: it is none, or is cut off.
 */
bool summary_parse(struct summary *summary, char *text, size_t length);

/* Its text, allocated; @length without the NUL. */
char *summary_text(const struct summary *summary, size_t *length);

void summary_free(struct summary *summary);

/* The value of that fact, or NULL. */
const char *summary_fact(const struct summary *summary, enum fact_kind kind, const char *name);

/* Where the summary of a run of @directory is, allocated. */
char *summary_path(const char *directory, const char *id);

/*
 * Write the summary of a run whose file has so many bytes.  A summary that cannot be written
 * is not missed: it is made whenever it is not there.
 */
bool summary_save(const char *directory, const char *id, const struct results *results,
		  int64_t bytes);

#endif
