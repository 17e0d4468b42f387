/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A history in memory: its runs in groups of those that can be compared, and in each group a
 * series of figures for each operation.
 */
#ifndef HISTORY_RECORD_H
#define HISTORY_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/store.h"
#include "history/summary.h"

#define GROUP_NAME_SIZE 9

struct run {
	char id[STORE_ID_SIZE], time[21];
	size_t group; /* its place in the record */
	size_t fact_count;
	struct fact *facts;
	const char *kernel; /* "" if it is not known */
	const char *host;   /* the same */
	int64_t boots;
	double load; /* of the host before the run; below 0: not known */
	bool complete;
	size_t measured; /* operations */
};

/* An operation in one run; times are in the group's unit. */
struct point {
	int64_t p50, ci_low, ci_high, exits_milli, parts[PART_COUNT];
	uint32_t run;  /* its place in the group */
	uint8_t known; /* a bit for each part */
	uint8_t outcome;
	bool counted, is_broken; /* in some boot */
};

struct series {
	char *op;
	size_t count, room;
	struct point *points; /* in the order of the group's runs */
};

struct group {
	char name[GROUP_NAME_SIZE]; /* a hash of the key */
	char *key;		    /* what all of its runs have alike, in lines */
	char *title;		    /* the same, shorter, in one line */
	char *unit;
	bool is_exact; /* its runs are of the deterministic lab */
	size_t run_count;
	size_t *runs; /* places in the record, in the order of the series */
	size_t series_count;
	struct series *series;
	json_t *index; /* their places by operation */
};

struct record {
	char *directory;
	struct store store;
	size_t run_count;
	struct run *runs; /* from the earliest to the latest */
	size_t group_count;
	struct group *groups; /* that of the latest run first */
	json_t *texts;	      /* those of the facts, each once */
	size_t unsaved;	      /* runs without a summary that could be written */
};

struct record_choice {
	const char *const *ops; /* @op_count names or patterns with * and ?; none: all */
	size_t op_count;
	const char *group;  /* the beginning of its name, or NULL: all */
	bool is_same_build; /* runs of other kernels, modules or QEMUs are in other groups */
	bool is_by_kernel;  /* series are in the order of the kernels' versions */
};

/* NULL: @message says why, in one line. */
struct record *record_load(const char *directory, const struct record_choice *choice, char *message,
			   size_t size);
void record_free(struct record *record);

/*
 * Bring the groups, and by choice their runs, into their order: in arrange.c.  False, with
 * @message: there is no group as chosen.
 */
bool record_arrange(struct record *record, const struct record_choice *choice, char *message,
		    size_t size);

const struct run *record_run(const struct record *record, const struct group *group, size_t place);

/*
 * What else was different at a run than at the one before in its group, as "build: kvm, kernel
 * Linux 6.1 -> Linux 6.12"; "" if nothing is known.
 */
const char *record_differences(const struct record *record, const struct group *group, size_t place,
			       char *text, size_t size);

#endif
