/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one operation's measurement consists of: the types that all of measure/ fills in
 * and the reports read.
 */
#ifndef MEASURE_MEASUREMENT_H
#define MEASURE_MEASUREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/stats.h"
#include "ops/ops.h"

#define SAMPLES_MAX 10000
#define REASONS_MAX 8

/* The median's 95 % interval is settled when half of it is at most 1/200 of it. */
#define SETTLED_PER_MILLE 5

struct plan {
	size_t samples;	     /* exactly as many, or 0 for until settled */
	uint64_t budget_tsc; /* most ticks for the samples of an operation */
	uint64_t batch_tsc;  /* about as many for its batch */
};

enum stop {
	STOP_SETTLED, /* the interval is within 0.5 %, or a tick */
	STOP_SAMPLES, /* as many as were asked for, or fit */
	STOP_BUDGET,
	STOP_ROOM, /* the operation has used up what it needs */
};

struct reason_count {
	uint32_t reason; /* the processor's number */
	uint64_t exits;
};

struct reason_counts {
	unsigned int count;
	struct reason_count list[REASONS_MAX];
};

enum outcome {
	OUTCOME_MEASURED,
	OUTCOME_SKIPPED, /* @text says why */
	OUTCOME_HANGS,	 /* it never ended and was broken off */
	OUTCOME_FAULTED, /* by @fault, and could not be measured */
	OUTCOME_FAILED,	 /* @text says how */
};

enum agreement {
	AGREEMENT_UNKNOWN, /* nothing is counted, or the row says nothing */
	AGREEMENT_YES,
	AGREEMENT_NO,
};

/* Of one operation.  Everything from exits on, cycles apart, is counted. */
struct measurement {
	enum outcome outcome;
	const char *text;
	int fault; /* vector, -1 for none */
	size_t taken, kept;
	enum stop stop;
	unsigned int operations; /* in one sample; cycles are divided by it */
	struct stats cycles;	 /* per operation: bracket and wait taken off */
	int64_t wait;		 /* mean per sample */

	int64_t exits;	  /* of every kept sample */
	size_t away;	  /* samples set aside because the vCPU was descheduled */
	bool descheduled; /* most were: it lies in the operation */
	bool unstamped;	  /* most have no stamps: the host's TSC is unstable */

	/*
	 * Means over the middle half of the kept samples, by round trip: a
	 * host interrupt served during an exit lengthens it without another
	 * exit, and would move a mean over all.  Way out and way in hold the
	 * bracket's own cycles and are told only where there is one exit.
	 */
	int64_t out, kernel, user, halted, in;
	bool kernel_known; /* not of several exits of one vCPU among others */

	/* Back to back: per operation, exits in thousandths. */
	unsigned int batch_runs;
	int64_t batch_cycles, batch_kernel, batch_user, batch_halted;
	int64_t batch_milli_exits;
	struct reason_counts reasons; /* thousandths per operation */
	bool batch_agrees;	      /* as many exits as of every kept sample */

	/* Exits while the samples were taken that are not the operation's. */
	struct reason_counts foreign;

	const struct expectation *expected; /* or NULL */
	enum agreement agreement;
};

/* Whether its figures are by the stamps of its one exit: out and in are known. */
static inline bool measurement_is_stamped(const struct measurement *m)
{
	return m->exits == 1 && !m->unstamped;
}

/* Exits of every kept sample, in thousandths per operation. */
static inline int64_t measurement_milli_exits(const struct measurement *m)
{
	return m->exits * 1000 / m->operations;
}

#endif
