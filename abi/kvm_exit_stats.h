/* SPDX-License-Identifier: ((GPL-2.0-only WITH Linux-syscall-note) OR MIT) */
/*
 * KVM exit statistics: the CPUID interface, version 1.
 *
 * A guest reads how often and for how long it left the processor's guest mode
 * through CPUID leaves 0x4fffff00 to 0x4fffffff.  KVM and every reader include
 * this one header; the numbers in it are the contract.
 *
 * Whether the interface is there is decided by the signature in leaf
 * 0x4fffff00 and by nothing else.  A host without it answers these leaves with
 * zeros on AMD, but with the data of the highest basic leaf on Intel (SDM
 * vol. 2A, CPUID): plausible non-zero constants.
 *
 * An exit is a return from hardware guest mode (AMD #VMEXIT, APM vol. 2,
 * 15.6; Intel VM exit, SDM vol. 3C, ch. 28), a fastpath re-entry included.
 * Cycles are ticks of the host's TSC.  The counts include the exit of the
 * CPUID that asks; its cycles are booked when it is over.
 */
#ifndef _ASM_X86_KVM_EXIT_STATS_H
#define _ASM_X86_KVM_EXIT_STATS_H

#define KVM_EXIT_STATS_VERSION 1

/*
 * EAX = highest leaf, EBX:ECX:EDX = "KVMExitStats" (four characters each, in
 * this order).
 */
#define KVM_EXIT_STATS_SIGNATURE     0x4fffff00
#define KVM_EXIT_STATS_SIGNATURE_EBX 0x454d564b /* "KVME" */
#define KVM_EXIT_STATS_SIGNATURE_ECX 0x53746978 /* "xitS" */
#define KVM_EXIT_STATS_SIGNATURE_EDX 0x73746174 /* "tats" */

/*
 * EAX = version [15:0], feature flags [31:16]; EBX = instruction set [15:0],
 * number of reason slots [31:16]; ECX = epoch, random per VM: a new one means
 * that the counters began again; EDX = host TSC frequency in kHz.
 */
#define KVM_EXIT_STATS_INFO    0x4fffff01
#define KVM_EXIT_STATS_ISA_VMX 1
#define KVM_EXIT_STATS_ISA_SVM 2

/* ECX = selector.  EBX:ECX = value: summed over the VM, of this vCPU. */
#define KVM_EXIT_STATS_VM   0x4fffff02
#define KVM_EXIT_STATS_VCPU 0x4fffff04

/* ECX = reason [15:0], selector [23:16], the first four only.  EBX:ECX = value. */
#define KVM_EXIT_STATS_VM_REASON   0x4fffff03
#define KVM_EXIT_STATS_VCPU_REASON 0x4fffff05

/*
 * ECX = slot.  EAX = the reason counted in it, by the processor's own number
 * (APM vol. 2, appendix C; SDM vol. 3D, appendix C), or one of the two below.  A
 * slot may belong to a number between the known ones that is not known itself;
 * asking for it is an error all the same.
 */
#define KVM_EXIT_STATS_SLOT	    0x4fffff06
#define KVM_EXIT_STATS_REASON_OTHER 0x0000fffe /* every code not listed */
#define KVM_EXIT_STATS_SLOT_NONE    0xffffffff /* past the last slot */

/*
 * The last completed exit of this vCPU, in its guest's TSC (the L1 guest's,
 * under nesting).  EBX:EAX = the host gained control, EDX:ECX = the host gave
 * it back.  Zeros before there is one, and if the guest's TSC has changed since
 * the exit began: by the guest's own write, by the VMM, or by KVM because the
 * host's is unstable.
 */
#define KVM_EXIT_STATS_LAST 0x4fffff07

/* Leaves 0x4fffff08 to 0x4ffffffb answer zeros. */

/*
 * The leaves that course work on counting exits has used for years.
 *   TOTAL: EAX = exits, EBX:ECX = kernel cycles, EDX = exits [63:32]
 *   REASON, REASON_ALT: ECX = reason; EAX = its exits, EBX:ECX = all kernel cycles
 *   REASON_CYCLES: ECX = reason; EAX = all exits, EBX:ECX = its kernel cycles
 */
#define KVM_EXIT_STATS_TOTAL	     0x4fffffff
#define KVM_EXIT_STATS_REASON	     0x4ffffffe
#define KVM_EXIT_STATS_REASON_ALT    0x4ffffffd
#define KVM_EXIT_STATS_REASON_CYCLES 0x4ffffffc

/*
 * Error: this KVM knows no such reason, or no such selector.  The architecture
 * defines none, or it is newer than this KVM, which counts it as OTHER or, if its
 * number lies between known ones, in the totals alone.  EAX = EBX = ECX = 0,
 * EDX = this.
 */
#define KVM_EXIT_STATS_UNDEFINED 0xffffffff

/*
 * Selectors.  KERNEL: from the first C statement after the guest to the last
 * before it, less what USER, HALTED and SCHED hold.  USER: VMM, between two
 * KVM_RUN.  HALTED: vCPU blocked, polling included, until its thread runs again.
 * SCHED: thread switched out while in the kernel, be it for another's sake or
 * because it waits, as a page fault may; under no reason, not that of the exit
 * being handled either.  PAUSED: from a KVM_RUN that ended with -EINTR to the next,
 * whatever the VMM does; until the first; and KERNEL, USER and HALTED before the
 * first exit.
 *
 * Time is booked when a state ends.  KERNEL + USER + HALTED + SCHED + GUEST +
 * PAUSED is the time from the vCPU's creation to its last change of state, as
 * long as CLAMPED, the intervals in which the TSC went backwards, is 0.
 */
enum kvm_exit_stats_selector {
	KVM_EXIT_STATS_EXITS,
	KVM_EXIT_STATS_KERNEL,
	KVM_EXIT_STATS_USER,
	KVM_EXIT_STATS_HALTED,
	KVM_EXIT_STATS_SCHED,
	KVM_EXIT_STATS_GUEST,
	KVM_EXIT_STATS_L2_EXITS,
	KVM_EXIT_STATS_USER_RETURNS,
	KVM_EXIT_STATS_CLAMPED,
	KVM_EXIT_STATS_PAUSED
};

#endif /* _ASM_X86_KVM_EXIT_STATS_H */
