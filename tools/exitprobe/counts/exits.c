// SPDX-License-Identifier: GPL-2.0-only
#include "counts/exits.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/* Of one vCPU at a time: an operation has at most 10000 samples. */
#define EXITS_MAX (4u << 20)

#define NS_PER_MS 1000000

/* In the state of sched_switch (Linux, TASK_REPORT_MAX): it could have gone on. */
#define PREEMPTED 0x100

struct exit_seen {
	uint64_t exit, entry; /* entry is 0 until then */
	uint64_t reason, rip;
	int64_t user, halted, descheduled;
	int64_t returns; /* to userspace */
};

struct vcpu {
	struct exit_seen *list; /* in the order of time; the last may not be over */
	size_t count, room;
	uint64_t away;	  /* since when another thread runs, which could go on; 0: none does */
	uint64_t in_user; /* since when it is in userspace; 0: it is not */
	struct exit_totals totals;
};

struct exits {
	size_t vcpu_count;
	uint64_t tsc_khz;
	bool any, overflowed;
	struct vcpu vcpus[];
};

struct exits *exits_new(size_t vcpus, uint64_t tsc_khz)
{
	struct exits *exits = xcalloc(1, sizeof(*exits) + vcpus * sizeof(exits->vcpus[0]));

	exits->vcpu_count = vcpus;
	exits->tsc_khz = tsc_khz;
	return exits;
}

void exits_free(struct exits *exits)
{
	for (size_t i = 0; i < exits->vcpu_count; i++)
		free(exits->vcpus[i].list);
	free(exits);
}

bool exits_any(const struct exits *exits)
{
	return exits->any;
}

bool exits_overflowed(struct exits *exits)
{
	bool overflowed = exits->overflowed;

	exits->overflowed = false;
	return overflowed;
}

/* The exit that is being handled, or NULL: the guest runs. */
static struct exit_seen *present(struct vcpu *v)
{
	struct exit_seen *last = v->count ? &v->list[v->count - 1] : NULL;

	return last && !last->entry ? last : NULL;
}

static int64_t kernel_of(const struct exit_seen *x)
{
	return (int64_t)(x->entry - x->exit) - x->user - x->halted - x->descheduled;
}

static void count_reason(struct exit_totals *t, uint64_t reason)
{
	size_t i = 0;

	while (i < t->reason_count && t->reasons[i].reason != reason)
		i++;
	if (i == COUNT_REASONS_MAX)
		return;
	if (i == t->reason_count)
		t->reasons[t->reason_count++] = (struct counted_reason){ .reason = reason };
	t->reasons[i].exits++;
}

static void begin(struct exits *exits, struct vcpu *v, const struct event *event)
{
	if (event->kind == EVENT_EXIT) {
		exits->any = true;
		count_reason(&v->totals, event->value);
	}
	if (v->count == EXITS_MAX) {
		exits->overflowed = true;
		return;
	}
	if (v->count == v->room) {
		v->room = v->room ? 2 * v->room : 1024;
		v->list = xrealloc(v->list, v->room * sizeof(*v->list));
	}
	v->list[v->count++] =
		(struct exit_seen){ .exit = event->tsc, .reason = event->value, .rip = event->rip };
	v->away = v->in_user = 0;
}

static void end(struct vcpu *v, struct exit_seen *x, uint64_t tsc)
{
	x->entry = tsc;
	v->totals.kernel += kernel_of(x);
	v->totals.user += x->user;
	v->totals.halted += x->halted;
}

