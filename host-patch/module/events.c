// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to vCPUs, as KVM's tracepoints and the entries of its functions tell it.
 *
 *   kvm_exit		     guest -> kernel
 *   kvm_entry		     kernel -> guest; or the entry of svm_vcpu_run()
 *   kvm_arch_vcpu_load()    sched -> kernel; user or paused -> kernel, if KVM_RUN calls it
 *   kvm_sched_out()	     kernel -> sched
 *   kvm_arch_vcpu_put()     kernel -> user, if KVM_RUN calls it and not kvm_sched_out()
 *   kvm_userspace_exit	     user -> paused, if KVM_RUN returns -EINTR
 *   kvm_vcpu_halt()	     kernel -> halted
 *   kvm_vcpu_wakeup	     halted -> kernel
 *
 * Every callback runs with preemption off, by its own doing where it is not off already: in
 * the scheduler, where a vCPU is loaded or put, and at kvm_exit and kvm_entry, by the
 * tracepoint or, from Linux 7.0 on, since interrupts are off.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include <asm/frame.h>
#include <asm/linkage.h>
#include <asm/svm.h>
#include <asm/thread_info.h>
#include <asm/vmx.h>

#include "kvm_exit_stats.h"

bool events_cpl0;

/* KVM_EXIT_STATS_FEATURE_*; LATE as soon as an exit has shown it, NO_* while attached. */
u32 events_features = KVM_EXIT_STATS_FEATURE_MODULE | KVM_EXIT_STATS_FEATURE_TRACEPOINTS;

/* ATTACHED_CHECKING, or 0 if the reasons of exits need no check: see below. */
unsigned long events_checking = KVM_EXIT_INFO_HAS_REASON ? ATTACHED_CHECKING : 0;

/*
 * Return the statistics of a vCPU, or NULL if it keeps none.  Preemption is off.
 */
static __always_inline struct attached_vcpu *state_of(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v = this_cpu_read(attached_loaded);
	/* Read once: an interrupt may have another CPU's forget_all() change it meanwhile. */
	unsigned long state = READ_ONCE(v->key) - attached_key(vcpu, 0);

	if (unlikely(state >= 2 * ATTACHED_CHECKING))
		return vms_find(vcpu);
	return (state & (ATTACHED_CHECKING - 1)) == ATTACHED_OFF ? NULL : v;
}

static __always_inline void set_state(struct attached_vcpu *v, u32 state)
{
	v->key = attached_key(v->stats.vcpu, state) + READ_ONCE(events_checking);
}

/* End the state at @now and begin @next.  The core's state is not kept up to date otherwise. */
static __always_inline void switch_state_at(struct attached_vcpu *v, u32 next, u64 now)
{
	v->stats.state = attached_state(v);
	kvm_exit_stats_switch_at(&v->stats, next, now);
	set_state(v, next);
}

static __always_inline void switch_state(struct attached_vcpu *v, u32 next)
{
	switch_state_at(v, next, rdtsc());
}

/* --- the reason of an exit ---------------------------------------------------------- */

/*
 * KVM's own function for it reads all that there is to know of an exit.  The reason alone
 * is a single read: on VMX of the current VMCS, on SVM of the VMCB, the pointer to which
 * follows the struct kvm_vcpu, as struct vcpu_svm has it since 5.11.  As no header says
 * so, the first exits are read in both ways.  Where these do not agree, as for a VMCS in
 * Hyper-V's format, all exits are read in KVM's.
 *
 * Until that is known, and where they do not agree, a vCPU has ATTACHED_CHECKING in its key.
 * All of its exits and entries are odd ones then, so that the usual ones need no branch.
 */
#define REASON_CHECKS 100

static atomic_t reason_checks = ATOMIC_INIT(REASON_CHECKS);
static bool reason_differs;

/* Return how reasons are read now. */
const char *events_reasons(void)
{
	if (!KVM_EXIT_INFO_HAS_REASON)
		return "traced";
	if (!READ_ONCE(events_checking))
		return "read";
	return READ_ONCE(reason_differs) ? "asked for" : "asked for, and compared with a read";
}

