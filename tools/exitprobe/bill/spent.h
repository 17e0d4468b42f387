/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guest has spent in exits: what exitstat --json or the host's debugfs has of it. */
#ifndef BILL_SPENT_H
#define BILL_SPENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPENT_REASONS_MAX 256
#define SPENT_NAME_SIZE	  32

struct spent_reason {
	char name[SPENT_NAME_SIZE];
	double exits, kernel, user, halted; /* the last three are ticks of the host's TSC */
};

struct spent {
	bool is_svm, is_isa_known;
	double tsc_khz; /* 0: not known */
	double exits, kernel, user, halted, descheduled, guest, paused;
	double own_exits; /* exitstat's own CPUIDs, as far as they are among the exits */
	size_t reason_count;
	struct spent_reason reasons[SPENT_REASONS_MAX];
};

/*
 * Add what @path has ("-": standard input): objects of exitstat --json, one on a line, or a
 * vCPU's file exit_stats.  @spent begins as zeros.  False: @message says why, in one line.
 */
bool spent_add(struct spent *spent, const char *path, char *message, size_t size);

/* The same of @length bytes of @text that are there already; @name is for messages. */
bool spent_add_text(struct spent *spent, const char *name, const char *text, size_t length,
		    char *message, size_t size);

/* Without the own exits of exitstat: at the average of a CPUID's. */
void spent_remove_own(struct spent *spent);

/* All time that there is: of all vCPUs in all states. */
double spent_time(const struct spent *spent);

#endif
