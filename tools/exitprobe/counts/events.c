// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "counts/events.h"

#include <errno.h>
#include <event-parse.h>
#include <kbuffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "count_channel.h"
#include "counts/buffers.h"
#include "counts/functions.h"
#include "counts/instance.h"
#include "lib/message.h"

#define BUFFER_KIB   8192 /* for each processor */
#define PAGE_MAX     65536
#define CLOCK	     "x86-tsc"
#define NUMBER_WIDTH 12

/* The tracepoints, and by which of COUNT_EVENT_* they are watched. */
static const struct tracepoint {
	const char *system, *name;
	uint32_t watched;
} tracepoints[] = {
	{ "kvm", "kvm_exit", COUNT_EVENT_EXIT },
	{ "kvm", "kvm_entry", COUNT_EVENT_ENTRY },
	{ "kvm", "kvm_fpu", COUNT_EVENT_OTHERS },
	{ "kvm", "kvm_vcpu_wakeup", COUNT_EVENT_OTHERS },
	{ "sched", "sched_switch", COUNT_EVENT_OTHERS },
};

#define TRACEPOINTS (sizeof(tracepoints) / sizeof(tracepoints[0]))

enum { KVM_EXIT, KVM_ENTRY, KVM_FPU, KVM_WAKEUP, SCHED_SWITCH };

struct events {
	struct instance *instance;
	struct tep_handle *tep;
	struct tep_event *formats[TRACEPOINTS];
	struct tep_format_field *value[TRACEPOINTS]; /* the field that event.value is of */
	struct tep_format_field *next, *previous, *rip;
	struct functions *functions; /* NULL: this kernel does not trace them */
	bool watches_functions;
	pid_t *threads;
	size_t thread_count;
	struct buffers *buffers;
	struct kbuffer *buffer;
	char *page;
	struct event *list; /* of one reading */
	size_t count, room;
	unsigned long long lost_before;
};

char *events_objection(void)
{
	char *clocks, *why = NULL;

	if (geteuid())
		return xstrdup("only root may use KVM's tracepoints");
	/* tracefs_tracing_dir() would mount it, and leave it so. */
	if (tracefs_tracing_dir_is_mounted(false, NULL) <= 0)
		return xstrdup("no tracefs (mount -t tracefs tracefs /sys/kernel/tracing)");
	for (size_t i = 0; !why && i < TRACEPOINTS; i++)
		if (!tracefs_event_file_exists(NULL, tracepoints[i].system, tracepoints[i].name,
					       "id"))
			why = xasprintf("this kernel has no tracepoint %s:%s",
					tracepoints[i].system, tracepoints[i].name);
	clocks = tracefs_instance_file_read(NULL, "trace_clock", NULL);
	if (!why && !clocks)
		why = xstrdup("tracefs cannot be read (lockdown=confidentiality refuses it)");
	if (!why && !strstr(clocks, CLOCK))
		why = xstrdup("tracefs has no clock " CLOCK);
	free(clocks);
	return why;
}

static bool find_formats(struct events *e)
{
	static const char *const fields[] = { "exit_reason", NULL, "load", "ns", "prev_state" };
	static const char *const systems[] = { "kvm", "sched", NULL };

	e->tep = tracefs_local_events_system(NULL, systems);
	if (!e->tep)
		return false;
	for (size_t i = 0; i < TRACEPOINTS; i++) {
		e->formats[i] =
			tep_find_event_by_name(e->tep, tracepoints[i].system, tracepoints[i].name);
		if (!e->formats[i])
			return false;
		if (fields[i])
			e->value[i] = tep_find_field(e->formats[i], fields[i]);
		if (fields[i] && !e->value[i])
			return false;
	}
	e->next = tep_find_field(e->formats[SCHED_SWITCH], "next_pid");
	e->previous = tep_find_field(e->formats[SCHED_SWITCH], "prev_pid");
	e->rip = tep_find_field(e->formats[KVM_EXIT], "guest_rip");
	return e->next && e->previous && e->rip;
}

/* The threads as set_event_pid takes them, for the caller to free. */
static char *thread_list(const struct events *e)
{
	char *list = xcalloc(e->thread_count + 1, NUMBER_WIDTH);

	for (size_t i = 0; i < e->thread_count; i++)
		sprintf(list + strlen(list), "%d ", e->threads[i]);
	return list;
}

static bool set(struct events *e, const char *file, const char *value)
{
	return tracefs_instance_file_write(instance_tracefs(e->instance), file, value) >= 0;
}

bool events_lost(struct events *e)
{
	unsigned long long now = buffers_lost(e->buffers);
	bool lost = now != e->lost_before;

	e->lost_before = now;
	return lost;
}

struct events *events_open(const pid_t *threads, size_t count, char *why, size_t size)
{
	struct events *e = xcalloc(1, sizeof(*e));
	char *list, kib[NUMBER_WIDTH];