static __always_inline u32 direct_reason(struct kvm_vcpu *vcpu, bool svm)
{
	unsigned long reason;

	if (svm)
		return (*(struct vmcb **)(vcpu + 1))->control.exit_code;
	asm volatile("vmread %1, %0" : "=rm"(reason) : "r"((unsigned long)VM_EXIT_REASON) : "cc");
	return reason;
}

/* Compare with @reason, which is KVM's, what a direct read would have found. */
static void check_direct_reason(struct kvm_vcpu *vcpu, u32 reason, bool svm)
{
	u32 found = ~reason;

	if (svm) {
		struct vmcb *vmcb;

		if (!copy_from_kernel_nofault(&vmcb, vcpu + 1, sizeof(vmcb)))
			copy_from_kernel_nofault(&found, &vmcb->control.exit_code, sizeof(found));
	} else {
		found = direct_reason(vcpu, svm);
	}
	if (found != reason)
		WRITE_ONCE(reason_differs, true);
	/* Enough exits have been read in both ways. */
	if (atomic_dec_return(&reason_checks) == 0 && !READ_ONCE(reason_differs))
		WRITE_ONCE(events_checking, 0);
}

static noinline u32 checked_reason(struct kvm_vcpu *vcpu, u32 traced, bool svm)
{
	attach_exit_info_t exit_info = READ_ONCE(attach_vendor.exit_info);
	u64 reason = traced, info1, info2;
	u32 intr_info, error_code;

	if (!KVM_EXIT_INFO_HAS_REASON)
		return traced;
	/* Not known yet: a VM that is as old as its kvm-amd or kvm-intel. */
	if (!exit_info)
		return KVM_EXIT_STATS_REASON_OTHER;
	reason = 0;
	exit_info(vcpu, &reason, &info1, &info2, &intr_info, &error_code);
	if (atomic_read(&reason_checks) > 0)
		check_direct_reason(vcpu, reason, svm);
	return reason;
}

/* --- in and out of the guest -------------------------------------------------------- */

static __always_inline void leave(struct attached_vcpu *v)
{
	v->key += KVM_EXIT_STATS_KERNEL - KVM_EXIT_STATS_GUEST;
	kvm_exit_stats_stamp(&v->stats);
}

/* End USER or PAUSED. */
static __always_inline void resume(struct attached_vcpu *v)
{
	kvm_exit_stats_resume(&v->stats);
	set_state(v, KVM_EXIT_STATS_KERNEL);
}

/* End whatever state there is but GUEST. */
static void to_kernel(struct attached_vcpu *v)
{
	u32 state = attached_state(v);

	if (state == KVM_EXIT_STATS_USER || state == KVM_EXIT_STATS_PAUSED)
		resume(v);
	else
		switch_state(v, KVM_EXIT_STATS_KERNEL);
}

/*
 * The guest was left earlier than now, or statistics begin now: the state is not GUEST.
 * Where KVM calls kvm_exit with interrupts on, the thread may have been switched out
 * before; leave_early() has noted the exit then.
 */
static noinline void exit_from_other(struct attached_vcpu *v)
{
	if (attached_state(v) == KVM_EXIT_STATS_KERNEL)
		return;
	to_kernel(v);
	v->stats.exit_tsc = rdtsc();
	v->in_run = true;
	vms_set_thread(v);
}

static noinline void count_checked(struct attached_vcpu *v, u32 traced)
{
	struct kvm_vcpu *vcpu = v->stats.vcpu;
	bool svm = kvm_exit_stats_svm();
	u32 reason = checked_reason(vcpu, traced, svm);

	/* Where KVM calls kvm_exit right after the guest, interrupts are still off. */
	if (!irqs_disabled() && !(v->stats.vm->features & KVM_EXIT_STATS_FEATURE_LATE)) {
		events_features |= KVM_EXIT_STATS_FEATURE_LATE;
		v->stats.vm->features = events_features;
	}

	kvm_exit_stats_count(vcpu, &v->stats,
			     svm ? kvm_exit_stats_slot_svm(reason)
				 : kvm_exit_stats_slot_vmx(reason));
}

