/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe in the lab, by an exitprobe of its own on the lab's host.
 */
#ifndef VM_LAB_RUN_H
#define VM_LAB_RUN_H

#include "results/results_writer.h"
#include "vm/boot.h"

struct lab_plan {
	const char *vendor;  /* "amd" or "intel": which processor is emulated */
	const char *kernel;  /* "6.1" or another that the lab can be built for */
	const char *modules; /* directory with other modules, or NULL */
	const char *counts;  /* --counts of the exitprobe in it */
	unsigned int boots;
	unsigned int limit_s; /* processor time for all of it */
};

/*
 * Boot it once and, in it, the probe as @plan says, @lab->boots times; @writer grows as
 * the exitprobe in it hands over.  Returns an exit_status.
 */
int lab_run(const struct lab_plan *lab, const struct boot_plan *plan,
	    struct results_writer *writer);

#endif
