/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples that took the same path, and what each path comes to.
 */
#ifndef PROFILE_PATHS_H
#define PROFILE_PATHS_H

#include "profile/boot.h"

/* Samples with the same windows. */
struct group {
	const struct trace_sample *sample; /* the first */
	uint64_t samples, insns;	   /* of one, in windows */
	bool whole;			   /* all its windows were kept */
};

/*
 * Group the operation's samples, the last @taken of the log.  *@groups is allocated,
 * those that most samples took first.  Returns how many there are.
 */
size_t paths_group(const struct trace *t, uint64_t taken, struct group **groups);

/*
 * The document's "paths": the first few groups whose windows were all kept; none where
 * the first is not one of them.  NULL after one line: it cannot be made, or its sums do not agree.
 */
json_t *paths_describe(struct profile_boot *b, const struct group *groups, size_t count);

#endif
