// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/boot.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "kvm_exit_stats.h"
#include "lib/message.h"
#include "lib/process.h"
#include "results/records.h"
#include "results/ways.h"
#include "vm/fingerprint.h"
#include "vm/help.h"
#include "vm/host.h"
#include "vm/qmp.h"
#include "vm/vm.h"

/*
 * How often to look for what the probe asks, which it waits for, and while it runs a batch:
 * a longer wait at its end would have more of the host's exits in it.
 */
#define ASKED_NS       1000000
#define ASKED_BATCH_NS 100000

/* The probe, once it has said why it cannot go on, is given so long to power off. */
#define LAST_WORD_MS 1000

static void complete(void *data, json_t *record)
{
	struct vm *vm = data;

	if (vm->counts && vm->counting->operation && record_is(record, RECORD_START))
		vm->counting->operation(vm->counts);
	if (vm->counts && record_is(record, RECORD_OP))
		vm->counting->complete(vm->counts, record);
}

/* Whose reasons the probe's rows are to expect. */
static uint32_t host_isa(void)
{
	const char *module = host_vendor_module();

	if (!module)
		return 0;
	return strcmp(module, "kvm_amd") ? KVM_EXIT_STATS_ISA_VMX : KVM_EXIT_STATS_ISA_SVM;
}

/* Once known, later boots take the same, without another word. */
static const struct counting *const *way_taken;

/* Say that it does not work here.  False: there is no other. */
static bool give_up_way(const char *why)
{
	if (!way_taken[1])
		error("--counts %s: %s", way_names[(*way_taken)->way], why);
	else
		warning("no exits by %s: %s; next: %s", way_title((*way_taken)->way), why,
			way_title(way_taken[1]->way));
	return way_taken[1];
}

/*
 * Take the best of the plan's ways to count that this VM allows.  False, and one line:
 * none does.
 */
static bool choose_counting(struct vm *vm, const struct boot_plan *plan)
{
	const struct counting_vm there = { .qmp = &vm->qmp,
					   .pid = vm->process.pid,
					   .probe = plan->probe };
	char why[384];

	for (way_taken = way_taken ? way_taken : plan->ways; *way_taken; way_taken++) {
		vm->counting = *way_taken;
		if (!counting_is_asked(vm->counting))
			return true;
		vm->counts = vm->counting->begin(&there, why, sizeof(why));
		if (vm->counts) {
			vm->records.channel->isa = host_isa();
			vm->records.channel->gives = vm->counting->gives;
			vm->records.complete = vm->counting->complete ? complete : NULL;
			vm->records.data = vm;
			return true;
		}
		if (!give_up_way(why))
			return false;
	}
	return false;
}

/* What the probe asks for.  True: it did. */
static bool answer(struct vm *vm, struct results_writer *writer)
{
	volatile struct count_channel *channel = vm->records.channel;
	uint32_t asked = channel->asked;

	if (asked == channel->answered)
		return false;
	/* The records of what was before are there, since the probe waits. */
	ivshmem_take(&vm->records, writer);
	if (help_is(channel->request) || !vm->counts) {
		channel->refused = !help_answer(channel->request, &vm->records, &vm->qmp);
		channel->answered = asked;
		return true;
	}
	switch (vm->counting->answer(vm->counts, channel)) {
	case COUNTING_DONE:
		break;
	case COUNTING_FAILED:
		warning("%s: its exits by %s could not be read",
			writer->current ? json_string_value(writer->current) : "an empty batch",
			way_title(vm->counting->way));
		break;
	case COUNTING_USELESS:
		vm->useless = true;
		return true;
	}
	vm->in_batch = channel->request == COUNT_BATCH_BEGIN;
	channel->answered = asked;
	return true;
}

/* The probe has said why it cannot go on, and does not power off either. */
static bool has_given_up(const struct vm *vm)
{
	return *vm->words.fatal && process_now_ms() - vm->words.fatal_ms > LAST_WORD_MS;
}

/* How long to wait for events before looking at what the probe has written. */
static struct timespec tick_of(const struct vm *vm, const struct boot_plan *plan)
{
	if (vm->counts && vm->in_batch)
		return (struct timespec){ .tv_nsec = ASKED_BATCH_NS };
	if (vm->counts)
		return (struct timespec){ .tv_nsec = ASKED_NS };
	return (struct timespec){ plan->tick_ms / 1000, plan->tick_ms % 1000 * 1000000L };
}

/* Until the VM powers off, hangs, dies or we are to stop. */
static enum boot_end watch(struct vm *vm, const struct boot_plan *plan,
			   struct results_writer *writer)
{
	long long last = process_now_ms();
	struct timespec tick;
	bool ended, heard;

