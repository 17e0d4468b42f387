/* SPDX-License-Identifier: GPL-2.0-only */
/* One reading of the VMs of this host, each by the best way there is for it. */
#ifndef WATCH_READ_H
#define WATCH_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "watch/choose.h"
#include "watch/parse.h"

/* From the one that shows most. */
enum watch_way {
	WATCH_BY_PATCH,
	WATCH_BY_MODULE,
	WATCH_BY_STATS, /* KVM's own: counters that overlap, no times */
	WATCH_BY_NOTHING,
};

/* As the JSON and the CSV call them. */
extern const char *const watch_way_names[];

struct watch_vcpu {
	unsigned int number;
	struct watch_counters counters;
};

struct watch_vm {
	char id[WATCH_ID_SIZE]; /* its directory's name: PID-N */
	pid_t pid;
	char *name; /* of -name, fit to be shown; NULL: none */
	enum watch_way way;
	char *better;	/* what a better way would need, in words; NULL: there is none */
	uint64_t at_ns; /* CLOCK_MONOTONIC, when it was read */
	/* By KVM's own statistics there is one, the whole VM. */
	size_t vcpu_count;
	struct watch_vcpu *vcpus;
};

struct watch_list {
	size_t count;
	struct watch_vm *vms;
};

#define WATCH_KVM_PATH	  "/sys/kernel/debug/kvm"
#define WATCH_MODULE_PATH "/sys/kernel/debug/kvm_exit_stats"

/* All of file @path, allocated, with a NUL behind it; NULL with errno. */
char *watch_file(const char *path, size_t *length);

/* Read @vm, whose directory of the module's is @module_id; NULL: it has none. */
void watch_read_vm(struct watch_vm *vm, const char *module_id);

/* The VMs that @word means.  False: this host shows none at all, and @why says why. */
bool watch_read(const char *word, struct watch_list *list, char *why, size_t size);
void watch_list_free(struct watch_list *list);

/* The VM of that directory's name in @list, or NULL. */
const struct watch_vm *watch_find(const struct watch_list *list, const char *id);

#endif
