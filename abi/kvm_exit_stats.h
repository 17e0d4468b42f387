/* SPDX-License-Identifier: ((GPL-2.0-only WITH Linux-syscall-note) OR MIT) */
/*
 * KVM exit statistics: the CPUID interface, version 1.
 *
 * A guest reads how often and for how long its vCPUs left guest mode by CPUID
 * leaves 0x4fffff00 to 0x4fffffff.  KVM and every reader include this header;
 * the numbers in it are the contract.
 *
 * A guest detects the interface by the signature in leaf 0x4fffff00 and by
 * nothing else.  A host without the interface answers these leaves with zeros on
 * AMD, but with the data of the highest basic leaf on Intel (SDM vol. 2A,
 * CPUID).  These are plausible constants where that leaf has any, as leaves 0x16 and
 * 0x1f do, and zeros where it is empty.
 *
 * An exit is a return from hardware guest mode (AMD #VMEXIT, APM vol. 2,
 * 15.6; Intel VM exit, SDM vol. 3C, "VM Exits").  Exits that a fastpath handles
 * count.  Cycles are ticks of the host's TSC.  The counts include the exit of
 * the CPUID that reads them; the cycles of that exit are added when it ends.
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
 * number of reason slots [31:16]; ECX = epoch, a random number per VM, which
 * changes when the counters restart at 0; EDX = host TSC frequency in kHz.
 */
#define KVM_EXIT_STATS_INFO    0x4fffff01
#define KVM_EXIT_STATS_ISA_VMX 1
#define KVM_EXIT_STATS_ISA_SVM 2

/*
 * Feature flags.  Bits 25:24 of EAX are no flags but the VM's layout of leaves 0x4ffffffc to
 * 0x4fffffff, see below: 0 is merged.
 *   MODULE: a module beside an unchanged KVM keeps the statistics.
 *   TRACEPOINTS: KERNEL begins at the tracepoint kvm_exit and ends at kvm_entry, which
 *     lie further from the guest than the first and the last C statement.
 *   LATE: this KVM calls kvm_exit with interrupts on.  Interrupts of the host that came
 *     before count as GUEST, and an exit that a fastpath handles and that re-enters the
 *     guest at once has no such event.  It counts as OTHER.
 *   NO_HALTED: nothing tells that the vCPU halts.  It counts as DESCHEDULED or KERNEL.
 *   NO_PAUSED: nothing tells that KVM_RUN has returned.  PAUSED counts as USER.
 */
#define KVM_EXIT_STATS_FEATURE_MODULE	   0x00010000
#define KVM_EXIT_STATS_FEATURE_TRACEPOINTS 0x00020000
#define KVM_EXIT_STATS_FEATURE_LATE	   0x00040000
#define KVM_EXIT_STATS_FEATURE_NO_HALTED   0x00080000
#define KVM_EXIT_STATS_FEATURE_NO_PAUSED   0x00100000
#define KVM_EXIT_STATS_LAYOUT_MASK	   0x03000000
#define KVM_EXIT_STATS_LAYOUT_SHIFT	   24

/* ECX = selector.  EBX:ECX = value, of the whole VM or of this vCPU. */
#define KVM_EXIT_STATS_VM   0x4fffff02
#define KVM_EXIT_STATS_VCPU 0x4fffff04

/* ECX = reason [15:0], selector [23:16], one of the first four.  EBX:ECX = value. */
#define KVM_EXIT_STATS_VM_REASON   0x4fffff03
#define KVM_EXIT_STATS_VCPU_REASON 0x4fffff05

/*
 * ECX = slot.  EAX = the reason that the slot counts, which is the processor's
 * number (APM vol. 2, appendix C; SDM vol. 3D, appendix C) or one of the two
 * below.  A slot may exist for an unknown number between known ones; reading the
 * counters of that reason is still an error.
 */
#define KVM_EXIT_STATS_SLOT	    0x4fffff06
#define KVM_EXIT_STATS_REASON_OTHER 0x0000fffe /* every code without a slot */
#define KVM_EXIT_STATS_SLOT_NONE    0xffffffff /* past the last slot */

/*
 * The last completed exit of this vCPU, in the guest's TSC (in L1's with
 * nesting).  EBX:EAX = the host gained control, EDX:ECX = the host gave it back.
 * All are 0 before the first completed exit.  They are also 0 if the guest's TSC
 * has changed since the exit began: by a write of the guest, by the VMM, or by
 * KVM because the host's TSC is unstable.
 */
