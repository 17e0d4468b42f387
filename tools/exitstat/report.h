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
	unsigned int number;	    /* of the interval or run, from 1; 0 since creation */
	uint64_t at_ns;		    /* the guest's clock at its end */
	unsigned int runs;	    /* 0 or 1, or how many @delta is the sum of */
	const struct spread *exits; /* of the runs: by reason, then the total's */
	char *const *command;	    /* or NULL */
	int status;		    /* COMMAND's */
};

/* Room for what the two below write. */
#define SECONDS_BYTES 40
#define NAME_BYTES    32

/* @cycles at @tsc_khz as seconds with six digits, "-" where the frequency is 0. */
const char *seconds(char *text, uint64_t cycles, uint32_t tsc_khz);

/* The manual's name of the reason in @slot, or its number. */
const char *name_of(char *text, const struct layout *layout, unsigned int slot);

/* The line of the whole VM, or of one vCPU. */
void report_line(FILE *file, const struct report *report);

/* With -v, below it: time, exits a second since boot, by reason. */
void report_details(FILE *file, const struct report *report);

/* What happened while a command ran. */
void report_command(FILE *file, const struct report *report);

/* A line per interval, with @head the names of its columns before. */
void report_interval(FILE *file, const struct report *report, bool head);

/* The reasons of @delta that have exits, most first, into @slots; their number. */
unsigned int by_exits(const struct layout *layout, const struct delta *delta, unsigned int *slots);

#endif