	for (;;) {
		struct pollfd fds[] = { { .fd = vm->qmp.fd, .events = POLLIN },
					{ .fd = vm->process.err, .events = POLLIN },
					{ .fd = vm->process.out, .events = POLLIN } };

		if (process_interrupted) {
			ivshmem_take(&vm->records, writer);
			return BOOT_INTERRUPTED;
		}
		tick = tick_of(vm, plan);
		ppoll(fds, 3, &tick, NULL);
		words_take(&vm->words, &vm->process);
		qmp_receive(&vm->qmp);
		ended = process_wait(&vm->process, 0) || vm->qmp.shutdown || vm->qmp.closed ||
			has_given_up(vm);
		if (vm->counts && vm->counting->tick)
			vm->counting->tick(vm->counts);
		heard = answer(vm, writer);
		if (vm->useless)
			return BOOT_FAILED;
		heard |= ivshmem_take(&vm->records, writer) > 0;
		if (heard)
			last = process_now_ms();
		if (ended)
			return vm->records.stream.whole ? BOOT_COMPLETE : BOOT_DIED;
		if (process_now_ms() - last > plan->hang_s * 1000LL)
			return vm->records.stream.whole ? BOOT_COMPLETE : BOOT_HUNG;
	}
}

/*
 * The processor to show the guest: all that the host's has.  A KVM that is not
 * VT-x's or AMD-V's may lack what QEMU takes for granted and refuse it.
 */
static const char *const kvm_cpus[] = { "host,migratable=off",
					"host,migratable=off,-arch-capabilities", "qemu64", NULL };
static const char *const tcg_cpus[] = { "max", NULL };

/* False: the VM counts in a way that shows nothing here; another is to be tried. */
static bool boot_counting(const struct boot_plan *plan, struct results_writer *writer,
			  struct boot_result *result)
{
	/* Once known, what this host takes is tried first. */
	static const char *const *taken;
	const char *const *cpu = taken ? taken : strcmp(plan->accel, "kvm") ? tcg_cpus : kvm_cpus;
	char first_words[256] = "";
	struct vm vm;

	*result = (struct boot_result){ .end = BOOT_FAILED, .kvm_exits = -1 };
	/* An emulated processor has worse than that in its samples. */
	result->memory_locked = !strcmp(plan->accel, "kvm") && host_may_lock_memory();
	for (;; cpu++) {
		if (!*cpu) {
			error("QEMU does not start: %s", first_words);
			return true;
		}
		vm = (struct vm){ .process = { .out = -1, .err = -1 } };
		if (vm_start(&vm, plan, *cpu, result->memory_locked))
			break;
		/* The reason why the best of them does not do says most. */
		if (!*first_words)
			snprintf(first_words, sizeof(first_words), "%s%s",
				 vm_is_flood(&vm) ? "endless output: " : "",
				 words_reason(&vm.words));
		if (process_interrupted) {
			result->end = BOOT_INTERRUPTED;
			return true;
		}
	}
	if (strstr(*cpu, "qemu64") && !taken)
		warning("this host's KVM does not take -cpu host (%s); the guest sees qemu64",
			first_words);
	taken = cpu;
	snprintf(result->qemu_version, sizeof(result->qemu_version), "%s", vm.qmp.version);

	/* Before it runs, so that nothing else does then; the lab's own is written outside. */
	if (!writer->stream && !json_object_get(writer->root, "fingerprint"))
		results_writer_fingerprint(writer,
					   fingerprint_host(vm.process.pid, plan->qemu, plan->probe,
							    !strcmp(plan->accel, "kvm")));
	vm.records.channel->helps = help_offered(plan->accel);
	vm.running = true;
	vm_bind_threads(&vm, plan, result);
	if (!choose_counting(&vm, plan)) {
		vm_stop(&vm, &result->status);
		return true;
	}
	results_writer_counts(writer, vm.counting->way);
	if (vm_begin(&vm))
		result->end = watch(&vm, plan, writer);
	else if (process_interrupted)
		result->end = BOOT_INTERRUPTED;
	if (result->end == BOOT_COMPLETE && !strcmp(plan->accel, "kvm"))
		result->kvm_exits = vm_kvm_exits(&vm);
	if (*vm.words.fatal || result->end == BOOT_HUNG)
		snprintf(result->words, sizeof(result->words), "%s", words_reason(&vm.words));
	vm_stop(&vm, &result->status);
	if (vm.useless) {
		bool other = give_up_way("this KVM fires no kvm_exit");

		way_taken += other;
		return !other;
	}
	if (vm.records.stream.ended && !vm.records.stream.whole) {
		error("the probe's records are damaged: a CRC-32 is wrong, or a line is not JSON; "
		      "none of this boot is kept");
		results_writer_drop_records(writer);
		result->end = BOOT_FAILED;
	} else if (result->end == BOOT_DIED && !vm.records.stream.lines) {
		if (*vm.words.fatal)
			error("the probe: %s", vm.words.fatal);
		else
			error("the VM ended before the probe began: %s", words_reason(&vm.words));
		result->end = BOOT_FAILED;
	}
	return true;
}

void boot_once(const struct boot_plan *plan, struct results_writer *writer,
	       struct boot_result *result)
{
	while (!boot_counting(plan, writer, result))
		;
}