#define KVM_EXIT_STATS_LAST 0x4fffff07

/* Leaves 0x4fffff08 to 0x4ffffffb return zeros. */

/*
 * Course work on counting exits has used these leaves for years, in three layouts.  The host
 * says which one a VM has (exit_stats_layout).  Merged, the default, serves clients of layouts 1
 * and 2, with more in the registers that they do not read.  A client of layout 3 needs layout
 * 3: in merged, its rows of cycles all repeat the growing total.
 *
 *   layout  0x4ffffffc        0x4ffffffd        0x4ffffffe        0x4fffffff
 *   1       -                 -                 exits[ECX]        exits, cycles
 *   2       cycles[ECX]       exits[ECX]        cycles            exits
 *   3       exits             cycles            exits[ECX]        cycles[ECX]
 *   merged  exits,            exits[ECX],       exits[ECX],       exits, cycles,
 *           cycles[ECX]       cycles            cycles            EDX = exits [63:32]
 *
 * Exits are in EAX, which holds 32 bits: after 4294967295 comes 0.  Cycles are in EBX:ECX and are
 * KERNEL's.  [ECX] is those of the reason in ECX, else all.  A register without a value is 0.
 *
 * A client must set ECX before each CPUID that asks for a reason: CPUID always reads ECX, and
 * the answer overwrites it.  A client that does not set it asks for whatever number is there.
 * If that is no reason, it reads zeros with EDX = UNDEFINED.  This answer leaves 0 in ECX, so the
 * next one is for reason 0.  In layouts 1 to 3 an answer with exits alone leaves 0 as well, and
 * all later ones are then those of reason 0.  An answer with cycles, which each one in merged is,
 * leaves these in ECX, so most later questions are for no reason either.
 *
 * In layouts 1 to 3 a reason that the processor defines and KVM never enables has zeros in
 * all four registers, since it has no exits.  A number that the processor does not define has
 * the error value below; REASON_OTHER is such a number there.
 */
enum kvm_exit_stats_layout {
	KVM_EXIT_STATS_LAYOUT_MERGED,
	KVM_EXIT_STATS_LAYOUT_1,
	KVM_EXIT_STATS_LAYOUT_2,
	KVM_EXIT_STATS_LAYOUT_3,
};

/* The leaves by their names in layout merged. */
#define KVM_EXIT_STATS_TOTAL	     0x4fffffff
#define KVM_EXIT_STATS_REASON	     0x4ffffffe
#define KVM_EXIT_STATS_REASON_ALT    0x4ffffffd
#define KVM_EXIT_STATS_REASON_CYCLES 0x4ffffffc

/*
 * The error value: KVM does not know the reason or the selector.  Either the
 * architecture does not define the reason, or it is newer than this KVM.  KVM
 * counts a newer reason as OTHER, or only in the totals if its number lies between
 * known ones.  EAX = EBX = ECX = 0, EDX = this.
 */
#define KVM_EXIT_STATS_UNDEFINED 0xffffffff

/*
 * Selectors of time:
 *   KERNEL: from the first C statement after the guest to the last one before it,
 *     without USER, HALTED and SCHED.
 *   USER: in the VMM, between two KVM_RUN.
 *   HALTED: the vCPU is blocked, with polling, until its thread runs again.
 *   SCHED: the thread was switched out while in the kernel, because another thread
 *     ran or because it waits, as in a page fault.  No reason includes this time,
 *     not even that of the exit being handled.
 *   GUEST: in guest mode.
 *   PAUSED: from a KVM_RUN that ended with -EINTR to the next one, whatever the VMM
 *     does meanwhile; before the first KVM_RUN; and KERNEL, USER and HALTED before
 *     the first exit.
 *
 * The time of a state is added when the state ends, but KERNEL before a return to
 * userspace is added with the KERNEL after it.  So for the vCPU that reads, KERNEL + USER +
 * HALTED + SCHED + GUEST + PAUSED is the time from the begin of its counters to its last
 * change of state, as long as CLAMPED is 0.  CLAMPED counts the intervals in which the
 * TSC went backwards.  The counters begin when the vCPU is created or, if the VM's
 * statistics are switched on while it runs, when the vCPU halts or returns to
 * userspace next.  Until then that vCPU finds no signature, and sums lack it.
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
