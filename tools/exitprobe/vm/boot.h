/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot of the probe in QEMU.
 */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "results/results_writer.h"
#include "vm/counting.h"
#include "vm/cpu_affinity.h"

/* The probe's way to say by QEMU's isa-debug-exit that all went well (README). */
#define PROBE_SUCCESS 33

struct boot_plan {
	const char *accel; /* "kvm" or "tcg" */
	const char *qemu;  /* its program */
	char **qemu_args;  /* more of its options, NULL at the end, or NULL */
	const char *probe; /* probe.elf */
	const char *ops, *skip;
	unsigned int samples, budget_ms; /* 0: the probe's own choice */
	unsigned int settle_ms;		 /* the guest idles so long before it begins */
	unsigned int vcpus;
	bool hyperv; /* the guest sees KVM's imitation of Hyper-V */
	/* How to count exits, from the best way on; NULL at the end. */
	const struct counting *const *ways;
	const char *pin;      /* processors for the vCPUs, as "2" or "2,3"; NULL: choose; "none" */
	unsigned int hang_s;  /* no record for so long: the operation hangs */
	const char *unit;     /* of the guest's TSC ticks */
	unsigned int tick_ms; /* how often to look for records while nothing else happens */
	bool verbose;	      /* show what QEMU says */
};

enum boot_end {
	BOOT_COMPLETE,	  /* the probe's end record is there and its CRC-32 is right */
	BOOT_HUNG,	  /* no record for hang_s */
	BOOT_DIED,	  /* QEMU or the VM ended before that */
	BOOT_INTERRUPTED, /* process_interrupted */
	BOOT_FAILED,	  /* nothing was measured; a message has said why */
};

struct boot_result {
	enum boot_end end;
	int status;	      /* QEMU's, when it died */
	json_int_t kvm_exits; /* KVM's own count for the VM, -1: not known */
	char words[256];      /* the probe's, why it gave up, or QEMU's where it hung; or "" */
	char qemu_version[32];
	char placement[CPU_AFFINITY_VCPUS * 5]; /* the vCPUs' processors, "3,2"; "" without */
	bool memory_locked;
};

/* Boot by @plan and hand each record to @writer. */
void boot_once(const struct boot_plan *plan, struct results_writer *writer,
	       struct boot_result *result);

#endif
