/* SPDX-License-Identifier: GPL-2.0-only */
/* What happened in each VM between two readings. */
#ifndef WATCH_CHANGE_H
#define WATCH_CHANGE_H

#include "watch/read.h"

enum watch_begin {
	WATCH_GOES_ON,
	WATCH_NEW,  /* it was not read this way before */
	WATCH_ANEW, /* its counters went back: they began at zero in between */
};

struct watch_change {
	const struct watch_vm *vm;
	enum watch_begin begin; /* if it goes on, there is what follows; else it is 0 */
	double seconds;
	struct watch_counters counters; /* of all vCPUs, the most frequent reason first */
};

struct watch_interval {
	double time; /* of its end, seconds since 1970 */
	size_t count, ended_count;
	struct watch_change *changes;  /* of each VM that is there */
	const struct watch_vm **ended; /* those that are there no more */
};

void watch_interval_make(struct watch_interval *interval, const struct watch_list *now,
			 const struct watch_list *before);
void watch_interval_free(struct watch_interval *interval);

/* Whether its times are known: there are some, and @cycles of them are *@percent. */
bool watch_percent(const struct watch_change *change, uint64_t cycles, double *percent);

double watch_per_second(const struct watch_change *change, uint64_t count);

#endif