void exits_event(void *data, const struct event *event)
{
	struct exits *exits = data;
	struct vcpu *v = &exits->vcpus[event->thread];
	struct exit_seen *x = present(v);

	if (event->kind == EVENT_EXIT || event->kind == EVENT_LEFT) {
		begin(exits, v, event);
		return;
	}
	if (!x)
		return;
	switch (event->kind) {
	case EVENT_ENTRY:
		end(v, x, event->tsc);
		break;
	case EVENT_RUN_END:
		v->in_user = event->tsc;
		x->returns++;
		break;
	case EVENT_RUN_BEGIN:
		if (v->in_user)
			x->user += (int64_t)(event->tsc - v->in_user);
		v->in_user = 0;
		break;
	case EVENT_WOKEN:
		x->halted += (int64_t)(event->value * exits->tsc_khz / NS_PER_MS);
		break;
	case EVENT_SWITCH_OUT:
		/* One that waits is halted, and userspace's time is its own. */
		if ((!event->value || event->value & PREEMPTED) && !v->in_user)
			v->away = event->tsc;
		break;
	case EVENT_SWITCH_IN:
		if (v->away)
			x->descheduled += (int64_t)(event->tsc - v->away);
		v->away = 0;
		break;
	default:
		break;
	}
}

void exits_total(const struct exits *exits, bool first, struct exit_totals *totals)
{
	size_t count = first ? 1 : exits->vcpu_count;

	*totals = exits->vcpus[0].totals;
	for (size_t i = 1; i < count; i++) {
		const struct exit_totals *t = &exits->vcpus[i].totals;

		totals->kernel += t->kernel;
		totals->user += t->user;
		totals->halted += t->halted;
		for (size_t r = 0; r < t->reason_count; r++) {
			/* count_reason() finds or makes the place, and adds one of them. */
			count_reason(totals, t->reasons[r].reason);
			for (size_t s = 0; s < totals->reason_count; s++)
				if (totals->reasons[s].reason == t->reasons[r].reason)
					totals->reasons[s].exits += t->reasons[r].exits - 1;
		}
	}
}

/* The first exit of @v at @tsc or later. */
static size_t first_from(const struct vcpu *v, uint64_t tsc)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->list[middle].exit < tsc)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_exit(const struct exit_seen *e, const struct watching_costs *costs,
		     struct counted_sample *sample)
{
	/*
	 * Of the two events of a return the first has its cost in userspace's time, the second
	 * in the kernel's.
	 */
	int64_t user_cost = e->returns * costs->userspace / 2;
	int64_t user = e->user - user_cost - e->returns * costs->around_userspace;

	sample->exits++;
	sample->user += user;
	sample->halted += e->halted;
	sample->descheduled += e->descheduled;
	/*
	 * The stamps lie at the same place in both of an exit's events, so as much as a half of
	 * the two is behind the first and before the second.
	 */
	sample->watching += (costs->exit + costs->entry) / 2 + 2 * user_cost;
	if (e->entry)
		sample->kernel +=
			kernel_of(e) + e->user - user + costs->before_exit + costs->behind_entry;
}

void exits_between(const struct exits *exits, bool first, const struct watching_costs *costs,
		   struct counted_sample *sample, struct exit_sites *sites)
{
	size_t count = first ? 1 : exits->vcpu_count;

	*sample = (struct counted_sample){ .start = sample->start, .end = sample->end };
	if (sites)
		sites_sample(sites);
	for (size_t i = 0; i < count; i++) {
		const struct vcpu *v = &exits->vcpus[i];

		for (size_t x = first_from(v, sample->start);
		     x < v->count && v->list[x].exit <= sample->end; x++) {
			const struct exit_seen *e = &v->list[x];

			add_exit(e, costs, sample);
			if (sites)
				sites_add(sites, e->rip, e->reason);
			if (i == 0) {
				sample->exit = e->exit - (uint64_t)costs->before_exit;
				sample->entry = e->entry ? e->entry + (uint64_t)costs->behind_entry
							 : 0;
			}
		}
	}
}

void exits_forget(struct exits *exits)
{
	for (size_t i = 0; i < exits->vcpu_count; i++) {
		struct vcpu *v = &exits->vcpus[i];
		struct exit_seen *x = present(v);

		if (x)
			v->list[0] = *x;
		v->count = x ? 1 : 0;
	}
}
