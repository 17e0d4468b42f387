/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's command line for one boot of the probe.
 */
#ifndef VM_BOOT_ARGUMENTS_H
#define VM_BOOT_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/boot.h"

struct boot_arguments {
	char **list; /* NULL at its end */
	size_t count;
};

/*
 * To boot as @plan says on a @cpu of QEMU's, stopped at first; @records and @qmp are
 * descriptors that QEMU inherits, of the memory for the records and of the monitor's
 * socket; @lock: the guest's memory into the host's.
 */
struct boot_arguments boot_arguments(const struct boot_plan *plan, const char *cpu, int records,
				     int qmp, bool lock);
void boot_arguments_free(struct boot_arguments *arguments);

#endif
