/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of measuring one operation. measure/ fills it in and the reports read it. */
#ifndef MEASURE_MEASUREMENT_H
#define MEASURE_MEASUREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/stats.h"
#include "ops/ops.h"
#include "record_fields.h"

#define SAMPLES_MAX 10000
#define REASONS_MAX 8

/* The median is settled when half of its 95 % interval is at most 1/200 of the median. */
#define SETTLED_PER_MILLE 5

struct plan {
	size_t samples;	     /* how many to take, or 0 to stop when the median is settled */
	uint64_t budget_tsc; /* the most ticks for the samples of an operation */
	uint64_t batch_tsc;  /* about how many ticks for its batch */
	bool reads_leaf;     /* read the host's counters by CPUID, if it has them */
	bool asks_host;	     /* let the host count each batch, if it answers */
};

struct reason_count {
	uint32_t reason; /* the processor's number */
	uint64_t exits;
};

struct reason_counts {
	unsigned int count;
	struct reason_count list[REASONS_MAX];
};

enum outcome { OUTCOMES(ENUM_CONSTANT) };

enum agreement {
	AGREEMENT_UNKNOWN, /* the host does not count, or the row expects nothing */
	AGREEMENT_YES,
	AGREEMENT_NO,
};

/* One operation. The members from exits on, except cycles, need the host's counters. */
struct measurement {
	enum outcome outcome;
	const char *text;
	int fault; /* vector, -1 for none */
	size_t taken, kept;
	enum stop stop;
	unsigned int operations; /* in one sample; cycles are divided by it */
	struct stats cycles;	 /* per operation, without the overhead and the wait */
	int64_t wait;		 /* mean per sample */

	int64_t exits;		      /* of every kept sample */
	size_t discarded_descheduled; /* samples discarded because the vCPU was descheduled */
	bool figured;		      /* the row's own figure, not a round trip */
	bool waits_in_guest;	      /* before it exits */
	bool descheduled;	      /* in most samples: the operation causes it */
	bool unstamped;		      /* most have no stamps: the host's TSC is unstable */

	/*
	 * Means over the middle half of the kept samples, sorted by round trip.
	 * A host interrupt that is handled during an exit lengthens the exit
	 * without a further one, and would move a mean over all samples. Exit and
	 * entry latency include the overhead and exist only for a single exit.
	 */
	int64_t exit_latency, kernel, user, halted, entry_latency;
	bool kernel_known; /* false for several exits of one vCPU among others */

	/* Runs back to back: times per operation, exits in thousandths. */
	unsigned int batch_runs;
	int64_t batch_cycles, batch_kernel, batch_user, batch_halted;
	int64_t batch_milli_exits;
	struct reason_counts reasons; /* thousandths per operation */
	int64_t batch_milli_l2_exits; /* of them from L2, where the leaf counts; host exits too */
	bool batch_agrees;	      /* with the exits of every kept sample */

	/* Exits while the samples were taken that the operation did not cause. */
	struct reason_counts host_exits;

	const struct expectation *expected; /* or NULL */
	enum agreement agreement;
};

/* Whether the figures come from the stamps of its one exit, so that the latencies are known. */
static inline bool measurement_is_stamped(const struct measurement *m)
{
	return m->exits == 1 && !m->unstamped && !m->figured && !m->waits_in_guest;
}

/* Return the exits of every kept sample in thousandths per operation. */
static inline int64_t measurement_milli_exits(const struct measurement *m)
{
	return m->exits * 1000 / m->operations;
}

#endif
