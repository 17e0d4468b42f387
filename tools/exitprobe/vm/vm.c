// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/message.h"
#include "vm/boot_arguments.h"
#include "vm/cpu_affinity.h"

/* QEMU answers in milliseconds; in the lab it runs on an emulated processor. */
#define QMP_TIMEOUT_MS	 20000
#define START_TIMEOUT_MS 60000
#define END_TIMEOUT_MS	 5000

bool vm_is_flood(const struct vm *vm)
{
	return !vm->running && vm->words.bytes > WORDS_FLOOD;
}

/*
 * While QEMU's answer is waited for: it may have died and left its end of the socket
 * to a child, or print until nobody can wait for it.
 */
static bool may_answer(void *data)
{
	struct vm *vm = data;

	words_take(&vm->words, &vm->process);
	return !process_wait(&vm->process, 0) && !vm_is_flood(vm);
}

bool vm_start(struct vm *vm, const struct boot_plan *plan, const char *cpu, bool lock)
{
	struct boot_arguments arguments;
	int sockets[2];
	bool started;

	if (!ivshmem_open(&vm->records)) {
		snprintf(vm->words.last, sizeof(vm->words.last),
			 "memory for the probe's records: %s", strerror(errno));
		return false;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) {
		snprintf(vm->words.last, sizeof(vm->words.last), "a socket for QEMU's monitor: %s",
			 strerror(errno));
		ivshmem_close(&vm->records);
		return false;
	}
	fcntl(sockets[1], F_SETFD, 0);
	arguments = boot_arguments(plan, cpu, vm->records.fd, sockets[1], lock);
	started = process_start(&vm->process, (const char *const *)arguments.list, SIGKILL);
	if (!started)
		snprintf(vm->words.last, sizeof(vm->words.last), "%s: %s", plan->qemu,
			 strerror(errno));
	boot_arguments_free(&arguments);
	close(sockets[1]);
	vm->words.verbose = plan->verbose;
	vm->qmp = (struct qmp){ .fd = sockets[0], .meanwhile = may_answer, .data = vm };
	if (started && qmp_open(&vm->qmp, START_TIMEOUT_MS))
		return true;
	if (started) {
		if (!vm_is_flood(vm))
			process_wait(&vm->process, 1000);
		words_take(&vm->words, &vm->process);
		process_end(&vm->process, 100);
	}
	qmp_close(&vm->qmp);
	words_free(&vm->words);
	ivshmem_close(&vm->records);
	return false;
}

void vm_stop(struct vm *vm, int *status)
{
	if (vm->counts)
		vm->counting->end(vm->counts);
	json_decref(qmp_execute(&vm->qmp, "quit", NULL, END_TIMEOUT_MS));
	words_take(&vm->words, &vm->process);
	*status = process_end(&vm->process, END_TIMEOUT_MS);
	qmp_close(&vm->qmp);
	words_free(&vm->words);
	ivshmem_close(&vm->records);
}

void vm_bind_threads(struct vm *vm, const struct boot_plan *plan, struct boot_result *result)
{
	json_t *cpus = qmp_execute(&vm->qmp, "query-cpus-fast", NULL, QMP_TIMEOUT_MS), *cpu;
	pid_t threads[CPU_AFFINITY_VCPUS];
	struct cpu_affinity affinity;
	char error_text[128];
	size_t i, placed = 0;

	/* It was looked at when the options were, but processors may go. */
	if (!cpu_affinity_choose(&affinity, plan->pin, plan->vcpus, error_text,
				 sizeof(error_text))) {
		warning("%s", error_text);
		json_decref(cpus);
		return;
	}
	/* A monitor that does not answer will not start the VM either. */
	if (!cpus)
		return;
	json_array_foreach(cpus, i, cpu) {
		if (i < affinity.count)
			threads[i] = (pid_t)json_integer_value(json_object_get(cpu, "thread-id"));
	}
	if (json_array_size(cpus) >= affinity.count && affinity.count) {
		/* The others first: a thread that they start later inherits. */
		cpu_affinity_bind_others(&affinity, vm->process.pid, threads, affinity.count);
		for (i = 0; i < affinity.count; i++)
			placed += cpu_affinity_bind_vcpu(&affinity, (unsigned int)i, threads[i]);
	}
	if (affinity.count && placed == affinity.count)
		snprintf(result->placement, sizeof(result->placement), "%d", affinity.cpus[0]);
	for (i = 1; placed == affinity.count && i < affinity.count; i++) {
		size_t at = strlen(result->placement);

		snprintf(result->placement + at, sizeof(result->placement) - at, ",%d",
			 affinity.cpus[i]);
	}
	if (placed < affinity.count)
		warning("the vCPUs cannot be bound to processors; the figures may vary more");
	json_decref(cpus);
}

bool vm_begin(struct vm *vm)
{
	json_t *answer = qmp_execute(&vm->qmp, "cont", NULL, QMP_TIMEOUT_MS);

	json_decref(answer);
	if (answer || vm->qmp.closed)
		return true;
	if (!process_interrupted)
		error("QEMU does not start the VM: %s",
		      *vm->qmp.refusal ? vm->qmp.refusal : "its monitor does not answer");
	return false;
}

/* Linux, Documentation/virt/kvm/api.rst, 4.132. */
json_int_t vm_kvm_exits(struct vm *vm)
{
	json_t *answer = qmp_execute(&vm->qmp, "query-stats",
				     json_pack("{s:s, s:[{s:s, s:[s]}]}", "target", "vcpu",
					       "providers", "provider", "kvm", "names", "exits"),
				     QMP_TIMEOUT_MS);
	json_int_t sum = qmp_stats_sum(answer);

	json_decref(answer);
	return sum;
}
