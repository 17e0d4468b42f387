/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's exits, made of the events of its threads: which there were, and where their time went. */
#ifndef COUNTS_EXITS_H
#define COUNTS_EXITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "count_channel.h"
#include "counts/events.h"
#include "counts/sites.h"

/* Of all exits so far that the guest has been entered again after. */
struct exit_totals {
	size_t reason_count;
	struct counted_reason reasons[COUNT_REASONS_MAX];
	int64_t kernel, user, halted;
};

struct exits;

/* Of @vcpus threads, on a host whose TSC has @tsc_khz. */
struct exits *exits_new(size_t vcpus, uint64_t tsc_khz);
void exits_free(struct exits *exits);

/* As events_read() calls it, with a struct exits. */
void exits_event(void *exits, const struct event *event);

/* Whether there has been any, and whether there were more than are kept. */
bool exits_any(const struct exits *exits);
bool exits_overflowed(struct exits *exits);

/* Totals of the first vCPU or of all. */
void exits_total(const struct exits *exits, bool first, struct exit_totals *totals);

/*
 * What happened to the first vCPU, or to all, between the two stamps of the host's TSC in
 * @sample, which keeps them; the others are set, stamps of the host's too.  @sites, if it
 * is not NULL, has one sample more.
 */
void exits_between(const struct exits *exits, bool first, const struct watching_costs *costs,
		   struct counted_sample *sample, struct exit_sites *sites);

/* Forget the exits that are over; the totals stay. */
void exits_forget(struct exits *exits);

#endif
