/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L2: a guest of the probe, which is the hypervisor L1 then. L2 has the probe's own
 * address space, segments and registers, and executes one of the programs of l2.asm.
 * Each is one instruction and a call of L1, which ends it: VMMCALL on SVM and VMCALL
 * on VMX.
 */
#ifndef NESTED_L2_H
#define NESTED_L2_H

#include <stdint.h>

/* What L2 executes before the call. */
enum l2_program {
	L2_CALL,  /* nothing */
	L2_CPUID, /* leaf 0 */
	L2_PORT,  /* a read of a port that KVM answers in the kernel */
	L2_LOAD,  /* a load of the byte at the address in RDI */
	/* On SVM only. RAX is the address of the VMCB. */
	L2_VMLOAD,
	L2_VMSAVE,
	L2_STGI,
	L2_CLGI,
};

/* Their addresses, in this order. */
extern const uint64_t l2_svm_programs[], l2_vmx_programs[];

/* The registers that a program changes, for the asm statement that enters L2. */
#define L2_CHANGES "rbx", "rcx", "rdx", "memory", "cc"

#endif
