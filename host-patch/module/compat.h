/* SPDX-License-Identifier: GPL-2.0-only */
/* What kernels from 5.11 on call by different names. */
#ifndef KVM_EXIT_STATS_COMPAT_H
#define KVM_EXIT_STATS_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kvm_host.h>
#include <linux/ptrace.h>
#include <linux/version.h>

/* Until 6.1 the registers at a function's entry are a member. */
#ifndef ftrace_regs_get_argument
#define ftrace_regs_get_argument(fregs, n) regs_get_kernel_argument(&(fregs)->regs, n)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0) && !defined(ftrace_regs_set_instruction_pointer)
#define ftrace_regs_set_instruction_pointer ftrace_instruction_pointer_set
#endif

/*
 * Since Linux 6.0 a function can have a direct call and a livepatch, if the ops_func of the direct
 * call allows it.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0) &&                                               \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define ATTACH_DIRECT
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define register_ftrace_direct			  register_ftrace_direct_multi
#define unregister_ftrace_direct(ops, stub, free) unregister_ftrace_direct_multi(ops, stub)
#endif
#endif

/* L1's ratio has its own name since there is a ratio for L2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define l1_tsc_scaling_ratio tsc_scaling_ratio
#endif

/*
 * kvm_vcpu_halt() waits since Linux 5.17.  Until then it was the emulation of HLT, and
 * kvm_vcpu_block() did all of the waiting.
 */
#define HALT_FUNCTION                                                                              \
	(__builtin_types_compatible_p(typeof(kvm_vcpu_halt), void(struct kvm_vcpu *))              \
		 ? "kvm_vcpu_halt"                                                                 \
		 : "kvm_vcpu_block")

#endif
