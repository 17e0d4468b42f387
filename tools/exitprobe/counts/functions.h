/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions of KVM that lie closer to the guest, and to userspace, than its tracepoints do,
 * recorded by the kernel's function tracer.  They take as much time as the tracepoints again,
 * so they are recorded only while the probe measures how far those are off.
 */
#ifndef COUNTS_FUNCTIONS_H
#define COUNTS_FUNCTIONS_H

#include <event-parse.h>
#include <stdbool.h>
#include <tracefs.h>

#include "counts/events.h"

struct functions;

/*
 * Of the threads in @threads, in words as set_ftrace_pid takes them.  NULL: this kernel does
 * not trace all of these functions.
 */
struct functions *functions_open(struct tracefs_instance *instance, struct tep_handle *tep,
				 const char *threads);

/* Record them, or no more. */
bool functions_watch(struct functions *functions, bool on);

/* Whether @record, whose event is @type, is one of them: then @event->kind is set. */
bool functions_take(const struct functions *functions, int type, struct tep_record *record,
		    struct event *event);

void functions_close(struct functions *functions);

#endif
