/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_REPORT_H
#define EXITSTAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "exitstat/counters.h"
#include "exitstat/host.h"
#include "exitstat/spread.h"

/* All that a report is about, whatever its form. */
struct report {
	const struct host *host;
	const struct layout *layout;
	const struct scope *scope;
	const struct delta *delta;  /* with several runs their sum */
	const struct snapshot *now; /* at its end; not with several runs */
	bool all;		    /* also the reasons without exits */
	unsigned int number;	    /* of the interval or run, from 1; 0 since creation */
	uint64_t at_ns;		    /* the guest's clock at its end */
	unsigned int runs;	    /* 0 or 1, or how many @delta is the sum of */
	const struct spread *exits; /* of the runs: by reason, then the total's */
	char *const *command;	    /* or NULL */
	int status;		    /* COMMAND's */
};

/* Room for what seconds() writes. */
#define SECONDS_BYTES 40

/* @cycles at @tsc_khz as seconds with six digits, "-" where the frequency is 0. */
const char *seconds(char *text, uint64_t cycles, uint32_t tsc_khz);

/* The line of the whole VM, or of one vCPU. */
void report_line(FILE *file, const struct report *report);

/* With -v, below it: time, exits a second of the VM's age, when it booted, paging, by reason. */
void report_details(FILE *file, const struct report *report);

/* What happened while a command ran. */
void report_command(FILE *file, const struct report *report);

/* A line per interval, with @head the names of its columns before. */
void report_interval(FILE *file, const struct report *report, bool head);

/* The same as a table, for a terminal. */
void report_screen(FILE *file, const struct report *report);

/* Kernel cycles per exit; 0 without exits. */
double per_exit(const uint64_t *val);

#endif
