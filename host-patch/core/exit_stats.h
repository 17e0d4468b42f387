/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statistics count how often, why and for how long a vCPU leaves guest mode.
 *
 * Each vCPU is a state machine over the time-keeping selectors of
 * asm/kvm_exit_stats.h.  A transition adds the time since the previous one to the
 * state that ends, but kernel time before a return to userspace is added with that
 * after it.  It also adds kernel, user and halted time to the reason of the
 * exit being handled.  Only the thread that has loaded the vCPU writes; readers sum
 * with READ_ONCE() and need no lock.
 *
 * This file and exit_stats.c do not know how they are attached to KVM.  Those who call
 * them are hooks in KVM's source (exit_stats_hooks.h), or a module beside an unchanged
 * KVM (kvm_exit_stats.ko).  Both may call:
 *
 *   kvm_exit_stats_stamp(), _count()  guest -> kernel
 *   kvm_exit_stats_enter()	       kernel -> guest
 *   kvm_exit_stats_leave()	       kernel -> user
 *   kvm_exit_stats_pause()	       user -> paused
 *   kvm_exit_stats_resume()	       user or paused -> kernel
 *   kvm_exit_stats_switch()	       every other transition
 */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

#include <linux/kvm_host.h>
#include <linux/list.h>
#include <linux/moduleparam.h>

#include <asm/cpufeature.h>
#include <asm/kvm_exit_stats.h>
#include <asm/msr.h>
#include <asm/tsc.h>

/* The number of selectors per reason, and of all selectors. */
#define KVM_EXIT_STATS_NR_PER_REASON (KVM_EXIT_STATS_HALTED + 1)
#define KVM_EXIT_STATS_NR_SELECTORS  (KVM_EXIT_STATS_PAUSED + 1)

/* Slots: SVM's codes are dense up to 0xa7, and from 0x400 to 0x403; VMX's are dense. */
#define KVM_EXIT_STATS_SVM_LOW	 0xa8
#define KVM_EXIT_STATS_SVM_HIGH	 4
#define KVM_EXIT_STATS_SVM_OTHER (KVM_EXIT_STATS_SVM_LOW + KVM_EXIT_STATS_SVM_HIGH)
#define KVM_EXIT_STATS_VMX_OTHER 86

/* What a VM's statistics are kept for: nobody, the host, or the host and the guest. */
enum kvm_exit_stats_mode {
	KVM_EXIT_STATS_OFF,
	KVM_EXIT_STATS_HOST,
	KVM_EXIT_STATS_GUEST_MODE,
};

extern const char *const kvm_exit_stats_modes[3];
extern const char *const kvm_exit_stats_layouts[4];
/* Of a parameter that is the layout of VMs to come, a u8. */
extern const struct kernel_param_ops kvm_exit_stats_layout_ops;

/*
 * Bit 63 is never set in a TSC.  The time since a stamp that has it is negative, so that one
 * test finds this flag and a TSC that went backwards.
 */
#define KVM_EXIT_STATS_LEFT_PAUSED BIT_ULL(63)

struct kvm_exit_stats_reason {
	u64 val[KVM_EXIT_STATS_NR_PER_REASON];
};

struct kvm_exit_stats_vm {
	struct list_head vcpus; /* struct kvm_exit_stats.node; readers under RCU */
	u32 epoch;		/* another one whenever the counters begin at zero; 0: off */
	u32 last_epoch;
	u32 features; /* KVM_EXIT_STATS_FEATURE_* */
	u8 mode;
	u8 layout; /* enum kvm_exit_stats_layout */
};

struct kvm_exit_stats {
	u64 last_tsc;	   /* begin of KERNEL, moved by the time in userspace; of SCHED, HALTED */
	u64 exit_tsc;	   /* begin of the exit being handled; 0 if the guest's TSC changed */
	u64 done_exit_tsc; /* begin of the last completed exit; 0 if the guest's TSC changed */
	u64 entry_tsc;	   /* the last entry, which is the end of that exit */
	/* Begin of USER or, with KVM_EXIT_STATS_LEFT_PAUSED, of PAUSED; 0: in neither. */
	union {
		u64 left_tsc;
		u32 left_half[2];
	};
	u32 state; /* KERNEL, SCHED or HALTED; kvm_exit_stats.ko has it in a word of its own */
	u32 epoch; /* its VM's when the counters began */
	struct kvm_exit_stats_reason *cur;
	u64 val[KVM_EXIT_STATS_NR_SELECTORS];
	struct list_head node;
	struct kvm_exit_stats_vm *vm;
	struct kvm_vcpu *vcpu;
	struct rcu_head rcu;
	u32 nr_slots;
	/* The time before the first exit, which belongs to none. */
	struct kvm_exit_stats_reason before;
	struct kvm_exit_stats_reason reason[];
};

int kvm_exit_stats_user_mode(const char __user *user, size_t size);
int kvm_exit_stats_user_layout(const char __user *user, size_t size);
void kvm_exit_stats_vm_init(struct kvm_exit_stats_vm *vm, u8 layout);
void kvm_exit_stats_vm_begin(struct kvm_exit_stats_vm *vm, u8 mode, u32 features);
size_t kvm_exit_stats_size(void);
void kvm_exit_stats_init(struct kvm_exit_stats *s, struct kvm_vcpu *vcpu,
			 struct kvm_exit_stats_vm *vm, u32 epoch);
