/* SPDX-License-Identifier: GPL-2.0-only */
/* The changes in all series of a group. */
#ifndef HISTORY_ANALYSIS_H
#define HISTORY_ANALYSIS_H

#include "history/changes.h"
#include "history/record.h"

/* The parts are in the order of enum part, behind p50. */
enum history_metric { HISTORY_P50, HISTORY_PART, HISTORY_EXITS = HISTORY_PART + PART_COUNT };

#define HISTORY_METRICS (HISTORY_EXITS + 1)

extern const char *const history_metric_names[HISTORY_METRICS];

struct history_change {
	struct change_point point; /* @at: of the values */
	const struct point *first; /* of the new level */
	bool is_worse;
	bool is_taken_back; /* a later level is as low as the one before, or lower */
	bool is_asked;	    /* not before the run that was asked for */
};

/* An operation: what of its points have the metric. */
struct history_op {
	const struct series *series;
	size_t count;		     /* of values */
	const struct point **points; /* that have them */
	size_t change_count;
	struct history_change *changes;
	/* It was measured, and in the latest run it hung, faulted, failed or was lost. */
	const struct point *broken;
	bool is_broken_asked; /* as is_asked of a change */
};

struct analysis {
	const struct record *record;
	const struct group *group;
	enum history_metric metric;
	double threshold, level; /* as in struct change_rule, */
	size_t permutations;	 /* and this */
	size_t count;
	struct history_op *ops;
};

struct analysis_choice {
	enum history_metric metric;
	double threshold;  /* below 0: CHANGES_THRESHOLD, exact 0 */
	const char *since; /* the beginning of an id or a time; NULL: the first run */
};

struct analysis *analysis_of(const struct record *record, const struct group *group,
			     const struct analysis_choice *choice);
void analysis_free(struct analysis *analysis);

/* What the metric is of @point, in ticks or thousandths of an exit; false: it is not known. */
bool analysis_value(const struct point *point, enum history_metric metric, int64_t *value);

/* Of the level before, in per cent; false: that is too little for a ratio to mean anything. */
bool analysis_percent(const struct change_point *point, double *percent);

/*
 * How busy the host was in the runs of the level before and after, as "load_1min 0.4 -> 8.2", the
 * medians; "" if it was idle or that is not known.
 */
const char *analysis_load(const struct analysis *analysis, const struct history_op *op,
			  const struct history_change *change, char *text, size_t size);

/* How changes are found, in one line. */
const char *analysis_method(const struct analysis *analysis, char *text, size_t size);

/* "3169 -> 3210, +41 (+1.29 %), slower", exits with two decimals. */
const char *analysis_words(const struct analysis *analysis, const struct history_change *change,
			   char *text, size_t size);

/* A value as it is shown: ticks, or exits with two decimals. */
const char *analysis_text(const struct analysis *analysis, int64_t value, char *text, size_t size);

/* "0.0034", or "<1e-10" of what is too small to be meant: an approximation's tail. */
const char *analysis_p(const struct change_point *point, char *text, size_t size);

/* "slower" or "faster", "more exits" or "fewer exits". */
const char *analysis_direction(const struct analysis *analysis,
			       const struct history_change *change);

#endif
