/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations. Each family is a file; each operation is a small function and a
 * row of the family's table. An operation does what its name says exactly once; the
 * probe does not measure what it needs before and after. `make docs` generates
 * docs/operations.md from the rows.
 *
 * Sections of manuals, here and in all other files: SDM is Intel's, 325462-077US of
 * April 2022; APM is AMD's, 24593 revision 3.40. A section without a volume is in
 * volume 3 of the SDM or in volume 2 of the APM.
 */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exit_reasons.h"
#include "record_fields.h"

#define EXPECTED_REASONS 8

/* An intercepted #PF. Without nested paging every MMIO access causes one. */
#define SVM_EXIT_PF (SVM_EXIT_EXCP_BASE + 14)

/*
 * What a row expects of KVM on one instruction set: from @min to @max exits per
 * operation, all of them for one of the first @reason_count reasons. Without @known
 * the row expects nothing.
 */
struct expectation {
	bool known;
	uint8_t min, max; /* EXITS_UNBOUNDED: no most */
	uint8_t reason_count;
	uint16_t reasons[EXPECTED_REASONS]; /* the processor's numbers: exit_reasons.h */
	const char *varies;		    /* what the number between min and max depends on */
};

#define NO_EXIT                                                                                    \
	{                                                                                          \
		.known = true                                                                      \
	}
/* @low to @high exits, each for one of the listed reasons (at most EXPECTED_REASONS). */
#define EXITS_AMONG(low, high, text, ...)                                                          \
	{                                                                                          \
		true, (low), (high), sizeof((uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t),       \
			{ __VA_ARGS__ }, (text)                                                    \
	}
/* Always @count exits for @reason. */
#define EXITS(count, reason)			     EXITS_AMONG(count, count, NULL, reason)
/* @low to @high exits, all for @reason. @text says what the number depends on. */
#define EXITS_VARY(low, high, reason, text)	     EXITS_AMONG(low, high, text, reason)
/* The same for one of two reasons. */
#define EXITS_EITHER(low, high, reason, other, text) EXITS_AMONG(low, high, text, reason, other)

struct op {
	const char *name;    /* as ops= and skip= select it; op_name.h has the rule */
	const char *what;    /* what it does: a line for the list */
	const char *why;     /* what exits and why, with the manuals' sections */
	const char *compare; /* names of the rows to compare it with, or NULL */

	/* It runs only if a glob other than "*" selects it. */
	bool on_request;

	/* It runs only if it is named in full, because it affects more than this vCPU. */
	bool by_name;

	/* It uses the local APIC timer, which then cannot serve as its watchdog. */
	bool uses_timer;

	/* The fault that it raises is what it measures. */
	bool faults;

	/* Only the exits of the vCPU that it runs on count, not those of the whole VM. */
	bool own_vcpu;

	uint8_t vcpus;	    /* how many vCPUs it needs; 0 means 1 */
	uint8_t operations; /* in one run(); figures are divided by it; 0 means 1 */

	struct expectation svm, vmx;

	/* Whether it may fault on this machine. Without this callback it may not. */
	bool (*may_fault)(void);

	/*
	 * Why it cannot run here, or NULL if it can. May be absent. Called once
	 * before all other callbacks.
	 */
	const char *(*skip)(void);

	/* The most runs that there is room for, with the warm-up. May be absent. */
	size_t (*limit)(void);

	/* Called once before the first and after the last run. May be absent. */
	void (*setup)(void);
	void (*teardown)(void);

	/*
	 * prepare() and finish() are called around every run and are not measured.
	 * They may be absent. They must also work with an empty run(), which is how
	 * the probe measures and subtracts their exits.
	 */
	void (*prepare)(void);
	void (*run)(void);
	void (*finish)(void);

	/*
	 * Why a callback since the last call gave up, or NULL. If it returns a
	 * reason, the sample is invalid and the operation ends. Called after setup()
	 * and after every finish(). May be absent.
	 */
	const char *(*failed)(void);

	/*
	 * The TSC ticks for which the last run(), which began at @start, waited
	 * deliberately. May be absent.
	 */
	uint64_t (*wait)(uint64_t start);
	bool waits_in_guest; /* and exits only then, so the exit latency is not known */

	/*
	 * The ticks of the last run() that count, if they are not those from its start
	 * to its end. They have no parts. May be absent.
	 */
	int64_t (*figure)(void);
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

/* Return the family of @op, or NULL for op_empty. */
const struct op_family *op_family_of(const struct op *op);

/* It does nothing and belongs to no family. It serves to measure the overhead. */
extern const struct op op_empty;

extern const struct op_family family_control, family_cpuid, family_hypercall, family_port,
	family_string, family_mmio, family_fault, family_memory, family_msr, family_deadline,
	family_x2apic, family_register, family_debug, family_descriptor, family_tlb,
	family_exception, family_idle, family_time, family_interrupt, family_processor, family_smp,
	family_paravirt, family_paravirt_smp, family_hyperv_time, family_hyperv_apic,
	family_hyperv_call, family_pmu, family_firmware, family_after, family_nested,
	family_nested_svm, family_nested_vmx, family_stats;

#define OP_FAMILY(title, text, table)                                                              \
	{                                                                                          \
		(title), (text), (table), sizeof(table) / sizeof((table)[0])                       \
	}

#endif
