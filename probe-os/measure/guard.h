/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation's callbacks may fault, give up, or never return. The run continues. */
#ifndef MEASURE_GUARD_H
#define MEASURE_GUARD_H

#include <stdbool.h>

#include "measure/measurement.h"

/* Return whether one of @op's callbacks has given up, and note it in @m. */
bool guard_gave_up(const struct op *op, struct measurement *m);

/* Call @callback, which may be NULL. Return 0, or 1 + the vector of its fault. */
int guard_call(void (*callback)(void));

/*
 * If guard_call() returned a @fault, note in @m that a callback other than the
 * operation itself, which @text names, has faulted. This is a failure, because an
 * unfinished callback could disturb the operations that follow. Return false if
 * there was no fault.
 */
bool guard_broke(int fault, const char *text, struct measurement *m);

/*
 * Run @op once under a timer that interrupts an instruction that never ends, as
 * VMCALL never does on some hosts. Return false if @op did not end, faulted or
 * gave up; @m says which. @op counts as hanging only if it does so in every try,
 * because a vCPU that was descheduled is late only once.
 */
bool guard_try(const struct op *op, struct measurement *m);

#endif
