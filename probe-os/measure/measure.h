/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One operation, measured until its median is known or the budget is spent.
 *
 * A sample is set aside, and counted, when the host did something else in it:
 * when its exits are not as many as the operation's own, which is what most
 * samples have, or when the vCPU's thread was not running.
 */
#ifndef MEASURE_MEASURE_H
#define MEASURE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/sample.h"
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

/* Add to what @c has of @reason; past REASONS_MAX reasons nothing is added. */
void measure_add_reason(struct reason_counts *c, uint32_t reason, uint64_t exits);

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

/*
 * Find out whether the counters are there and what the bracket itself costs.
 * Before any measure().
 */
void measure_init(const struct plan *plan);

/* Of the host's counters, or NULL without. */
const struct counters_info *measure_counters(void);
bool measure_counted(void);

/* Whether its figures are by the stamps of its one exit: out and in are known. */
static inline bool measure_stamped(const struct measurement *m)
{
	return m->exits == 1 && !m->unstamped;
}

/* What the empty bracket costs; cycles are known without counters too. */
const struct bracket *measure_bracket(void);

void measure(const struct op *op, const struct plan *plan, struct measurement *m);

/* Exits of every kept sample, in thousandths per operation. */
int64_t measure_milli_exits(const struct measurement *m);

/* The samples of the last measure(), in the order they were taken. */
const struct sample *measure_samples(void);

/* Its kept samples' cycles per operation, sorted; @count is m->kept. */
const int64_t *measure_values(void);

#endif
