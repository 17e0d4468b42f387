/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations: one file per family, one tiny function and one table row
 * each.  An operation is exactly one of what its name says; what it needs
 * before and after is not measured.  docs/operations.md is made from the rows.
 *
 * Sections of manuals, here and everywhere: SDM is Intel's, 325462-077US of April
 * 2022, APM is AMD's, 24593 revision 3.40; volumes 3 and 2 where none is told.
 */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exit_reasons.h"

#define EXPECTED_REASONS 8

/* An intercepted #PF: without nested paging all of MMIO ends in one. */
#define SVM_EXIT_PF (SVM_EXIT_EXCP_BASE + 14)

/* As @max of an expectation: there is no bound. */
#define EXITS_UNBOUNDED UINT8_MAX

/*
 * What KVM is expected to do with an operation on one instruction set: from
 * @min to @max exits per operation, all of them for one of the first
 * @reason_count reasons.  Without @known the row says nothing.
 */
struct expectation {
	bool known;
	uint8_t min, max;
	uint8_t reason_count;
	uint16_t reasons[EXPECTED_REASONS]; /* the processor's numbers: exit_reasons.h */
	const char *varies;		    /* what a number between min and max depends on */
};

#define NO_EXIT                                                                                    \
	{                                                                                          \
		.known = true                                                                      \
	}
/* @low to @high, each for one of the listed reasons, EXPECTED_REASONS at most. */
#define EXITS_AMONG(low, high, text, ...)                                                          \
	{                                                                                          \
		true, (low), (high), sizeof((uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t),       \
			{ __VA_ARGS__ }, (text)                                                    \
	}
/* Always @count, for @reason. */
#define EXITS(count, reason)			     EXITS_AMONG(count, count, NULL, reason)
/* @low to @high, all for @reason, depending on what @text says. */
#define EXITS_VARY(low, high, reason, text)	     EXITS_AMONG(low, high, text, reason)
/* The same for either of two reasons. */
#define EXITS_EITHER(low, high, reason, other, text) EXITS_AMONG(low, high, text, reason, other)

struct op {
	const char *name;    /* as ops= and skip= select it, at most 17 characters */
	const char *what;    /* what it does, a line for the list */
	const char *why;     /* what exits and why, with the manuals' sections */
	const char *compare; /* names of the rows to compare it with, or NULL */

	/* Only when a glob other than "*" selects it. */
	bool on_request;

	/* Only when it is named in full: it is felt beyond this vCPU. */
	bool by_name;

	/* It is woken by the local APIC's timer, which then cannot guard it. */
	bool uses_timer;

	/* The fault it raises is what it measures. */
	bool faults;

	/* Only the exits of the vCPU it runs on count, not the whole VM's. */
	bool own_vcpu;

	uint8_t vcpus;	    /* how many it needs, or it is skipped; 0 means 1 */
	uint8_t operations; /* in one run(), by which figures are divided; 0 means 1 */

	struct expectation svm, vmx;

	/* Whether it is normal here that it faults.  Absent: it is not. */
	bool (*may_fault)(void);

	/*
	 * Why it cannot run here, or NULL when it can.  May be absent.  Called
	 * once before all others.
	 */
	const char *(*skip)(void);

	/* The most runs there is room for, warm-up included.  May be absent. */
	size_t (*limit)(void);

	/* Once before the first and after the last run.  May be absent. */
	void (*setup)(void);
	void (*teardown)(void);

	/*
	 * Around every run, unmeasured.  May be absent.  All of them together
	 * with an empty run() must do no harm: that is how their own exits are
	 * taken off.
	 */
	void (*prepare)(void);
	void (*run)(void);
	void (*finish)(void);

	/*
	 * Why a callback since the last call gave up, or NULL: what was measured
	 * then is no sample, and the operation ends.  After setup() and after
	 * every finish().  May be absent.
	 */
	const char *(*failed)(void);

	/*
	 * TSC ticks that the last run(), which began at @start, waited on
	 * purpose.  May be absent.
	 */
	uint64_t (*wait)(uint64_t start);
};

struct op_family {
	const char *name;
	const char *about; /* a sentence or two for docs/operations.md */
	const struct op *ops;
	size_t count;
};

/* In the order of the table. */
extern const struct op_family *const op_families[];
extern const size_t op_family_count;

/* The family that @op is in; NULL for op_empty. */
const struct op_family *op_family_of(const struct op *op);

/* Does nothing, and is in no family: what the bracket itself costs. */
extern const struct op op_empty;

extern const struct op_family family_control, family_cpuid, family_hypercall, family_port,
	family_string, family_mmio, family_memory, family_msr, family_deadline, family_x2apic,
	family_register, family_debug, family_descriptor, family_tlb, family_exception, family_idle,
	family_interrupt, family_processor, family_smp, family_stats;

#define OP_FAMILY(title, text, table)                                                              \
	{                                                                                          \
		(title), (text), (table), sizeof(table) / sizeof((table)[0])                       \
	}

#endif
