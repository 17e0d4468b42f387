// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether it is a processor that executes a guest's kernel: a VM for a few microseconds,
 * whose one vCPU times 256 NOPs and halts.
 */
#define _GNU_SOURCE
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/message.h"
#include "vm/host.h"

#define MEMORY	     0x4000
#define CODE	     0x1000
#define TSS_ADDRESS  0xfffbd000 /* where VT-x of old wants three pages; none are ours */
#define SEGMENT_CODE 0xb	/* execute, read, accessed (SDM vol. 3, 3.4.5.1) */
#define SEGMENT_DATA 0x3	/* read, write, accessed */
#define CR0_PE	     1u
#define RFLAGS_1     2u /* always set */

#define NOPS	256
#define TRIES	8
#define LIMIT_S 2

/* As the probe has it (probe-os/cpu/emulated.c): a processor's NOP takes a tick or none. */
#define EMULATED_TICKS 100

/* RDTSC; MOV ESI, EAX; NOPs; RDTSC; SUB EAX, ESI; HLT */
static const uint8_t before[] = { 0x0f, 0x31, 0x89, 0xc6 };
static const uint8_t after[] = { 0x0f, 0x31, 0x29, 0xf0, 0xf4 };

struct guest {
	int kvm, vm, vcpu;
	uint8_t *memory;
	struct kvm_run *run;
	size_t run_size;
};

static void note_alarm(int number)
{
	(void)number;
}

/* 32-bit protected mode, flat, no paging: nothing that any VT-x would emulate. */
static bool set_registers(const struct guest *g)
{
	const struct kvm_segment code = { .limit = 0xffffffff,
					  .selector = 8,
					  .type = SEGMENT_CODE,
					  .present = 1,
					  .db = 1,
					  .s = 1,
					  .g = 1 };
	struct kvm_segment data = code;
	struct kvm_sregs s;

	data.type = SEGMENT_DATA;
	data.selector = 16;
	if (ioctl(g->vcpu, KVM_GET_SREGS, &s))
		return false;
	s.cs = code;
	s.ds = s.es = s.fs = s.gs = s.ss = data;
	s.cr0 |= CR0_PE;
	return !ioctl(g->vcpu, KVM_SET_SREGS, &s);
}

static void write_code(uint8_t *at)
{
	memcpy(at, before, sizeof(before));
	memset(at + sizeof(before), 0x90, NOPS);
	memcpy(at + sizeof(before) + NOPS, after, sizeof(after));
}

static bool start(struct guest *g)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int size;

	g->vm = ioctl(g->kvm, KVM_CREATE_VM, 0);
	if (g->vm < 0)
		return false;
	/* Only VT-x has it. */
	ioctl(g->vm, KVM_SET_TSS_ADDR, TSS_ADDRESS);
	g->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g->memory == MAP_FAILED)
		return false;
	write_code(g->memory + CODE);
	region.userspace_addr = (uintptr_t)g->memory;
	if (ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return false;
	g->vcpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	size = ioctl(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (g->vcpu < 0 || size < (int)sizeof(*g->run))
		return false;
	g->run_size = (size_t)size;
	g->run = mmap(NULL, g->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	return g->run != MAP_FAILED && set_registers(g);
}

/* Ticks of the NOPs, the least of all tries; false with errno. */
static bool time_nops(const struct guest *g, uint64_t *least)
{
	*least = UINT64_MAX;
	for (int i = 0; i < TRIES; i++) {
		struct kvm_regs r = { .rip = CODE, .rflags = RFLAGS_1 };

		if (ioctl(g->vcpu, KVM_SET_REGS, &r) || ioctl(g->vcpu, KVM_RUN, 0))
			return false;
		if (g->run->exit_reason != KVM_EXIT_HLT) {
			errno = EPROTO;
			return false;
		}
		if (ioctl(g->vcpu, KVM_GET_REGS, &r))
			return false;
		if (r.rax < *least)
			*least = r.rax;
	}
	return true;
}

static void stop(struct guest *g)
{
	if (g->run != MAP_FAILED)
		munmap(g->run, g->run_size);
	if (g->vcpu >= 0)
		close(g->vcpu);
	if (g->memory != MAP_FAILED)
		munmap(g->memory, MEMORY);
	if (g->vm >= 0)
		close(g->vm);
	close(g->kvm);
}

/* False with errno. */
static bool ask(uint64_t *ticks)
{
	struct guest g = { .vm = -1, .vcpu = -1, .memory = MAP_FAILED, .run = MAP_FAILED };
	/* No SA_RESTART: it ends KVM_RUN, should the guest not halt. */
	struct sigaction action = { .sa_handler = note_alarm };
	bool done;
	int failed;

	g.kvm = host_open_device("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g.kvm < 0)
		return false;
	sigaction(SIGALRM, &action, NULL);
	alarm(LIMIT_S);
	done = start(&g) && time_nops(&g, ticks);
	failed = errno;
	alarm(0);
	stop(&g);
	errno = failed;
	return done;
}

struct finding doctor_instructions(void)
{
	uint64_t ticks = 0;

	if (!ask(&ticks))
		return doctor_found(NOTE,
				    xasprintf("whether a processor executes a guest's instructions "
					      "cannot be tried: /dev/kvm: %s",
					      strerror(errno)),
				    NULL);
	if (ticks >= (uint64_t)EMULATED_TICKS * NOPS)
		return doctor_found(
			SPOILS,
			xasprintf("this KVM emulates every instruction of a guest's kernel (a NOP "
				  "takes %llu ticks): no figure would be the cost of an exit",
				  (unsigned long long)(ticks / NOPS)),
			xstrdup("use a host with AMD-V or VT-x for its guests, or exitprobe run "
				"--accel lab"));
	return doctor_found(
		GOOD,
		xasprintf("a processor executes a guest's instructions (%d NOPs take %llu "
			  "ticks)",
			  NOPS, (unsigned long long)ticks),
		NULL);
}
