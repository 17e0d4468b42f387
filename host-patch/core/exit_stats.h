/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statistics count how often, why and for how long a vCPU leaves guest mode.
 *
 * Each vCPU is a state machine over the time-keeping selectors of
 * asm/kvm_exit_stats.h.  A transition adds the time since the previous one to the
 * state that ends.  It also adds kernel, user and halted time to the reason of the
 * exit being handled.  Only the thread that has loaded the vCPU writes; readers sum
 * with READ_ONCE() and need no lock.
 *
 *   kvm_exit_stats_vmexit_*()	guest -> kernel	 beside the assembly run call
 *   kvm_exit_stats_vmentry()	kernel -> guest	 beside the assembly run call
 *   kvm_exit_stats_run_*()	user <-> kernel	 KVM_RUN
 *   kvm_exit_stats_block_*()	kernel <-> halted around kvm_vcpu_block()
 *   kvm_exit_stats_sched_*()	kernel <-> sched preempt notifiers
 *
 * A static key makes all of them no-ops until a VM is created with kvm.exit_stats on.
 */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

#include <linux/jump_label_ratelimit.h>
#include <linux/kvm_host.h>

#include <asm/kvm_exit_stats.h>
#include <asm/msr.h>

/* The number of selectors per reason, and of all selectors. */
#define KVM_EXIT_STATS_NR_PER_REASON (KVM_EXIT_STATS_HALTED + 1)
#define KVM_EXIT_STATS_NR_SELECTORS  (KVM_EXIT_STATS_PAUSED + 1)

/* Slots: SVM's codes are dense up to 0xa7, and from 0x400 to 0x403; VMX's are dense. */
#define KVM_EXIT_STATS_SVM_LOW	 0xa8
#define KVM_EXIT_STATS_SVM_HIGH	 4
#define KVM_EXIT_STATS_SVM_OTHER (KVM_EXIT_STATS_SVM_LOW + KVM_EXIT_STATS_SVM_HIGH)
#define KVM_EXIT_STATS_VMX_OTHER 86

struct kvm_exit_stats_reason {
	u64 val[KVM_EXIT_STATS_NR_PER_REASON];
};

struct kvm_exit_stats {
	u64 last_tsc;	   /* begin of the current state, except in the guest */
	u64 exit_tsc;	   /* begin of the exit being handled; 0 if the guest's TSC changed */
	u64 done_exit_tsc; /* begin of the last completed exit; 0 if the guest's TSC changed */
	u64 entry_tsc;	   /* the last entry, which is the end of that exit */
	u32 state;	   /* a time-keeping selector; KERNEL also stands for GUEST */
	u32 nr_slots;
	struct kvm_exit_stats_reason *cur;
	u64 val[KVM_EXIT_STATS_NR_SELECTORS];
	/* One per slot, and a last one for the time before the first exit. */
	struct kvm_exit_stats_reason reason[];
};

extern struct static_key_false_deferred kvm_exit_stats_on;

void kvm_exit_stats_init_vm(struct kvm *kvm);
void kvm_exit_stats_destroy_vm(struct kvm *kvm);
void kvm_exit_stats_exit(void);
int kvm_exit_stats_create_vcpu(struct kvm_vcpu *vcpu);
void kvm_exit_stats_destroy_vcpu(struct kvm_vcpu *vcpu);
void kvm_exit_stats_create_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir);

void __kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r);
void __kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_block_end(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu);
void __kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu);
bool __kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

/* Return whether the vCPU keeps statistics.  The static key is tested first, alone. */
static __always_inline bool kvm_exit_stats_kept(struct kvm_vcpu *vcpu)
{
	if (!static_branch_unlikely(&kvm_exit_stats_on.key))
		return false;
	return vcpu->arch.exit_stats;
}

