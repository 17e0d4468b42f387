/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation's callbacks may fault, give up, or never end: the run goes on. */
#ifndef MEASURE_GUARD_H
#define MEASURE_GUARD_H

#include <stdbool.h>

#include "measure/measurement.h"

/* Whether one of @op's callbacks has given up: noted in @m. */
bool guard_gave_up(const struct op *op, struct measurement *m);

/* Call @callback, which may be absent: 0, or 1 + the vector of its fault. */
int guard_call(void (*callback)(void));

/*
 * Note in @m that @fault, as of guard_call(), has ended something else than the
 * operation itself, which @text names.  What is left undone could spoil the
 * operations that follow, so it is a failure.  False if there was none.
 */
bool guard_broke(int fault, const char *text, struct measurement *m);

/*
 * Run @op once under a timer that breaks into an instruction that never ends, as
 * VMCALL does not on some hosts.  False when it did, or faulted, or gave up: in
 * @m.  A vCPU that was descheduled meanwhile is late only once: what hangs does so
 * every time.
 */
bool guard_try(const struct op *op, struct measurement *m);

#endif
