// SPDX-License-Identifier: GPL-2.0-only
/*
 * For exitprobe profile: record every instruction between a VM exit and the next entry, as
 * a plugin of QEMU's emulator, in which the lab's host runs.
 *
 * Arguments: out=FILE, and mark=BEGIN:END for each pair of the guest's instructions around
 * a sample; user=on also records the code of userspace.
 *
 * Each instruction adds one to a counter, and each block of kernel code calls the plugin at
 * its begin. The counter then shows how far the previous block came, because blocks end
 * early if an instruction faults. The plugin supports one processor and does not lock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_versions.h"
#include "trace.h"

#define MARKS_MAX   16
#define BLOCK_BYTES 65536
#define INSN_BYTES  15

static const unsigned char vmrun[] = { 0x0f, 0x01, 0xd8 };
static const unsigned char rdtsc[] = { 0x0f, 0x31 };

static const char *out;
static bool with_user;
static struct mark {
	uint64_t begin, end;
} marks[MARKS_MAX];
static unsigned int mark_count;

/* Instructions begun; translated code counts them itself. QEMU has the counter from 9.0 on. */
static uint64_t own_counter, *counter = &own_counter;
#define executed (*counter)

static struct {
	qemu_plugin_inline_t plain; /* NULL from QEMU 9.0 on */
	qemu_plugin_inline_per_vcpu_t per_vcpu;
	qemu_plugin_scoreboard_find_t find;
	qemu_plugin_u64 entry;
} add;

static bool in_guest;
static uint64_t resume;	    /* where the host continues after its guest */
static uint64_t guest_from; /* value of executed when the guest or a sample last began */

static struct {
	bool open;
	uint64_t from; /* executed */
	const struct block *block;
	uint64_t block_from;
} window;

static struct {
	bool open, seen; /* open now; seen at all */
	const struct mark *mark;
	uint64_t from; /* executed */
} sample;

/* The last block that began has ended. Account for the instructions that it executed. */
static void end_block(uint64_t now)
{
	uint64_t begun = now - window.block_from;
	const struct block *b = window.block;

	if (begun <= b->insns) {
		trace_window_step(b, (uint32_t)begun);
		return;
	}
	/* The rest belongs to blocks that do not call the plugin. */
	trace_window_step(b, b->insns);
	trace_window_user(begun - b->insns);
}

static void block_began(unsigned int vcpu, void *block)
{
	const struct block *b = block;

	(void)vcpu;
	if (in_guest) {
		if (b->address != resume)
			return;
		in_guest = false;
		if (!sample.seen) {
			trace_window_unseen();
			return;
		}
		trace_window_begin();
		window.open = true;
		window.from = executed;
	} else if (window.open) {
		end_block(executed);
	} else {
		return;
	}
	window.block = b;
	window.block_from = executed;
}

/* VMRUN is about to run. It is the last instruction of its block. */
static void guest_begins(unsigned int vcpu, void *block)
{
	const struct block *b = block;
	uint64_t end = executed + 1;

	(void)vcpu;
	in_guest = true;
	resume = b->address; /* of the instruction after it */
	if (window.open) {
		uint32_t path;

		end_block(end);
		path = trace_window_end(end - window.from, sample.open);
		if (sample.open)
			trace_sample_exit(path, window.from - guest_from);
		window.open = false;
	}
	guest_from = end;
}

static void mark_reached(unsigned int vcpu, void *mark)
{
	const struct mark *m = mark;

	(void)vcpu;
	if (!in_guest)
		return;
	sample.open = true;
	sample.seen = true;
	sample.mark = m;
	sample.from = guest_from = executed;
	trace_sample_begin(m->begin);
}

static void end_reached(unsigned int vcpu, void *mark)
{
	const struct mark *m = mark;

	(void)vcpu;
	if (!in_guest || !sample.open || sample.mark != m)
		return;
	trace_sample_end(m->end, executed - sample.from, executed - guest_from);
	sample.open = false;
}

static bool is(const struct qemu_plugin_insn *insn, const unsigned char *bytes, size_t size)
{
	unsigned char data[INSN_BYTES];

	if (qemu_plugin_insn_size(insn) != size)
		return false;
	copy_insn(insn, data, size);
	return !memcmp(data, bytes, size);
}

static void out_of_memory(void)
{
	fputs("exitprobe's plugin: error: out of memory; free some and try again\n", stderr);
	exit(EXIT_FAILURE);
}

/* Insert calls at the instructions that begin and end guests and samples. */
static void watch(struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);

	if (is(insn, vmrun, sizeof(vmrun))) {
		struct trace_block next = { .address = address + sizeof(vmrun) };
		const struct block *b = trace_block(&next, sizeof(next));

		if (!b)
			out_of_memory();
		qemu_plugin_register_vcpu_insn_exec_cb(insn, guest_begins, QEMU_PLUGIN_CB_NO_REGS,
						       (void *)b);
	}
	if (!is(insn, rdtsc, sizeof(rdtsc)))
		return;
	for (unsigned int i = 0; i < mark_count; i++) {
		if (address == marks[i].begin)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_reached,
							       QEMU_PLUGIN_CB_NO_REGS, &marks[i]);
		if (address == marks[i].end)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, end_reached,
							       QEMU_PLUGIN_CB_NO_REGS, &marks[i]);
	}
}