/*
 * The last call before the run call: noinstr, with interrupts off or GIF clear.
 *
 * The interval cannot be negative, here or at the exit.  It began on this CPU,
 * because a vCPU moves only between kvm_arch_vcpu_put() and _load().
 */
static __always_inline void kvm_exit_stats_vmentry(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *s;
	u64 now, delta;

	if (!kvm_exit_stats_kept(vcpu))
		return;

	s = vcpu->arch.exit_stats;
	now = rdtsc();
	delta = now - s->last_tsc;
	s->cur->val[KVM_EXIT_STATS_KERNEL] += delta;
	barrier(); /* exit_stats_vcpu() reads them in the opposite order */
	s->val[KVM_EXIT_STATS_KERNEL] += delta;
	s->done_exit_tsc = s->exit_tsc;
	s->entry_tsc = now;
}

static __always_inline void kvm_exit_stats_stamp(struct kvm_exit_stats *s)
{
	u64 now = rdtsc();
	u64 delta = now - s->entry_tsc;

	/* Make the compiler use a single addition to memory. */
	OPTIMIZER_HIDE_VAR(delta);
	s->val[KVM_EXIT_STATS_GUEST] += delta;
	s->exit_tsc = now;
	s->last_tsc = now;
}

/* @vcpu->arch.hflags still tells whether L1 or L2 has exited. */
static __always_inline void kvm_exit_stats_count(struct kvm_vcpu *vcpu, struct kvm_exit_stats *s,
						 u32 slot)
{
	unsigned long offset = slot * sizeof(s->reason[0]);
	struct kvm_exit_stats_reason *cur;

	/* Otherwise the compiler computes the address twice. */
	OPTIMIZER_HIDE_VAR(offset);
	cur = (void *)s->reason + offset;
	OPTIMIZER_HIDE_VAR(cur);
	s->cur = cur;
	cur->val[KVM_EXIT_STATS_EXITS]++;
	s->val[KVM_EXIT_STATS_EXITS]++;
	if (unlikely(vcpu->arch.hflags & HF_GUEST_MASK))
		s->val[KVM_EXIT_STATS_L2_EXITS]++;
}

/*
 * The first call after SVM's run call, for a vCPU that keeps statistics.  @exit_code
 * comes from the VMCB that ran, because a nested #VMEXIT switches VMCBs later.
 */
static __always_inline void kvm_exit_stats_vmexit_svm(struct kvm_vcpu *vcpu, u32 exit_code)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	kvm_exit_stats_stamp(s);
	if (exit_code >= KVM_EXIT_STATS_SVM_LOW) {
		exit_code -= 0x400 - KVM_EXIT_STATS_SVM_LOW;
		exit_code = min_t(u32, exit_code, KVM_EXIT_STATS_SVM_OTHER);
	}
	kvm_exit_stats_count(vcpu, s, exit_code);
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
		kvm_exit_stats_count(vcpu, vcpu->arch.exit_stats,
				     min_t(u32, basic, KVM_EXIT_STATS_VMX_OTHER));
}

/* Called when KVM_RUN has loaded the vCPU. */
static inline void kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_run_begin(vcpu);
}

/* Called when KVM_RUN is about to put the vCPU and return @r. */
static inline void kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_run_end(vcpu, r);
}

static inline void kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_block_begin(vcpu);
}

static inline void kvm_exit_stats_block_end(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_block_end(vcpu);
}

/* Called by kvm_arch_vcpu_put(), so by every vCPU ioctl, with preemption off. */
static inline void kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_sched_out(vcpu);
}

/* Called by kvm_arch_vcpu_load(), so by every vCPU ioctl, with preemption off. */
static inline void kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_sched_in(vcpu);
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
	return kvm_exit_stats_kept(vcpu) && (*eax & 0xffffff00) == KVM_EXIT_STATS_SIGNATURE &&
	       __kvm_exit_stats_cpuid(vcpu, eax, ebx, ecx, edx);
}

#endif /* __KVM_X86_EXIT_STATS_H */
