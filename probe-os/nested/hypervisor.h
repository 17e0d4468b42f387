/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe as a hypervisor, L1, with a guest of a few instructions, L2. An operation
 * is one entry into L2 and the way back: begin() in its setup, end() in its teardown,
 * prepare(), enter() and finish() around and in each run.
 */
#ifndef NESTED_HYPERVISOR_H
#define NESTED_HYPERVISOR_H

#include <stdint.h>

#include "nested/l2.h"

struct hypervisor {
	/* Why the probe cannot be one here, or cannot offer nested paging; NULL if it can. */
	const char *(*skip)(void);
	const char *(*skip_paging)(void);

	/*
	 * Enable the processor's virtualization for an L2 that executes @program. It
	 * must come back to L1 by the exit @reason, the processor's number.
	 */
	void (*begin)(enum l2_program program, uint32_t reason);

	/* After begin(): make L2 one that the processor refuses to enter. */
	void (*spoil)(void);

	/* Put everything back, whatever has happened. */
	void (*end)(void);

	/* Make L2 begin at the beginning. */
	void (*prepare)(void);

	/* Enter L2 with @argument in RDI, and return when it is back. */
	void (*enter)(uint64_t argument);

	/* The same, with what a hypervisor does around it for each exit. */
	void (*serve)(void);

	/*
	 * Note how L2 has ended since prepare() (end.h), and make L1 what it was before.
	 * Without enter() there is nothing to note.
	 */
	void (*finish)(void);
};

extern const struct hypervisor svm_hypervisor, vmx_hypervisor;

/* Return the one of this processor's vendor. */
const struct hypervisor *hypervisor(void);

#endif
