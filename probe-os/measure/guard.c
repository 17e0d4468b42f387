// SPDX-License-Identifier: GPL-2.0-only
#include "measure/guard.h"

#include "cpu/lapic.h"
#include "cpu/trap.h"

/* No operation takes this long (50 ms or more). One that waits for another vCPU may take longer. */
#define WATCHDOG_TSC	 200000000
#define WATCHDOG_SMP_TSC 2000000000
#define WATCHDOG_TRIES	 3

bool guard_gave_up(const struct op *op, struct measurement *m)
{
	if (!op->failed || !(m->text = op->failed()))
		return false;
	m->outcome = OUTCOME_FAILED;
	return true;
}

int guard_call(void (*callback)(void))
{
	int fault;

	if (!callback)
		return 0;
	fault = trap_guard();
	if (!fault)
		callback();
	trap_unguard();
	return fault;
}

bool guard_broke(int fault, const char *text, struct measurement *m)
{
	if (!fault)
		return false;
	m->outcome = OUTCOME_FAILED;
	m->text = text;
	m->fault = fault - 1;
	return true;
}

/* Run @op with interrupts on and the timer armed. Return 0, or 1 + the vector that ended it. */
static int run_watched(const struct op *op)
{
	int fault = trap_guard();

	if (!fault) {
		if (op->prepare)
			op->prepare();
		trap_watchdog(true);
		lapic_timer_arm(op->vcpus > 1 ? WATCHDOG_SMP_TSC : WATCHDOG_TSC);
		asm volatile("sti" : : : "memory");
		op->run();
		asm volatile("cli" : : : "memory");
	}
	trap_unguard();
	trap_watchdog(false);
	lapic_timer_stop();
	return fault;
}

bool guard_try(const struct op *op, struct measurement *m)
{
	int fault = 0;

	if (!lapic_timer_present() || op->uses_timer)
		return true;

	for (int try = 0; try < WATCHDOG_TRIES; try++) {
		fault = run_watched(op);
		if (guard_broke(guard_call(op->finish), "its finish() faults", m))
			return false;
		if (fault != 1 + VECTOR_TIMER)
			break;
	}
	if (!fault)
		return !guard_gave_up(op, m);
	m->outcome = fault == 1 + VECTOR_TIMER ? OUTCOME_HANGS : OUTCOME_FAULTED;
	if (m->outcome == OUTCOME_FAULTED)
		m->fault = fault - 1;
	return false;
}
