// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's tracepoints kvm_exit and kvm_entry see each exit, those of kvm_fpu each return to
 * userspace.  The probe's stamps are the guest's TSC, the events' the host's; the vCPU's
 * directory in debugfs has what lies between them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "counts/answers.h"
#include "counts/counts.h"
#include "counts/events.h"
#include "counts/exits.h"
#include "lib/message.h"
#include "results/records.h"
#include "vm/cpu_affinity.h"
#include "vm/host.h"

#define TIMEOUT_MS 20000
#define DEBUGFS	   "/sys/kernel/debug/kvm"

struct trace {
	struct events *events;
	struct exits *exits;
	struct watching_costs costs;
	bool refused;		 /* the probe's costs, so that no sample can be right */
	struct exit_sites sites; /* of the present operation */
	struct mapped image;	 /* of probe.elf; without bytes: it cannot be read */
	char *offset;		 /* the file with the guest's TSC less the host's */
};

static char *objection(void)
{
	char *why = events_objection();

	if (!why && !host_access(DEBUGFS, R_OK | X_OK))
		why = xstrdup("no " DEBUGFS " (mount -t debugfs debugfs /sys/kernel/debug)");
	return why;
}

/* That of the host's TSC, as KVM tells a vCPU; 0: it does not. */
static uint64_t host_tsc_khz(void)
{
	int kvm = host_open_device("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	int vcpu = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0);
	int khz = vcpu < 0 ? 0 : ioctl(vcpu, KVM_GET_TSC_KHZ, 0);

	for (size_t i = 0; i < 3; i++) {
		int fd = (int[]){ vcpu, vm, kvm }[i];

		if (fd >= 0)
			close(fd);
	}
	return khz > 0 ? (uint64_t)khz : 0;
}

/* The first vCPU's directory in debugfs of the VM of process @pid, or NULL. */
static char *vcpu_directory(pid_t pid)
{
	DIR *all = opendir(DEBUGFS);
	char *found = NULL;
	struct dirent *entry;
	int owner, fd;

	/* The VM's is PID-FD. */
	while (all && !found && (entry = readdir(all)))
		if (sscanf(entry->d_name, "%d-%d", &owner, &fd) == 2 && owner == pid)
			found = xasprintf(DEBUGFS "/%s/vcpu0", entry->d_name);
	if (all)
		closedir(all);
	return found;
}

/* False: the guest's TSC runs as fast as the host's. */
static bool is_scaled(const char *directory)
{
	char *path = xasprintf("%s/tsc-scaling-ratio", directory), *ratio = host_text(path);
	char *bits_path = xasprintf("%s/tsc-scaling-ratio-frac-bits", directory);
	char *bits = host_text(bits_path);
	bool scaled = ratio && bits &&
		      strtoull(ratio, NULL, 10) != 1ull << (strtoull(bits, NULL, 10) & 63);

	free(ratio);
	free(bits);
	free(path);
	free(bits_path);
	return scaled;
}

static size_t vcpu_threads(struct qmp *qmp, pid_t *threads)
{
	json_t *cpus = qmp_execute(qmp, "query-cpus-fast", NULL, TIMEOUT_MS), *cpu;
	size_t i, count = 0;

	json_array_foreach(cpus, i, cpu)
		if (count < CPU_AFFINITY_VCPUS)
			threads[count++] =
				(pid_t)json_integer_value(json_object_get(cpu, "thread-id"));
	json_decref(cpus);
	return count;
}

static void end(void *state)
{
	struct trace *t = state;

	if (t->events)
		events_close(t->events);
	if (t->exits)
		exits_free(t->exits);
	if (t->image.bytes)
		mapped_close(&t->image);
	free(t->offset);
	free(t);
}

static void *begin(const struct counting_vm *vm, char *why, size_t size)
{
	struct trace *t = xcalloc(1, sizeof(*t));
	pid_t threads[CPU_AFFINITY_VCPUS];
	size_t count = vcpu_threads(vm->qmp, threads);
	char *directory = vcpu_directory(vm->pid);
	uint64_t tsc_khz = host_tsc_khz();
	bool scaled = directory && is_scaled(directory);

	if (directory)
		t->offset = xasprintf("%s/tsc-offset", directory);
	free(directory);
	if (!count)
		snprintf(why, size, "QEMU's monitor does not tell the vCPUs' threads");
	else if (!t->offset)
		snprintf(why, size, "the VM has no directory in " DEBUGFS);
	else if (scaled)
		snprintf(why, size, "KVM scales the guest's TSC, so its stamps are not the host's");
	else if (!tsc_khz)
		snprintf(why, size, "KVM does not tell the TSC's frequency");
	else
		t->events = events_open(threads, count, why, size);
	if (!t->events) {
		end(t);
		return NULL;
	}
	t->exits = exits_new(count, tsc_khz);
	probe_image_map(&t->image, vm->probe);
	return t;
}

/* The guest's TSC less the host's.  False: it cannot be read. */
static bool read_offset(const struct trace *t, uint64_t *offset)
{
	char *text = host_text(t->offset);

	if (text)
		*offset = (uint64_t)strtoll(text, NULL, 10);
	free(text);
	return text;
}

static void tick(void *state)
{
	struct trace *t = state;

	events_read(t->events, exits_event, t->exits);
}

static enum counting_answer answer(void *state, volatile struct count_channel *channel)
{
	struct trace *t = state;
	uint64_t offset;
	bool lost;

	/* All that was before the question. */
	tick(t);
	lost = events_lost(t->events);
	lost |= exits_overflowed(t->exits);
	channel->lost = lost;
	switch (channel->request) {
	case COUNT_READ:
		answer_read(t->exits, channel);
		return COUNTING_DONE;
	case COUNT_SAMPLES:
		if (!t->refused && read_offset(t, &offset) &&
		    answer_samples(t->exits, &t->costs, offset, channel, &t->sites))
			return COUNTING_DONE;
		channel->lost = true;
		return COUNTING_FAILED;
	case COUNT_EVENTS:
		return events_watch(t->events, channel->events) ? COUNTING_DONE : COUNTING_FAILED;
	case COUNT_COSTS:
		t->refused = !answer_costs(channel, &t->costs);
		if (t->refused)
			return COUNTING_FAILED;
		return exits_any(t->exits) ? COUNTING_DONE : COUNTING_USELESS;
	default:
		return COUNTING_FAILED;
	}
}

/* An operation begins: what was sampled until now was the bracket's, or another's. */
static void operation(void *state)
{
	struct trace *t = state;

	t->sites = (struct exit_sites){ 0 };
}

static void complete(void *state, json_t *op)
{
	struct trace *t = state;
	json_t *sites = NULL;

	if (json_object_get(op, FIELD(op, exits)))
		sites = sites_json(&t->sites, op, t->image.bytes ? &t->image : NULL);
	if (sites)
		json_object_set_new(op, FIELD(op, sites), sites);
}

const struct counting counts_trace = {
	.way = WAY_TRACE,
	.gives = COUNT_GIVES_SAMPLES,
	.objection = objection,
	.begin = begin,
	.answer = answer,
	.tick = tick,
	.operation = operation,
	.complete = complete,
	.end = end,
};