void kvm_exit_stats_resume_odd(struct kvm_exit_stats *s);
void kvm_exit_stats_answer(struct kvm_exit_stats *s, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);
void kvm_exit_stats_print(struct seq_file *m, struct kvm_exit_stats *s);

/* Each way of attaching defines it: what the guest's (L1's) TSC was at @host_tsc. */
u64 kvm_exit_stats_guest_tsc(struct kvm_vcpu *vcpu, u64 host_tsc);

static inline bool kvm_exit_stats_svm(void)
{
	return boot_cpu_has(X86_FEATURE_SVM);
}

/*
 * Return whether @kvm is an Intel TDX guest, which stays off.  KVM runs it elsewhere than
 * others, and its registers are none of the host's business.
 */
static inline bool kvm_exit_stats_is_td(struct kvm *kvm)
{
#ifdef KVM_X86_TDX_VM
	return kvm->arch.vm_type == KVM_X86_TDX_VM;
#else
	return false;
#endif
}

/* Return whether *@eax is one of the leaves. */
static __always_inline bool kvm_exit_stats_leaf(u32 eax)
{
	return (eax & 0xffffff00) == KVM_EXIT_STATS_SIGNATURE;
}

/*
 * End the current state at @now and begin @next.  Preemption is off.  If the vCPU has moved
 * between CPUs whose TSCs differ, the interval may be negative.  It then counts as 0
 * cycles and in CLAMPED.
 */
static __always_inline void kvm_exit_stats_switch_at(struct kvm_exit_stats *s, u32 next, u64 now)
{
	u64 delta = now - s->last_tsc;

	if (unlikely((s64)delta < 0)) {
		s->val[KVM_EXIT_STATS_CLAMPED]++;
		delta = 0;
	}
	s->last_tsc = now;
	if (s->state < KVM_EXIT_STATS_NR_PER_REASON)
		s->cur->val[s->state] += delta;
	barrier(); /* exit_stats_vcpu() reads them in the opposite order */
	s->val[s->state] += delta;
	s->state = next;
}

/* End the current state now and begin @next.  Preemption is off. */
static __always_inline void kvm_exit_stats_switch(struct kvm_exit_stats *s, u32 next)
{
	kvm_exit_stats_switch_at(s, next, rdtsc());
}

/*
 * KVM_RUN returns to userspace.  Preemption is off.
 *
 * The kernel time until now is not added up yet.  kvm_exit_stats_resume() moves its
 * begin by the time spent outside, so that one addition at the next transition is enough.
 */
static __always_inline void kvm_exit_stats_leave(struct kvm_exit_stats *s)
{
	u32 low, high;

	/* To store the halves takes less than to put them together first, as rdtsc() does. */
	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	s->left_half[0] = low;
	s->left_half[1] = high;
	s->val[KVM_EXIT_STATS_USER_RETURNS]++;
}

/*
 * KVM_RUN, which has just left, returns -EINTR: the VMM does not work for the guest.  It has
 * stopped the vCPU, perhaps for hours.
 */
static __always_inline void kvm_exit_stats_pause(struct kvm_exit_stats *s)
{
	s->left_tsc |= KVM_EXIT_STATS_LEFT_PAUSED;
}

/*
 * KVM_RUN has been called.  Preemption is off.  As in kvm_exit_stats_switch_at() the
 * interval may be negative, but the kernel time before and after it is right even then.
 */
static __always_inline void kvm_exit_stats_resume(struct kvm_exit_stats *s)
{
	u64 delta = rdtsc() - s->left_tsc;

	if (unlikely((s64)delta < 0)) {
		kvm_exit_stats_resume_odd(s);
		return;
	}
	s->last_tsc += delta;
	s->cur->val[KVM_EXIT_STATS_USER] += delta;
	barrier(); /* exit_stats_vcpu() reads them in the opposite order */
	s->val[KVM_EXIT_STATS_USER] += delta;
	s->left_tsc = 0;
}

/*
 * The guest is entered.
 *
 * The interval cannot be negative, here or at the exit.  A vCPU moves only between
 * kvm_arch_vcpu_put() and _load(), where another state begins and ends, or it is in
 * userspace, and of that kvm_exit_stats_resume() takes account.
 */
static __always_inline void kvm_exit_stats_enter(struct kvm_exit_stats *s)
{
	u64 now = rdtsc();
	u64 delta = now - s->last_tsc;

	s->cur->val[KVM_EXIT_STATS_KERNEL] += delta;
	barrier(); /* exit_stats_vcpu() reads them in the opposite order */
	s->val[KVM_EXIT_STATS_KERNEL] += delta;
	s->done_exit_tsc = s->exit_tsc;
	s->entry_tsc = now;
}

/* The guest has been left. */
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

/* Return the slot of SVM's @exit_code. */
static __always_inline u32 kvm_exit_stats_slot_svm(u32 exit_code)
{
	if (exit_code < KVM_EXIT_STATS_SVM_LOW)
		return exit_code;
	return min_t(u32, exit_code - (0x400 - KVM_EXIT_STATS_SVM_LOW), KVM_EXIT_STATS_SVM_OTHER);
}

/* Return the slot of VMX's reason, of which @basic is bits 15:0. */
static __always_inline u32 kvm_exit_stats_slot_vmx(u16 basic)
{
	return min_t(u32, basic, KVM_EXIT_STATS_VMX_OTHER);
}

#endif /* __KVM_X86_EXIT_STATS_H */
