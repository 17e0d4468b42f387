// SPDX-License-Identifier: GPL-2.0-only
#include "watch/change.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define NS_PER_S 1e9

static const struct watch_counters *counters_of(const struct watch_vm *vm, unsigned int number)
{
	static const struct watch_counters none;

	for (size_t i = 0; i < vm->vcpu_count; i++)
		if (vm->vcpus[i].number == number)
			return &vm->vcpus[i].counters;
	return &none;
}

/*
 * A vCPU that had no counters before began at zero in between.  One that has gone takes with it
 * what it did since.
 */
static void make_change(struct watch_change *change, const struct watch_vm *now,
			const struct watch_vm *before)
{
	*change = (struct watch_change){ .vm = now, .begin = WATCH_NEW };
	if (!before || before->way != now->way || now->way == WATCH_BY_NOTHING)
		return;
	change->begin = WATCH_GOES_ON;
	change->seconds = (double)(now->at_ns - before->at_ns) / NS_PER_S;
	for (size_t i = 0; i < now->vcpu_count; i++) {
		const struct watch_vcpu *vcpu = &now->vcpus[i];

		if (!watch_add_difference(&change->counters, &vcpu->counters,
					  counters_of(before, vcpu->number))) {
			*change = (struct watch_change){ .vm = now, .begin = WATCH_ANEW };
			return;
		}
	}
	watch_sort(&change->counters);
}

void watch_interval_make(struct watch_interval *interval, const struct watch_list *now,
			 const struct watch_list *before)
{
	*interval = (struct watch_interval){ .count = now->count };
	interval->changes = xcalloc(now->count + 1, sizeof(*interval->changes));
	interval->ended = xcalloc(before->count + 1, sizeof(*interval->ended));
	for (size_t i = 0; i < now->count; i++)
		make_change(&interval->changes[i], &now->vms[i],
			    watch_find(before, now->vms[i].id));
	for (size_t i = 0; i < before->count; i++)
		if (!watch_find(now, before->vms[i].id))
			interval->ended[interval->ended_count++] = &before->vms[i];
}

void watch_interval_free(struct watch_interval *interval)
{
	free(interval->changes);
	free(interval->ended);
}

bool watch_percent(const struct watch_change *change, uint64_t cycles, double *percent)
{
	double all = 0;

	/*
	 * The states are all of a vCPU's time, in ticks of the TSC, so the interval's ticks are
	 * their sum: a frequency need not be known.
	 */
	for (size_t i = 0; i < WATCH_STATES; i++)
		all += (double)change->counters.cycles[i];
	if (all <= 0)
		return false;
	*percent = 100 * (double)cycles / all;
	return true;
}

double watch_per_second(const struct watch_change *change, uint64_t count)
{
	return change->seconds > 0 ? (double)count / change->seconds : 0;
}
