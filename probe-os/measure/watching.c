// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two operations with one exit each, one of which returns to userspace, are measured unwatched
 * and with more and more of the host's events.  What the round trip gains is what they cost.
 *
 * An event's stamp lies somewhere within its cost, nobody knows where, but at the same place in
 * each. So between two events, from stamp to stamp, lies what the host does there and the cost of
 * one event. With the functions' events instead of the tracepoints' there is more between them:
 * the difference is what KVM does between the guest and a tracepoint. The code between those
 * functions and the guest remains unknown.
 */
#include "measure/watching.h"

#include "cpu/insn.h"
#include "measure/host_counts.h"
#include "measure/sampling.h"
#include "ops/ports.h"

/* These first samples do not count, because the host's code has just been changed. */
#define WARM_UP 8

static struct watching_costs costs;

const struct watching_costs *watching_costs(void)
{
	return &costs;
}

static void run_cpuid(void)
{
	cpuid(0, 0);
}

static void run_port(void)
{
	inl(PORT_UNMAPPED);
}

/* Measure @run while the host watches @events. */
static void watched(void (*run)(void), uint32_t events, const struct plan *plan,
		    struct measurement *m)
{
	const struct op op = { .run = run };

	host_counts_watch(events);
	*m = (struct measurement){ .operations = 1 };
	sampling_take(&op, plan, WARM_UP, SIZE_MAX, m);
	sampling_dissect(m);
}

/* An exit's time outside of its events: divided as its stamps move, whose sum has an event's cost. */
static void weigh_exit(int64_t outside, const struct measurement *tracepoints,
		       const struct measurement *functions)
{
	int64_t before = tracepoints->exit_latency - functions->exit_latency;
	int64_t behind = tracepoints->entry_latency - functions->entry_latency;

	costs.before_exit = before + behind > 0 ? outside * before / (before + behind) : 0;
	costs.behind_entry = outside - costs.before_exit;
}

void watching_weigh(const struct plan *plan)
{
	static struct measurement cpuid, cpuid_exit, cpuid_both, cpuid_functions;
	static struct measurement port, port_all, port_functions;
	int64_t kernel, user;

	watched(run_cpuid, 0, plan, &cpuid);
	watched(run_port, 0, plan, &port);
	watched(run_cpuid, COUNT_EVENT_FUNCTIONS, plan, &cpuid_functions);
	watched(run_port, COUNT_EVENT_FUNCTIONS, plan, &port_functions);
	watched(run_cpuid, COUNT_EVENT_EXIT, plan, &cpuid_exit);
	watched(run_cpuid, COUNT_EVENT_EXIT | COUNT_EVENT_ENTRY, plan, &cpuid_both);
	watched(run_port, COUNT_EVENTS_ALL, plan, &port_all);

	costs.exit = cpuid_exit.cycles.p50 - cpuid.cycles.p50;
	costs.entry = cpuid_both.cycles.p50 - cpuid_exit.cycles.p50;
	costs.userspace = port_all.cycles.p50 - port.cycles.p50 - costs.exit - costs.entry;
	costs.knows_outside = cpuid_both.exits == 1 && cpuid_functions.exits == 1 &&
			      port_all.exits == 1 && port_functions.exits == 1;
	if (costs.knows_outside) {
		/* Of the functions' events an exit has two, and with a return to userspace four. */
		kernel = cpuid_functions.kernel -
			 (cpuid_functions.cycles.p50 - cpuid.cycles.p50) / 2;
		user = port_functions.user - (port_functions.cycles.p50 - port.cycles.p50) / 4;
		weigh_exit(kernel - (cpuid_both.kernel - (costs.exit + costs.entry) / 2),
			   &cpuid_both, &cpuid_functions);
		costs.around_userspace = port_all.user - costs.userspace / 2 - user;
	}
	host_counts_costs(&costs);
}
