/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way of counting a VM's exits: who does it, and what the VM's boot has to call.  The
 * ways themselves are in counts/, one file each.
 */
#ifndef VM_COUNTING_H
#define VM_COUNTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "count_channel.h"
#include "record_fields.h"
#include "vm/qmp.h"

/* A VM that is there and has not begun to run. */
struct counting_vm {
	struct qmp *qmp;
	pid_t pid;	   /* of QEMU */
	const char *probe; /* probe.elf */
};

enum counting_answer {
	COUNTING_DONE,
	COUNTING_FAILED,  /* what is counted would be wrong */
	COUNTING_USELESS, /* this host shows no exits in this way */
};

struct counting {
	enum way way;
	uint32_t gives; /* COUNT_GIVES_* */

	/*
	 * Why this host does not allow it, in words for the caller to free; NULL: as far as
	 * that is known without a VM, it does.
	 */
	char *(*objection)(void);

	/* Those below are there only if exitprobe counts, and not KVM for the probe. */

	/* Begin with @vm.  NULL: it cannot, and @why says why. */
	void *(*begin)(const struct counting_vm *vm, char *why, size_t size);

	/* What the probe asks for by @channel. */
	enum counting_answer (*answer)(void *state, volatile struct count_channel *channel);

	/* Between two questions, every few milliseconds.  May be NULL. */
	void (*tick)(void *state);

	/* The probe begins with an operation.  May be NULL. */
	void (*operation)(void *state);

	/* An operation's record: add what was counted.  May be NULL. */
	void (*complete)(void *state, json_t *op);

	void (*end)(void *state);
};

/* Whether the probe has to ask us. */
static inline bool counting_is_asked(const struct counting *counting)
{
	return counting->begin;
}

#endif
