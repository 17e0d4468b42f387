/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations: one file per family, one tiny function and one table row
 * each.  An operation is exactly one of what its name says; what it needs
 * before and after is not measured.
 */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>

struct op {
	const char *name; /* as ops= and skip= select it, at most 17 characters */
	const char *what; /* a line for the list */

	/* Only when a glob other than "*" selects it. */
	bool on_request;

	/* Why it cannot run here, or NULL when it can.  May be absent. */
	const char *(*skip)(void);

	/* It is woken by the local APIC's timer, which then cannot guard it. */
	bool uses_timer;

	/* Around every sample, unmeasured.  May be absent. */
	void (*prepare)(void);
	void (*run)(void);
	void (*finish)(void);
};

struct op_family {
	const struct op *ops;
	size_t count;
};

/* In the order of the table. */
extern const struct op_family *const op_families[];
extern const size_t op_family_count;

/* The operation that does nothing: what the bracket itself costs. */
extern const struct op op_empty;

extern const struct op_family family_control, family_cpuid, family_port, family_msr,
	family_hypercall, family_apic, family_idle, family_stats;

#define OP_FAMILY(table)                                                                           \
	{                                                                                          \
		(table), sizeof(table) / sizeof((table)[0])                                        \
	}

#endif
