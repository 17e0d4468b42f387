/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms in which a run is told: each a set of calls, in this order. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stddef.h>

#include "lib/format.h"
#include "measure/derived.h"
#include "measure/measure.h"
#include "ops/ops.h"

/* A run as a whole; what is counted grows as it goes. */
struct run {
	const char *host; /* the host's kernel, as the caller says; or NULL */
	const char *unit; /* what a TSC tick is */
	const char *command_line;
	size_t operations; /* selected */
	unsigned int done, measured, skipped, faulted, hung, failed;
	unsigned int agreed, differed; /* with what their rows say */
	size_t set_aside;	       /* samples */
	size_t away;		       /* of those: for the vCPU's absence */
	struct reason_counts foreign;
	bool steal_known, smi_known;
	uint64_t steal_ns, smi; /* since the run began */
};

/* Any of them may be absent. */
struct report {
	void (*begin)(const struct run *run);
	/* Before it runs, so that one that hangs is named. */
	void (*op_begin)(const struct run *run, const struct op *op);
	void (*op_end)(const struct op *op, const struct measurement *m);
	void (*derived)(const struct derived *d);
	void (*end)(const struct run *run);
};

extern const struct report report_table, report_tap, report_json, report_samples;

/* Where report_json's lines go; the console unless told. */
void report_json_to(format_sink sink);

/* "IOIO", or the number in hexadecimal where the manual has no name: in @buffer. */
const char *report_reason(uint32_t reason, char *buffer, size_t size);

/* "1 IOIO", "0 to 2 NPF", "none": what a row expects. */
const char *report_expectation(const struct expectation *e, char *buffer, size_t size);

#endif
