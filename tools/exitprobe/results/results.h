/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A results file (abi/results.schema.json), read and checked.  All times are
 * in the file's unit: TSC ticks, or the lab's instructions.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record_fields.h"

#define RESULTS_FORMAT 1

/* What is read at most, as input.h has it for the file; more is an error. */
#define RESULTS_MAX_BOOTS      1000
#define RESULTS_MAX_RECORDS    4096 /* in a boot */
#define RESULTS_MAX_OPERATIONS 4096 /* of different names, in all boots together */
#define RESULTS_MAX_BUCKETS    10000
#define RESULTS_MAX_WORDS      1000		  /* of the command */
#define RESULTS_MAX_TICKS      ((int64_t)1 << 53) /* whole in any reader of JSON */
#define RESULTS_MAX_COUNT      ((int64_t)1 << 40)

/* From the instruction to the host, there, and back. */
enum part { PART_OUT, PART_KERNEL, PART_USER, PART_HALTED, PART_IN, PART_COUNT };

enum accel { ACCEL_KVM, ACCEL_TCG, ACCEL_LAB };

/* The last is in no record: the operation took the probe or the VM with it. */
enum outcome { OUTCOMES(ENUM_CONSTANT) OUTCOME_LOST };

/* Round trip of one operation, as the guest sees it. */
struct figures {
	int64_t min, p50, p90, p99, max;
	int64_t mean;		 /* of the middle 80 % */
	int64_t ci_low, ci_high; /* 95 % interval of p50 */
};

/* @count values from @low up to the next bucket's. */
struct histogram_bucket {
	int64_t low;
	int64_t count;
};

struct histogram {
	size_t count;
	struct histogram_bucket *buckets; /* ascending, none empty */
	int64_t samples;
};

struct reason {
	int64_t number; /* the processor's */
	char *name;
	int64_t milli; /* thousandths of an exit */
};

struct reasons {
	size_t count;
	struct reason *list;
};

/* The instructions that exit, as KVM's tracepoints show them. */
struct sites {
	size_t count;
	struct site {
		int64_t address;
		char *at; /* the same as "run_cpuid+0x2", or NULL */
		struct reason reason;
	} * list;
};

struct parts {
	bool known[PART_COUNT];
	int64_t ticks[PART_COUNT];
};

struct expected {
	int64_t min, max;
	char **reasons;
	size_t reason_count;
	char *varies; /* or NULL */
};

struct op_result {
	char *op;
	enum outcome outcome;
	char *text;  /* why it was not measured, or NULL */
	char *fault; /* "#GP", or NULL */

	/* From here on only of what was measured. */
	enum stop stop;
	int64_t taken, kept;
	int64_t operations; /* in a sample */
	struct figures cycles;
	struct histogram histogram;
	int64_t wait; /* taken off; 0: none */

	bool counted; /* who counts exits did; what follows is of that */
	int64_t exits_milli;
	struct parts parts;
	struct reasons reasons; /* of runs back to back, per operation */
	int64_t l2_milli;	/* of them from L2, a guest of the probe's own */
	struct sites sites;
	struct reasons hints; /* at the reasons: counters of KVM's, by name; number is 0 */
	struct reasons foreign;
	int64_t aside_exits, aside_away; /* samples */
	bool descheduled;
	bool has_expected, agrees;
	struct expected expected;
};

struct derived {
	char *name, *minuend, *subtrahend;
	int64_t cycles, low, high;
	bool control;		   /* the subtrahend is 0 on a machine of steady speed */
	enum difference_kind says; /* as the probe did; of older ones, by the interval */
	int64_t exits_milli; /* of merged ones: the difference of the exits, 0 if not counted */
};

/* What the probe says of itself and of its machine. */
struct meta {
	char *version, *build;
	char *vendor, *brand;
	int64_t family, model, stepping;
	int64_t microcode; /* -1: not known */
	char *hypervisor;  /* or NULL */
	char *host;	   /* as told, or NULL */
	char *settings;	   /* "samples=100 settle_ms=1200", as told, or NULL */
	char *tsc_verdict; /* "agrees" */
	bool tsc_monotonic;
	int64_t tsc_khz; /* 0: not known */
	int64_t vcpus;
	int64_t stats_version; /* 0: the host does not count */
	char *isa;	       /* "SVM"; NULL with stats_version 0 */
	char *keeper;	       /* "module"; NULL with stats_version 0 */
	bool halted_unknown;   /* it counts as another time */
	int64_t bracket;       /* what an empty sample takes */
	bool watched;	       /* by tracepoints; what follows is what that costs: */
	int64_t exit_cost, entry_cost, return_cost;
	int64_t nop_ticks; /* of a NOP; -1: not told */
	bool emulated;	   /* no processor executes the guest's instructions */
};

struct lost {
	char *op, *how;
};

struct boot {
	bool complete;
	int64_t status;
	double seconds;
	bool has_meta;
	struct meta meta;
	size_t op_count;
	struct op_result *ops; /* in the order in which they ran */
	size_t derived_count;
	struct derived *derived;
	size_t lost_count;
	struct lost *lost;
	bool has_end;
	struct reasons foreign; /* exits of the host's own; milli is of whole exits too */
	int64_t clamped;
	bool has_crosscheck;
	int64_t kvm_exits, probe_exits;
};

struct property {
	char *name;
	char *value; /* as text; NULL: it could not be read */
};

struct results {
	char *file; /* as the user named it */
	char *version, *created;
	bool complete, deterministic;
	enum accel accel;
	enum way way; /* who counts exits */
	char *unit;
	char *command;	   /* its words, blanks between */
	char *modules;	   /* what --modules named, or NULL */
	char *qemu_args;   /* those of --qemu-arg among them, or NULL */
	char *fingerprint; /* of all parts, 64 hexadecimal digits, or NULL: not told */
	size_t part_count;
	struct property *parts; /* what it is of, in the file's order; no value is NULL */
	size_t property_count;
	struct property *machine; /* in the file's order */
	size_t boot_count;
	struct boot *boots;
	json_t *profiles; /* an array, or NULL; texts checked, nothing else */
};

extern const char *const accel_names[], *const outcome_names[], *const stop_names[],
									*const tsc_verdict_names[],
										*const part_names[];

/*
 * Read @path, or standard input for "-".  NULL: @message says why, in one line of
 * at most @size bytes: "FILE: boots[2].records[17].cycles.p50: must be an integer,
 * is a string".
 */
struct results *results_load(const char *path, char *message, size_t size);

/* The same of a document that is there already; @name is for messages. */
struct results *results_from_json(const char *name, const json_t *document, char *message,
				  size_t size);
struct results *results_from_text(const char *name, const char *text, size_t length, char *message,
				  size_t size);

/*
 * Write @document whole or not at all: into a file beside @path that is then given
 * its name.  False: @message says why, and nothing is left behind.
 */
bool results_save(const json_t *document, const char *path, char *message, size_t size);

/* Whether that would be a file that results_load() refuses for its size. */
bool results_are_too_large(const json_t *document);

void results_free(struct results *results);

/* The figures of the first boot that has any, or NULL. */
const struct meta *results_meta(const struct results *results);

/* The fingerprint's part of that name, or NULL. */
const char *results_part(const struct results *results, const char *name);

/* The machine's property of that name, or NULL; its value may be NULL as well. */
const struct property *results_property(const struct results *results, const char *name);

#endif