static void count(struct qemu_plugin_insn *insn)
{
	if (add.plain)
		add.plain(insn, QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
	else
		add.per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, add.entry, 1);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static _Alignas(struct trace_block) unsigned char record[BLOCK_BYTES];
	struct trace_block *head = (struct trace_block *)record;
	size_t insns = qemu_plugin_tb_n_insns(tb);
	unsigned char *sizes = record + sizeof(*head), *bytes = sizes + insns;
	bool kernel = qemu_plugin_tb_vaddr(tb) >> 63;
	const struct block *b;

	(void)id;
	if (sizeof(*head) + insns * (1 + INSN_BYTES) > sizeof(record)) {
		fprintf(stderr, "exitprobe's plugin: error: a block of %zu instructions\n", insns);
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < insns; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t size = qemu_plugin_insn_size(insn);

		watch(insn);
		count(insn);
		sizes[i] = (unsigned char)size;
		copy_insn(insn, bytes, size);
		bytes += size;
	}
	if (!kernel && !with_user)
		return;
	*head = (struct trace_block){
		.address = qemu_plugin_tb_vaddr(tb),
		.insns = (uint32_t)insns,
		.bytes = (uint32_t)(bytes - sizes - insns),
	};
	b = trace_block(record, (uint32_t)(bytes - record));
	if (!b)
		out_of_memory();
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_began, QEMU_PLUGIN_CB_NO_REGS, (void *)b);
}

static void finish(qemu_plugin_id_t id, void *unused)
{
	(void)id;
	(void)unused;
	if (!trace_write(out))
		fprintf(stderr, "exitprobe's plugin: error: %s: %s\n", out, strerror(errno));
}

/* Read one argument, "key=value". Return false if it is unknown. */
static bool take_argument(const char *argument)
{
	struct mark *m = &marks[mark_count];
	char *colon;

	if (!strncmp(argument, "out=", 4)) {
		out = argument + 4;
		return true;
	}
	if (!strcmp(argument, "user=on") || !strcmp(argument, "user=off")) {
		with_user = !strcmp(argument, "user=on");
		return true;
	}
	if (strncmp(argument, "mark=", 5) || mark_count == MARKS_MAX)
		return false;
	m->begin = strtoull(argument + 5, &colon, 0);
	if (*colon != ':')
		return false;
	m->end = strtoull(colon + 1, NULL, 0);
	mark_count++;
	return true;
}

/* Find what counts instructions in this QEMU. Return false if it has nothing that is known. */
static bool find_counter(void)
{
	qemu_plugin_scoreboard_new_t make;

	*(void **)&add.plain = dlsym(RTLD_DEFAULT, "qemu_plugin_register_vcpu_insn_exec_inline");
	if (add.plain)
		return true;
	*(void **)&add.per_vcpu =
		dlsym(RTLD_DEFAULT, "qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu");
	*(void **)&make = dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new");
	*(void **)&add.find = dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_find");
	if (!add.per_vcpu || !make || !add.find)
		return false;
	add.entry.score = make(sizeof(uint64_t));
	return true;
}

/* QEMU's counter exists once the processor does, and stays where it is. */
static void vcpu_begins(qemu_plugin_id_t id, unsigned int vcpu)
{
	(void)id;
	if (!add.plain)
		counter = add.find(add.entry.score, vcpu);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	void *data = dlsym(RTLD_DEFAULT, "qemu_plugin_insn_data");

	if (!data || !find_counter()) {
		fprintf(stderr,
			"exitprobe's plugin: error: QEMU's plugin interface, version %d to %d, lacks what "
			"it needs; install Debian's qemu-system-x86\n",
			info->version.min, info->version.cur);
		return -1;
	}
	set_insn_data(info, data);
	if (!info->system_emulation || strcmp(info->target_name, "x86_64") ||
	    info->system.smp_vcpus != 1) {
		fputs("exitprobe's plugin: error: only for qemu-system-x86_64 with one processor\n",
		      stderr);
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (!take_argument(argv[i])) {
			fprintf(stderr,
				"exitprobe's plugin: error: %s: not an argument; known are out=FILE, "
				"mark=BEGIN:END, user=on\n",
				argv[i]);
			return -1;
		}
	}
	if (!out || !mark_count) {
		fputs("exitprobe's plugin: error: out=FILE and mark=BEGIN:END are needed\n",
		      stderr);
		return -1;
	}
	qemu_plugin_register_vcpu_init_cb(id, vcpu_begins);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