static noinline void on_odd_exit(struct kvm_vcpu *vcpu, u32 traced)
{
	struct attached_vcpu *v = state_of(vcpu);

	if (!v)
		return;
	if (attached_state(v) == KVM_EXIT_STATS_GUEST)
		leave(v);
	else
		exit_from_other(v);
	count_checked(v, traced);
	/* This may have been the last exit that is to be checked. */
	set_state(v, KVM_EXIT_STATS_KERNEL);
}

/* The processor has a reason that neither manual has so far. */
static noinline void count_other(struct attached_vcpu *v)
{
	kvm_exit_stats_count(v->stats.vcpu, &v->stats, v->stats.nr_slots - 1);
}

/*
 * What is usual is done here, in as few instructions as may be.  All else is a call at the
 * very end, so that no register has to be saved.
 */
static __always_inline void on_exit(struct kvm_vcpu *vcpu, u32 traced, bool svm)
{
	struct attached_vcpu *v = this_cpu_read(attached_loaded);
	u32 reason;

	if (unlikely(v->key != attached_key(vcpu, KVM_EXIT_STATS_GUEST)))
		return on_odd_exit(vcpu, traced);

	leave(v);
	reason = KVM_EXIT_INFO_HAS_REASON ? direct_reason(vcpu, svm) : traced;
	if (svm)
		kvm_exit_stats_count(vcpu, &v->stats, kvm_exit_stats_slot_svm(reason));
	else if (likely((u16)reason < KVM_EXIT_STATS_VMX_OTHER))
		kvm_exit_stats_count(vcpu, &v->stats, (u16)reason);
	else
		count_other(v);
}

#define EXIT_PROBE(name, svm)                                                                      \
	static notrace void name##_old(void *data, unsigned int reason, struct kvm_vcpu *vcpu,     \
				       u32 isa)                                                    \
	{                                                                                          \
		on_exit(vcpu, reason, svm);                                                        \
	}                                                                                          \
	static notrace void name##_new(void *data, struct kvm_vcpu *vcpu, u32 isa)                 \
	{                                                                                          \
		on_exit(vcpu, 0, svm);                                                             \
	}

EXIT_PROBE(on_exit_svm, true)
EXIT_PROBE(on_exit_vmx, false)

/* Return the callback of kvm_exit for this processor and this KVM. */
void *events_exit(void)
{
	if (KVM_EXIT_INFO_HAS_REASON)
		return kvm_exit_stats_svm() ? (void *)on_exit_svm_new : on_exit_vmx_new;
	return kvm_exit_stats_svm() ? (void *)on_exit_svm_old : on_exit_vmx_old;
}

/* The guest is left, as far as is known now, and the reason comes later, or never. */
static void leave_early(struct attached_vcpu *v)
{
	if (attached_state(v) == KVM_EXIT_STATS_GUEST)
		leave(v);
}

/* A halted vCPU whose wait ended without kvm_vcpu_wakeup: when its thread ran again. */
static void end_halt(struct attached_vcpu *v)
{
	u64 now = rdtsc();

	if (attached_state(v) == KVM_EXIT_STATS_HALTED)
		switch_state_at(v, KVM_EXIT_STATS_KERNEL, v->woken_tsc ? v->woken_tsc : now);
}

static __always_inline void enter(struct attached_vcpu *v)
{
	kvm_exit_stats_enter(&v->stats);
	v->key += KVM_EXIT_STATS_GUEST - KVM_EXIT_STATS_KERNEL;
}

static noinline void on_odd_entry(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v = state_of(vcpu);
	struct kvm_exit_stats *s;

	if (!v)
		return;
	s = &v->stats;
	switch (attached_state(v)) {
	case KVM_EXIT_STATS_KERNEL:
		break;
	case KVM_EXIT_STATS_GUEST:
		/*
		 * No exit since the last entry: the entry failed, or a fastpath has handled
		 * an exit where this KVM has no tracepoint.
		 */
		leave(v);
		if (s->vm->features & KVM_EXIT_STATS_FEATURE_LATE)
			count_other(v);
		break;
	case KVM_EXIT_STATS_HALTED:
		end_halt(v);
		break;
	default:
		to_kernel(v);
		v->in_run = true;
		vms_set_thread(v);
	}
	enter(v);
}

