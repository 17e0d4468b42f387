/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VM's threads do, by the host kernel's tracepoints: in an instance of tracefs of
 * our own, with the TSC as its clock, and of these threads alone.
 */
#ifndef COUNTS_EVENTS_H
#define COUNTS_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum event_kind {
	EVENT_EXIT,	  /* kvm_exit: value is the reason */
	EVENT_LEFT,	  /* the guest has been left, by a function and not by a tracepoint */
	EVENT_ENTRY,	  /* kvm_entry */
	EVENT_RUN_END,	  /* kvm_fpu: KVM_RUN puts the guest's registers away */
	EVENT_RUN_BEGIN,  /* and loads them */
	EVENT_WOKEN,	  /* kvm_vcpu_wakeup: value is the nanoseconds that it was halted */
	EVENT_SWITCH_OUT, /* sched_switch: value is 0 if the thread could go on */
	EVENT_SWITCH_IN,
};

struct event {
	uint64_t tsc;
	enum event_kind kind;
	unsigned int thread; /* its index */
	uint64_t value;
	uint64_t rip; /* EVENT_EXIT: the guest's instruction pointer */
};

struct events;

/* Why this host does not allow it, in words for the caller to free; NULL: it does. */
char *events_objection(void);

/* Begin with the threads @threads, all kinds.  NULL: @why says why. */
struct events *events_open(const pid_t *threads, size_t count, char *why, size_t size);

/* From here on only what is in COUNT_EVENT_*. */
bool events_watch(struct events *events, uint32_t kinds);

/* Hand over what there is, in the order of time within a thread and a call. */
void events_read(struct events *events, void (*each)(void *context, const struct event *event),
		 void *context);

/* Whether some have been lost since the last call. */
bool events_lost(struct events *events);

/* End, and remove the instance. */
void events_close(struct events *events);

#endif
