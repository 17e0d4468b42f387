/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An instance of tracefs that does not outlive us: a process beside us waits for our end,
 * however that comes, and removes it.  Should that one be killed too, the next instance_open()
 * does.
 */
#ifndef COUNTS_INSTANCE_H
#define COUNTS_INSTANCE_H

#include <stddef.h>
#include <tracefs.h>

struct instance;

/* NULL: @why says why. */
struct instance *instance_open(char *why, size_t size);
struct tracefs_instance *instance_tracefs(struct instance *instance);
void instance_close(struct instance *instance);

#endif
