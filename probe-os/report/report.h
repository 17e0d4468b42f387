/* SPDX-License-Identifier: GPL-2.0-only */
/* The formats in which the probe reports a run. Each is a set of calls, made in this order. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stddef.h>

#include "lib/format.h"
#include "measure/derived.h"
#include "measure/measure.h"
#include "ops/ops.h"

/* A run as a whole. The counts grow while it runs. */
struct run {
	const char *host; /* the host's kernel, from the command line, or NULL */
	const char *unit; /* what a TSC tick is */
	const char *command_line;
	size_t operations; /* selected */
	unsigned int done, measured, skipped, faulted, hung, failed;
	unsigned int agreed, differed; /* with the expectation in the row */
	size_t discarded;	       /* samples */
	size_t discarded_descheduled;  /* of these, because the vCPU was descheduled */
	struct reason_counts host_exits;
	bool steal_known, smi_known;
	uint64_t steal_ns, smi; /* since the run began */
};

/* Any of them may be absent. */
struct report {
	void (*begin)(const struct run *run);
	/* Called before the operation runs, so that the output names one that hangs. */
	void (*op_begin)(const struct run *run, const struct op *op);
	void (*op_end)(const struct op *op, const struct measurement *m);
	void (*derived)(const struct derived *d);
	void (*end)(const struct run *run);
};

extern const struct report report_table, report_tap, report_json, report_samples;

/* Send report_json's lines to @sink. Without a call they go to the console. */
void report_json_to(format_sink sink);

/* Write "IOIO" to @buffer, or the number in hexadecimal if the manual has no name. */
const char *report_reason(uint32_t reason, char *buffer, size_t size);

/* Write what a row expects of @isa to @buffer; expectation.h has the wording. */
const char *report_expectation(unsigned int isa, const struct expectation *e, char *buffer,
			       size_t size);

#endif
