/* SPDX-License-Identifier: GPL-2.0-only */
/* The points of a series as a plot has room for them. */
#ifndef HISTORY_DOWNSAMPLE_H
#define HISTORY_DOWNSAMPLE_H

#include "history/analysis.h"

#define PLOT_POINTS 240 /* at most */

/* Runs that are one point of a plot: one, or the same number of consecutive ones. */
struct bucket {
	bool has_value;
	int64_t median, low, high; /* of one run: its value, and p50's interval */
	uint8_t known;		   /* parts, a bit for each */
	int64_t parts[PART_COUNT]; /* means */
};

/* How many points a group's plots have, and which runs are the first and last of one. */
size_t bucket_count(const struct group *group);
size_t bucket_first(const struct group *group, size_t bucket);
size_t bucket_last(const struct group *group, size_t bucket);

/* The point that a run is in. */
size_t bucket_of(const struct group *group, size_t run);

/* All of an operation's, bucket_count() of them, allocated. */
struct bucket *buckets_of(const struct analysis *analysis, const struct history_op *op);

#endif