static __always_inline void entered(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v = this_cpu_read(attached_loaded);

	if (unlikely(v->key != attached_key(vcpu, KVM_EXIT_STATS_KERNEL)))
		return on_odd_entry(vcpu);
	enter(v);
}

/* Newer kernels hand over a third argument, which this one has no use for. */
notrace void events_entry(void *data, struct kvm_vcpu *vcpu)
{
	entered(vcpu);
}

/*
 * On SVM the tracepoint kvm_entry is the first statement of svm_vcpu_run(), so the entry of
 * that function tells the same.  Its first instruction, which is there for ftrace, becomes a
 * call of the stub below: 7 instructions fewer than a call by the tracepoint.  The function is
 * called with interrupts off.  Where a kernel cannot do so, or another stub is called there
 * already, such as a BPF fentry program, it is the tracepoint.
 *
 * vmx_vcpu_run() may return before its kvm_entry, without an entry: there it is the tracepoint.
 */
#ifdef ATTACH_DIRECT
__visible notrace __noendbr void events_svm_entry(struct kvm_vcpu *vcpu)
{
	entered(vcpu);
}

/* clang-format off */
asm("	.pushsection .text, \"ax\"\n"
"	.balign 16\n"
"	.type events_svm_entry_stub, @function\n"
"	.globl events_svm_entry_stub\n"
"events_svm_entry_stub:\n"
	ANNOTATE_NOENDBR "\n" /* since 6.19 it does not end its line */
	FRAME_BEGIN
"	push %rdi\n"
"	push %rsi\n"
"	call events_svm_entry\n"
"	pop %rsi\n"
"	pop %rdi\n"
	FRAME_END
	ASM_RET
"	.size events_svm_entry_stub, . - events_svm_entry_stub\n"
"	.popsection\n");
/* clang-format on */

#endif

/* --- KVM_RUN and the scheduler ------------------------------------------------------ */

/*
 * Whether the guest's TSC has changed is seen when KVM_RUN begins and when a leaf is read, not
 * at each exit.  So
 * the stamps of the last exit are also refused if the change was before it, and no
 * leaf has been read since.  It was not within the exit that reads: no CPUID changes the TSC.
 */
static bool check_tsc(struct attached_vcpu *v)
{
	struct kvm_vcpu *vcpu = v->stats.vcpu;

	if (v->tsc_offset == vcpu->arch.l1_tsc_offset &&
	    v->tsc_ratio == vcpu->arch.l1_tsc_scaling_ratio)
		return false;
	v->tsc_offset = vcpu->arch.l1_tsc_offset;
	v->tsc_ratio = vcpu->arch.l1_tsc_scaling_ratio;
	v->stats.done_exit_tsc = 0;
	return true;
}

/*
 * Return whether the current thread is in KVM_RUN, and not in another ioctl of a vCPU: by the
 * arguments of its system call.  To trace KVM_RUN's function as well would take longer.
 */
static __always_inline bool calls_kvm_run(void)
{
	struct pt_regs *regs = current_pt_regs();

	/* The second argument: ioctl()'s command, an unsigned int. */
	return (u32)(unlikely(in_ia32_syscall()) ? regs->cx : regs->si) == KVM_RUN;
}

/* The thread uses a vCPU without statistics: KVM_RUN will return from that one. */
static noinline void forget_thread(void)
{
	struct attached_vcpu *v;

	while ((v = vms_find_thread(current)))
		v->leaving = false;
}

/* KVM_RUN has been called, in USER or PAUSED. */
static __always_inline void begin_run(struct attached_vcpu *v)
{
	kvm_exit_stats_resume(&v->stats);
	set_state(v, KVM_EXIT_STATS_KERNEL);
	v->in_run = true;
	v->leaving = false;
	vms_set_thread(v);
	/* The exit that is being handled since before the VMM changed it, too. */
	if (check_tsc(v))
		v->stats.exit_tsc = 0;
}

