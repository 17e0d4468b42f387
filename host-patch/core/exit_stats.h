/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statistics: how often, why and for how long a vCPU leaves guest mode.
 *
 * Each vCPU is a state machine over the time-keeping selectors of
 * asm/kvm_exit_stats.h.  A transition books the time since the previous one
 * under the state that ends, and kernel, user and halted time under the exit
 * being handled as well.  Only the thread that has the vCPU loaded writes;
 * readers sum with READ_ONCE() and need no lock.
 *
 *   kvm_exit_stats_vmexit_*()	guest -> kernel	 beside the assembly run call
 *   kvm_exit_stats_vmentry()	kernel -> guest	 beside the assembly run call
 *   kvm_exit_stats_run_*()	user <-> kernel	 KVM_RUN
 *   kvm_exit_stats_block_*()	kernel <-> halted around kvm_vcpu_block()
 *   kvm_exit_stats_sched_*()	kernel <-> sched preempt notifiers
 *
 * All are no-ops of a static key until a VM is created with kvm.exit_stats on.
 */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

#include <linux/jump_label_ratelimit.h>
#include <linux/kvm_host.h>

#include <asm/kvm_exit_stats.h>
#include <asm/msr.h>

/* The selectors that there are per reason, and all of them. */
#define KVM_EXIT_STATS_NR_PER_REASON (KVM_EXIT_STATS_HALTED + 1)
#define KVM_EXIT_STATS_NR_SELECTORS  (KVM_EXIT_STATS_PAUSED + 1)

/* Slots: SVM codes are dense to 0xa7, then 0x400 to 0x403; VMX's are dense. */
#define KVM_EXIT_STATS_SVM_LOW	 0xa8
#define KVM_EXIT_STATS_SVM_HIGH	 4
#define KVM_EXIT_STATS_SVM_OTHER (KVM_EXIT_STATS_SVM_LOW + KVM_EXIT_STATS_SVM_HIGH)
#define KVM_EXIT_STATS_VMX_OTHER 86

struct kvm_exit_stats_reason {
	u64 val[KVM_EXIT_STATS_NR_PER_REASON];
};

struct kvm_exit_stats {
	u64 last_tsc;	   /* begin of the present state, the guest excepted */
	u64 exit_tsc;	   /* begin of the exit being handled; 0: in no TSC of the guest's */
	u64 done_exit_tsc; /* begin of the one before, likewise, and its end: */
	u64 entry_tsc;	   /* the last entry */
	u32 state;	   /* a time-keeping selector; KERNEL stands for GUEST too */
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

/* Whether the vCPU has statistics to keep.  First the static key, alone. */
static __always_inline bool kvm_exit_stats_kept(struct kvm_vcpu *vcpu)
{
	if (!static_branch_unlikely(&kvm_exit_stats_on.key))
		return false;
	return vcpu->arch.exit_stats;
}

/*
 * Last before the run call.  noinstr, interrupts off or GIF clear.
 *
 * Neither here nor at the exit can the interval be negative: it began on this
 * processor, since a vCPU moves in kvm_arch_vcpu_put() and _load() only.
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
	barrier(); /* exit_stats_vcpu() reads them the other way round */
	s->val[KVM_EXIT_STATS_KERNEL] += delta;
	s->done_exit_tsc = s->exit_tsc;
	s->entry_tsc = now;
}

static __always_inline void kvm_exit_stats_stamp(struct kvm_exit_stats *s)
{
	u64 now = rdtsc();
	u64 delta = now - s->entry_tsc;

	/* Keeps it one addition to memory. */
	OPTIMIZER_HIDE_VAR(delta);
	s->val[KVM_EXIT_STATS_GUEST] += delta;
	s->exit_tsc = now;
	s->last_tsc = now;
}

/* @vcpu->arch.hflags still tells whether it was L1 or L2 that left. */
static __always_inline void kvm_exit_stats_count(struct kvm_vcpu *vcpu, struct kvm_exit_stats *s,
						 u32 slot)
{
	unsigned long offset = slot * sizeof(s->reason[0]);
	struct kvm_exit_stats_reason *cur;

	/* Or the compiler computes the address twice. */
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
 * First after SVM's run call, for a vCPU whose statistics are kept.  @exit_code
 * is read from the VMCB that ran: a nested #VMEXIT switches VMCBs later on.
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

/* First after VMX's run call.  Counts nothing: the entry may have failed. */
static __always_inline void kvm_exit_stats_vmexit_vmx(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_stamp(vcpu->arch.exit_stats);
}

/* Where VMX has read VM_EXIT_REASON, so past VM-fail.  @basic: bits 15:0. */
static __always_inline void kvm_exit_stats_reason_vmx(struct kvm_vcpu *vcpu, u16 basic)
{
	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_count(vcpu, vcpu->arch.exit_stats,
				     min_t(u32, basic, KVM_EXIT_STATS_VMX_OTHER));
}

/* KVM_RUN has loaded the vCPU. */
static inline void kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_run_begin(vcpu);
}

/* KVM_RUN is about to put the vCPU and return @r. */
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

/* kvm_arch_vcpu_put(): also run by every other vCPU ioctl, preemption off. */
static inline void kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_sched_out(vcpu);
}

/* kvm_arch_vcpu_load(): likewise. */
static inline void kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu))
		__kvm_exit_stats_sched_in(vcpu);
}

/*
 * The guest's TSC is about to become another function of the host's, by whoever's
 * doing: what has been stamped, the exit being handled included, is not in it.
 */
static inline void kvm_exit_stats_tsc_changed(struct kvm_vcpu *vcpu)
{
	if (kvm_exit_stats_kept(vcpu)) {
		vcpu->arch.exit_stats->exit_tsc = 0;
		vcpu->arch.exit_stats->done_exit_tsc = 0;
	}
}

/*
 * Answer CPUID leaf *@eax, subleaf *@ecx, if it is one of ours and this VM and
 * caller may read it; false leaves the registers alone.
 */
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx,
					u32 *edx)
{
	return kvm_exit_stats_kept(vcpu) && (*eax & 0xffffff00) == KVM_EXIT_STATS_SIGNATURE &&
	       __kvm_exit_stats_cpuid(vcpu, eax, ebx, ecx, edx);
}

#endif /* __KVM_X86_EXIT_STATS_H */
