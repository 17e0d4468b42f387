/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VM's host does to the guest's memory because the probe asks for it, while it
 * measures nothing (count_channel.h).
 */
#ifndef VM_HELP_H
#define VM_HELP_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/ivshmem.h"
#include "vm/qmp.h"

/* COUNT_HELPS_* that are of use with @accel, "kvm" or "tcg". */
uint32_t help_offered(const char *accel);

/* Whether @request is for help_answer(). */
bool help_is(uint32_t request);

/* Do it.  False: it cannot be done. */
bool help_answer(uint32_t request, struct ivshmem *ivshmem, struct qmp *qmp);

#endif