static noinline void on_odd_load(struct attached_vcpu *v)
{
	switch (attached_state(v)) {
	case KVM_EXIT_STATS_SCHED:
		switch_state(v, KVM_EXIT_STATS_KERNEL);
		break;
	case KVM_EXIT_STATS_HALTED:
		v->woken_tsc = rdtsc();
		break;
	case KVM_EXIT_STATS_USER:
	case KVM_EXIT_STATS_PAUSED:
		if (calls_kvm_run())
			begin_run(v);
	}
}

notrace void events_load(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct ftrace_regs *fregs)
{
	struct kvm_vcpu *vcpu = (void *)ftrace_regs_get_argument(fregs, 0);
	/* What is remembered may be of another vCPU that was freed, so look it up. */
	struct attached_vcpu *v = vms_find(vcpu);

	if (unlikely(!v))
		forget_thread();
	else if (unlikely(v->key != attached_key(vcpu, KVM_EXIT_STATS_USER)))
		on_odd_load(v);
	else if (calls_kvm_run())
		begin_run(v);
}

/* A thread that is switched out in userspace or while halted stays in that state. */
notrace void events_sched_out(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct preempt_notifier *pn = (void *)ftrace_regs_get_argument(fregs, 0);
	struct attached_vcpu *v;

	/* The scheduler holds its lock: a VM that is unknown is not to become known here. */
	v = vms_find_known(container_of(pn, struct kvm_vcpu, preempt_notifier));
	if (v) {
		v->switched = true;
		leave_early(v);
		if (attached_state(v) == KVM_EXIT_STATS_KERNEL)
			switch_state(v, KVM_EXIT_STATS_SCHED);
	}
}

/* @odd: the state may be another one than KERNEL. */
static __always_inline void put(struct attached_vcpu *v, bool odd)
{
	if (unlikely(v->switched)) {
		v->switched = false;
		return;
	}
	if (!v->in_run) {
		/* Its VM was switched on while KVM_RUN had it. */
		if (calls_kvm_run())
			forget_thread();
		return;
	}
	if (odd) {
		leave_early(v);
		end_halt(v);
	}
	kvm_exit_stats_leave(&v->stats);
	set_state(v, KVM_EXIT_STATS_USER);
	v->in_run = false;
	v->leaving = true;
}

/* Perhaps for kvm_sched_out(), so that a VM that is unknown is not to become known here. */
static noinline void on_odd_put(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v = vms_find_known(vcpu);

	if (v)
		put(v, true);
}

notrace void events_put(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
	struct kvm_vcpu *vcpu = (void *)ftrace_regs_get_argument(fregs, 0);
	struct attached_vcpu *v = this_cpu_read(attached_loaded);

	if (unlikely(v->key != attached_key(vcpu, KVM_EXIT_STATS_KERNEL)))
		on_odd_put(vcpu);
	else
		put(v, false);
}

/* Only -EINTR is of interest, which is rare. */
notrace void events_userspace_exit(void *data, u32 reason, int r)
{
	struct attached_vcpu *v;

	if (likely(r != -EINTR))
		return;
	preempt_disable_notrace();
	v = vms_find_thread(current);
	if (v && attached_state(v) == KVM_EXIT_STATS_USER) {
		kvm_exit_stats_pause(&v->stats);
		set_state(v, KVM_EXIT_STATS_PAUSED);
		v->leaving = false;
	}
	preempt_enable_notrace();
}

notrace void events_halt(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct ftrace_regs *fregs)
{
	struct kvm_vcpu *vcpu = (void *)ftrace_regs_get_argument(fregs, 0);
	struct attached_vcpu *v;

	preempt_disable_notrace();
	v = state_of(vcpu);
	if (v) {
		leave_early(v);
		if (attached_state(v) == KVM_EXIT_STATS_KERNEL) {
			v->woken_tsc = 0;
			switch_state(v, KVM_EXIT_STATS_HALTED);
		}
	}
	preempt_enable_notrace();
}