	e->threads = xcalloc(count, sizeof(*threads));
	memcpy(e->threads, threads, count * sizeof(*threads));
	e->thread_count = count;
	e->page = xmalloc(PAGE_MAX);
	e->instance = instance_open(why, size);
	if (!e->instance)
		goto fail;
	list = thread_list(e);
	snprintf(kib, sizeof(kib), "%d", BUFFER_KIB);
	if (!find_formats(e)) {
		snprintf(why, size, "the tracepoints have other fields than those that are known");
		free(list);
		goto fail;
	}
	if (!set(e, "trace_clock", CLOCK) || !set(e, "buffer_size_kb", kib) ||
	    !set(e, "set_event_pid", list)) {
		snprintf(why, size, "tracefs: the instance cannot be set up: %s", strerror(errno));
		free(list);
		goto fail;
	}
	e->functions = functions_open(instance_tracefs(e->instance), e->tep, list);
	free(list);
	e->buffer = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	e->buffers = buffers_open(instance_tracefs(e->instance));
	if (events_watch(e, COUNT_EVENTS_ALL))
		return e;
	snprintf(why, size, "tracefs: the events cannot be enabled: %s", strerror(errno));
fail:
	events_close(e);
	return NULL;
}

bool events_watch(struct events *e, uint32_t kinds)
{
	bool done = true;

	for (size_t i = 0; i < TRACEPOINTS; i++) {
		const struct tracepoint *t = &tracepoints[i];

		done &= !(t->watched & kinds ? tracefs_event_enable : tracefs_event_disable)(
			instance_tracefs(e->instance), t->system, t->name);
	}
	if (e->functions && !(kinds & COUNT_EVENT_FUNCTIONS) == e->watches_functions) {
		/* The tracer cannot be changed while a buffer is open (EBUSY). */
		buffers_close(e->buffers);
		e->watches_functions = kinds & COUNT_EVENT_FUNCTIONS;
		done &= functions_watch(e->functions, e->watches_functions);
		e->buffers = buffers_open(instance_tracefs(e->instance));
	}
	return done;
}

static int thread_index(const struct events *e, pid_t thread)
{
	for (size_t i = 0; i < e->thread_count; i++)
		if (e->threads[i] == thread)
			return (int)i;
	return -1;
}

static uint64_t field(struct tep_format_field *field, void *data)
{
	unsigned long long value = 0;

	tep_read_number_field(field, data, &value);
	return value;
}

static void add(struct events *e, const struct event *event, pid_t thread)
{
	int index = thread_index(e, thread);

	if (index < 0)
		return;
	if (e->count == e->room) {
		e->room = e->room ? 2 * e->room : 4096;
		e->list = xrealloc(e->list, e->room * sizeof(*e->list));
	}
	e->list[e->count] = *event;
	e->list[e->count++].thread = (unsigned int)index;
}

static void take(struct events *e, void *data, uint64_t tsc)
{
	struct tep_record record = { .data = data };
	int type = tep_data_type(e->tep, &record);
	pid_t thread = tep_data_pid(e->tep, &record);
	struct event event = { .tsc = tsc };
	size_t i = 0;

	if (e->functions && functions_take(e->functions, type, &record, &event)) {
		add(e, &event, thread);
		return;
	}
	while (i < TRACEPOINTS && e->formats[i]->id != type)
		i++;
	if (i == TRACEPOINTS)
		return;
	event.value = e->value[i] ? field(e->value[i], data) : 0;
	switch (i) {
	case KVM_EXIT:
		event.kind = EVENT_EXIT;
		event.rip = field(e->rip, data);
		break;
	case KVM_ENTRY:
		event.kind = EVENT_ENTRY;
		break;
	case KVM_FPU:
		event.kind = event.value ? EVENT_RUN_BEGIN : EVENT_RUN_END;
		break;
	case KVM_WAKEUP:
		event.kind = EVENT_WOKEN;
		break;
	case SCHED_SWITCH:
		event.kind = EVENT_SWITCH_IN;
		add(e, &event, (pid_t)field(e->next, data));
		event.kind = EVENT_SWITCH_OUT;
		thread = (pid_t)field(e->previous, data);
		break;
	}
	add(e, &event, thread);
}

/* A page of the ring buffer. */
static void take_page(struct events *e)
{
	unsigned long long tsc;
	void *data;

	if (kbuffer_load_subbuffer(e->buffer, e->page))
		return;
	for (data = kbuffer_read_event(e->buffer, &tsc); data;
	     data = kbuffer_next_event(e->buffer, NULL) ? kbuffer_read_event(e->buffer, &tsc)
							: NULL)
		take(e, data, tsc);
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return x->tsc < y->tsc ? -1 : x->tsc > y->tsc;
}

void events_read(struct events *e, void (*each)(void *context, const struct event *event),
		 void *context)
{
	e->count = 0;
	while (buffers_read(e->buffers, e->page, PAGE_MAX))
		take_page(e);
	/* A thread may have moved from one processor to another. */
	qsort(e->list, e->count, sizeof(*e->list), by_time);
	for (size_t i = 0; i < e->count; i++)
		each(context, &e->list[i]);
}

void events_close(struct events *e)
{
	if (e->buffers)
		buffers_close(e->buffers);
	if (e->functions)
		functions_close(e->functions);
	if (e->buffer)
		kbuffer_free(e->buffer);
	if (e->tep)
		tep_free(e->tep);
	if (e->instance)
		instance_close(e->instance);
	free(e->threads);
	free(e->page);
	free(e->list);
	free(e);
}
