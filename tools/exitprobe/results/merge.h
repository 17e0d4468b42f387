/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boots of a results file as one.
 *
 * Of one boot the figures are its own.  Of several:
 *  min, max       of all boots;
 *  p50, p90, p99  the median of the boots' (a merged histogram would be up to
 *                 0.8 % coarser), of an even number the mean of the middle two;
 *  mean           of all kept samples;
 *  ci_low, high   for six boots and more the distribution-free 95 % interval of the
 *                 boots' medians (order statistics); for fewer, from the lowest
 *                 bound to the highest;
 *  histogram, kept, taken, discarded: sums; parts: means over the boots' samples;
 *  exits, reasons, sites
 *                 those of most boots, of the first one at a tie.
 */
#ifndef RESULTS_MERGE_H
#define RESULTS_MERGE_H

#include "results/results.h"

/* From this many boots on, their medians have an interval of their own. */
#define MERGE_INTERVAL_BOOTS 6

struct merged_op {
	/*
	 * As if of one boot; its texts are those of the results, which must live as
	 * long.  The outcome is measured if it is so in any boot.  agrees: in all.
	 */
	struct op_result as_one;
	size_t boots;			   /* that have it */
	size_t measured_boots;		   /* in which it was measured */
	size_t broken_boots;		   /* in which it hung, faulted, failed or was lost */
	enum outcome broken_as;		   /* in the first of those */
	const struct op_result **measured; /* of those, in the boots' order */
	int64_t *medians;		   /* theirs */
	struct parts *boot_parts;
	int64_t lowest, highest; /* of the medians */
	bool exits_vary;	 /* from boot to boot */
};

struct merged {
	const struct results *results;
	size_t count;
	struct merged_op *ops; /* in the order of the first boot that has each */
	json_t *index;	       /* their places by name */
	size_t derived_count;
	struct derived *derived; /* of merged medians; texts as above */
	/*
	 * Operations by outcome: measured if in no boot it was worse; disagreeing ones
	 * are among the measured.
	 */
	size_t outcomes[OUTCOME_LOST + 1];
	size_t agreed, differed;
	int64_t set_aside;
	struct reasons foreign; /* texts as above */
	bool counted;		/* any operation, by the host */
	bool dissected;		/* any exit: into the parts of its time */
	bool sampled;		/* exits are known of each sample, not of batches alone */
	bool emulated;		/* each instruction, in any boot: no figure is an exit's cost */
};

struct merged *merge_results(const struct results *results);
void merge_free(struct merged *merged);

/* The operation of that name, or NULL. */
const struct merged_op *merge_find(const struct merged *merged, const char *op);

/* Between the boots' medians, of the merged one, in per cent; 0 of one boot. */
double merge_spread_percent(const struct merged_op *op);

/* Half of the median's interval, rounded up. */
int64_t merge_half_interval(const struct figures *figures);

/*
 * The interval of the median of @count > 0 boots' values: from
 * MERGE_INTERVAL_BOOTS on the distribution-free 95 % one, for fewer their range.
 */
void merge_boots_interval(const int64_t *values, size_t count, int64_t *low, int64_t *high);

/* The median of @count > 0 values: of an even number the mean of the middle two. */
int64_t merge_median(const int64_t *values, size_t count);

#endif