/* Called by the thread that has waited, so its vCPU is the one loaded here. */
notrace void events_wakeup(void *data, u64 ns, bool waited, bool valid)
{
	struct attached_vcpu *v;

	preempt_disable_notrace();
	v = this_cpu_read(attached_loaded);
	if (attached_state(v) == KVM_EXIT_STATS_HALTED)
		switch_state(v, KVM_EXIT_STATS_KERNEL);
	preempt_enable_notrace();
}

/* --- VMs ------------------------------------------------------------------------------ */

/* Called for a VM that KVM has set up, so that its end is always told, too. */
notrace void events_create_vm(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	preempt_disable_notrace();
	vms_created((void *)ftrace_regs_get_argument(fregs, 0));
	preempt_enable_notrace();
}

notrace void events_postcreate(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
	preempt_disable_notrace();
	vms_vcpu_created((void *)ftrace_regs_get_argument(fregs, 0));
	preempt_enable_notrace();
}

notrace void events_destroy_vm(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
	preempt_disable_notrace();
	vms_destroyed((void *)ftrace_regs_get_argument(fregs, 0));
	preempt_enable_notrace();
}

/* --- CPUID ---------------------------------------------------------------------------- */

/* What the guest's TSC was: as kvm_read_l1_tsc(), which newer kernels do not export. */
u64 kvm_exit_stats_guest_tsc(struct kvm_vcpu *vcpu, u64 host_tsc)
{
	/* Bits behind the point: APM vol. 2, 15.30.5; SDM vol. 3C, 24.6.5. */
	unsigned int fraction = kvm_exit_stats_svm() ? 32 : 48;
	u64 ratio = vcpu->arch.l1_tsc_scaling_ratio;

	/* Until Linux 5.16 the ratio is 0 where the processor cannot scale. */
	if (ratio && ratio != 1ull << fraction)
		host_tsc = mul_u64_u64_shr(host_tsc, ratio, fraction);
	return host_tsc + vcpu->arch.l1_tsc_offset;
}

/* Return whether the VMM has given the guest this leaf: KVM answers as the VMM says. */
static bool vmm_defines(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	int i;

	for (i = 0; i < vcpu->arch.cpuid_nent; i++) {
		struct kvm_cpuid_entry2 *entry = &vcpu->arch.cpuid_entries[i];

		if (entry->function == leaf &&
		    (!(entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) || entry->index == index))
			return true;
	}
	return false;
}

/* What kvm_cpuid() is replaced by for an answer that has been given already. */
static noinline notrace bool cpuid_answered(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx,
					    u32 *edx, bool exact_only)
{
	return true;
}

static noinline void answer(struct ftrace_regs *fregs)
{
	struct kvm_vcpu *vcpu = (void *)ftrace_regs_get_argument(fregs, 0);
	u32 *eax = (void *)ftrace_regs_get_argument(fregs, 1);
	u32 *ebx = (void *)ftrace_regs_get_argument(fregs, 2);
	u32 *ecx = (void *)ftrace_regs_get_argument(fregs, 3);
	u32 *edx = (void *)ftrace_regs_get_argument(fregs, 4);
	struct attached_vcpu *v = state_of(vcpu);
	attach_get_cpl_t get_cpl = READ_ONCE(attach_vendor.get_cpl);

	if (!v || v->stats.vm->mode != KVM_EXIT_STATS_GUEST_MODE || vmm_defines(vcpu, *eax, *ecx))
		return;
	/* CPL 0 means nothing in L2, and KVM does not know the CPL if the state is protected. */
	if (READ_ONCE(events_cpl0) &&
	    ((vcpu->arch.hflags & HF_GUEST_MASK) || vcpu->arch.guest_state_protected || !get_cpl ||
	     get_cpl(vcpu)))
		return;
	check_tsc(v);
	kvm_exit_stats_answer(&v->stats, eax, ebx, ecx, edx);
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)cpuid_answered);
}

/*
 * The callback may not call kvm_cpuid(), and does not have to: it answers, or leaves
 * everything to the original.
 */
notrace void events_cpuid(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	if (likely(!kvm_exit_stats_leaf(*(u32 *)ftrace_regs_get_argument(fregs, 1))))
		return;
	preempt_disable_notrace();
	answer(fregs);
	preempt_enable_notrace();
}
