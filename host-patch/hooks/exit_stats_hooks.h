/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statistics: the hooks that KVM calls.
 *
 *   kvm_exit_stats_vmexit_*()	guest -> kernel	 beside the assembly run call
 *   kvm_exit_stats_vmentry()	kernel -> guest	 beside the assembly run call
 *   kvm_exit_stats_run_*()	user <-> kernel	 KVM_RUN
 *   kvm_exit_stats_block_*()	kernel <-> halted around kvm_vcpu_block(), since 5.17 _halt()
 *   kvm_exit_stats_sched_*()	kernel <-> sched preempt notifiers
 *
 * A static key makes all of them no-ops while no VM keeps statistics.  A VM that keeps some
 * has a struct kvm_exit_stats_vm, and each of its vCPUs a struct kvm_exit_stats.  The state
 * KERNEL also stands for GUEST here.
 */
#ifndef __KVM_X86_EXIT_STATS_HOOKS_H
#define __KVM_X86_EXIT_STATS_HOOKS_H

#include <linux/jump_label_ratelimit.h>

#include "exit_stats.h"

extern struct static_key_false_deferred kvm_exit_stats_on;

void kvm_exit_stats_init_vm(struct kvm *kvm);
int kvm_exit_stats_vm_made(struct kvm *kvm, int r);
void kvm_exit_stats_destroy_vm(struct kvm *kvm);
void kvm_exit_stats_exit(void);
int kvm_exit_stats_create_vcpu(struct kvm_vcpu *vcpu);
void kvm_exit_stats_destroy_vcpu(struct kvm_vcpu *vcpu);
void kvm_exit_stats_create_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir);

void __kvm_exit_stats_follow(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_switch(struct kvm_vcpu *vcpu, u32 next);
bool __kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

/* Return whether the vCPU keeps statistics.  The static key is tested first, alone. */
static __always_inline bool kvm_exit_stats_kept(struct kvm_vcpu *vcpu)
{
	if (!static_branch_unlikely(&kvm_exit_stats_on.key))
		return false;
	return vcpu->arch.exit_stats;
}

/* The last call before the run call: noinstr, with interrupts off or GIF clear. */
static __always_inline void kvm_exit_stats_vmentry(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_enter(vcpu->arch.exit_stats);
}

/*
 * The first call after SVM's run call, for a vCPU that keeps statistics.  @exit_code
 * comes from the VMCB that ran, because a nested #VMEXIT switches VMCBs later.
 */
static __always_inline void kvm_exit_stats_vmexit_svm(struct kvm_vcpu *vcpu, u32 exit_code)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	kvm_exit_stats_stamp(s);
	kvm_exit_stats_count(vcpu, s, kvm_exit_stats_slot_svm(exit_code));
}

/* The first call after VMX's run call.  It does not count, as the entry may have failed. */
static __always_inline void kvm_exit_stats_vmexit_vmx(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_stamp(vcpu->arch.exit_stats);
}

/* Called after VMX has read VM_EXIT_REASON, so after VM-fail.  @basic is bits 15:0. */
static __always_inline void kvm_exit_stats_reason_vmx(struct kvm_vcpu *vcpu, u16 basic)
{
	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_count(vcpu, vcpu->arch.exit_stats, kvm_exit_stats_slot_vmx(basic));
}

/* Called when KVM_RUN has loaded the vCPU. */
static inline void kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *s;

	if (!static_branch_unlikely(&kvm_exit_stats_on.key))
		return;
	s = READ_ONCE(vcpu->arch.exit_stats_current);
	if (unlikely(!s)) {
		__kvm_exit_stats_follow(vcpu);
	} else {
		preempt_disable();
		kvm_exit_stats_resume(s);
		preempt_enable();
	}
}

/* Called when KVM_RUN is about to put the vCPU and return @r. */
static inline void kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r)
{
	struct kvm_exit_stats *s;

	if (!static_branch_unlikely(&kvm_exit_stats_on.key))
		return;
	s = vcpu->arch.exit_stats;
	if (s) {
		preempt_disable();
		kvm_exit_stats_leave(s);
		if (unlikely(r == -EINTR))
			kvm_exit_stats_pause(s);
		preempt_enable();
	}
}

/* Called before the vCPU waits. */
static inline void kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu)
{
	if (static_branch_unlikely(&kvm_exit_stats_on.key))
		__kvm_exit_stats_block_begin(vcpu);
}

static inline void kvm_exit_stats_block_end(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_switch(vcpu, KVM_EXIT_STATS_KERNEL);
}

/* Return whether the vCPU is in KVM_RUN, and neither halted nor switched out. */
static inline bool kvm_exit_stats_in_kernel(struct kvm_exit_stats *s)
{
	return s->state == KVM_EXIT_STATS_KERNEL && !s->left_tsc;
}

/*
 * Called when the thread that has loaded the vCPU is switched out, with preemption off.  A
 * thread for which that happens in userspace or while halted stays in that state.
 */
static inline void kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu) && kvm_exit_stats_in_kernel(vcpu->arch.exit_stats))
		__kvm_exit_stats_switch(vcpu, KVM_EXIT_STATS_SCHED);
}

/* Called when that thread is switched in again, with preemption off. */
static inline void kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu) && vcpu->arch.exit_stats->state == KVM_EXIT_STATS_SCHED)
		__kvm_exit_stats_switch(vcpu, KVM_EXIT_STATS_KERNEL);
}

/*
 * The relation between the guest's TSC and the host's is about to change.  Discard all
 * stamps, with that of the exit being handled, because they refer to the old relation.
 */
static inline void kvm_exit_stats_tsc_changed(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu)) {
		vcpu->arch.exit_stats->exit_tsc = 0;
		vcpu->arch.exit_stats->done_exit_tsc = 0;
	}
}

/*
 * Answer CPUID leaf *@eax, subleaf *@ecx, if it belongs to the exit statistics and this
 * VM and caller may read it.  Otherwise return false and leave the registers unchanged.
 */
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx,
					u32 *edx)
{
	return kvm_exit_stats_kept(vcpu) && kvm_exit_stats_leaf(*eax) &&
	       __kvm_exit_stats_cpuid(vcpu, eax, ebx, ecx, edx);
}

#endif /* __KVM_X86_EXIT_STATS_HOOKS_H */
