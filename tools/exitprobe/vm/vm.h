/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM of one boot: QEMU, its monitor, and the memory that the probe's records come by. */
#ifndef VM_VM_H
#define VM_VM_H

#include <stdbool.h>

#include "lib/process.h"
#include "vm/boot.h"
#include "vm/boot_words.h"
#include "vm/counting.h"
#include "vm/ivshmem.h"
#include "vm/qmp.h"

struct vm {
	struct process process;
	struct qmp qmp;
	struct ivshmem records;
	struct words words;
	const struct counting *counting; /* NULL: not chosen */
	void *counts;			 /* its state, if it has one */
	bool in_batch;			 /* the probe runs one */
	bool useless;			 /* it shows nothing here */
	bool running; /* past its start, where a flood of words is no reason to give up */
};

/*
 * Start QEMU with the processor @cpu, its vCPUs not yet running, the guest's memory locked if
 * @lock.  False: it does not; words_reason(&vm->words) says why.
 */
bool vm_start(struct vm *vm, const struct boot_plan *plan, const char *cpu, bool lock);

/* It prints without end instead of starting. */
bool vm_is_flood(const struct vm *vm);

/* Each vCPU's thread to its processor, all others away from there. */
void vm_bind_threads(struct vm *vm, const struct boot_plan *plan, struct boot_result *result);

/* Let it run.  False, and one line, if it cannot; one that has ended by now has words of its own. */
bool vm_begin(struct vm *vm);

/* KVM's own count of the VM's exits, or -1. */
json_int_t vm_kvm_exits(struct vm *vm);

/* The end of it, in any state, and what is with it; @status is QEMU's. */
void vm_stop(struct vm *vm, int *status);

#endif
