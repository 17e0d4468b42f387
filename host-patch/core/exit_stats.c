// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statistics: the transitions outside of the hot path, the CPUID leaves and
 * the debugfs file.  exit_stats.h describes the state machine.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/nospec.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/svm.h>
#include <asm/tsc.h>
#include <asm/vmx.h>

#include "exit_stats.h"
#include "kvm_cache_regs.h"

enum { EXIT_STATS_OFF, EXIT_STATS_HOST, EXIT_STATS_GUEST };

static const char *const exit_stats_modes[] = {
	[EXIT_STATS_OFF] = "off",
	[EXIT_STATS_HOST] = "host",
	[EXIT_STATS_GUEST] = "guest",
};

static int exit_stats_mode = EXIT_STATS_OFF;

static int exit_stats_mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(exit_stats_modes, val);

	if (mode < 0)
		return mode;
	/* A reader on another CPU could see half of a 64-bit counter's update. */
	if (mode != EXIT_STATS_OFF && !IS_ENABLED(CONFIG_X86_64))
		return -EOPNOTSUPP;
	WRITE_ONCE(exit_stats_mode, mode);
	return 0;
}

static int exit_stats_mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", exit_stats_modes[READ_ONCE(exit_stats_mode)]);
}

static const struct kernel_param_ops exit_stats_mode_ops = {
	.set = exit_stats_mode_set,
	.get = exit_stats_mode_get,
};

/*
 * "host" collects for the administrator, "guest" also answers the guest's CPUID.
 * A VM keeps the mode that is set when it is created.
 */
module_param_cb(exit_stats, &exit_stats_mode_ops, NULL, 0644);

/* Whether KVM answers only a guest's kernel (CPL 0 of L1). */
static bool __read_mostly exit_stats_cpl0;
module_param(exit_stats_cpl0, bool, 0644);

/* Disabled a second after the last VM, so that short-lived VMs do not patch code each time. */
DEFINE_STATIC_KEY_DEFERRED_FALSE(kvm_exit_stats_on, HZ);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_stats_on);

static bool exit_stats_svm(void)
{
	return boot_cpu_has(X86_FEATURE_SVM);
}

static u32 exit_stats_nr_slots(void)
{
	return (exit_stats_svm() ? KVM_EXIT_STATS_SVM_OTHER : KVM_EXIT_STATS_VMX_OTHER) + 1;
}

/* Return the processor's number of the reason that @slot counts. */
static u32 exit_stats_slot_reason(u32 slot)
{
	if (slot >= exit_stats_nr_slots())
		return KVM_EXIT_STATS_SLOT_NONE;
	if (slot == exit_stats_nr_slots() - 1)
		return KVM_EXIT_STATS_REASON_OTHER;
	if (exit_stats_svm() && slot >= KVM_EXIT_STATS_SVM_LOW)
		return 0x400 + slot - KVM_EXIT_STATS_SVM_LOW;
	return slot;
}

/* Return the slot of @reason, or -1 if neither the APM nor the SDM defines it so far. */
static int exit_stats_reason_slot(u32 reason)
{
	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return exit_stats_nr_slots() - 1;

	if (exit_stats_svm()) {
		if (reason <= 0xa6)
			return reason;
		if (reason >= 0x400 && reason < 0x400 + KVM_EXIT_STATS_SVM_HIGH)
			return reason - 0x400 + KVM_EXIT_STATS_SVM_LOW;
		return -1;
	}

	switch (reason) {
	case 35:
	case 38:
	case 42:
	case 71:
	case 82 ... 83:
		return -1;
	default:
		return reason < KVM_EXIT_STATS_VMX_OTHER ? reason : -1;
	}
}

void kvm_exit_stats_init_vm(struct kvm *kvm)
{
	kvm->arch.exit_stats_mode = READ_ONCE(exit_stats_mode);
	if (kvm->arch.exit_stats_mode == EXIT_STATS_OFF)
		return;

	kvm->arch.exit_stats_epoch = get_random_u32();
	static_branch_inc(&kvm_exit_stats_on.key);
}

void kvm_exit_stats_destroy_vm(struct kvm *kvm)
{
	if (kvm->arch.exit_stats_mode != EXIT_STATS_OFF)
		static_branch_slow_dec_deferred(&kvm_exit_stats_on);
}

/* The vendor module unloads.  No VM is left, but the last one's decrement may be pending. */
void kvm_exit_stats_exit(void)
{
	static_key_deferred_flush(&kvm_exit_stats_on);
	WARN_ON(static_branch_unlikely(&kvm_exit_stats_on.key));
}

int kvm_exit_stats_create_vcpu(struct kvm_vcpu *vcpu)
{
	u32 nr = exit_stats_nr_slots();
	struct kvm_exit_stats *s;

	if (vcpu->kvm->arch.exit_stats_mode == EXIT_STATS_OFF)
		return 0;

	s = kzalloc(struct_size(s, reason, nr + 1), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;

	s->nr_slots = nr;
	s->cur = &s->reason[nr];
	s->state = KVM_EXIT_STATS_PAUSED;
	s->last_tsc = rdtsc();
	vcpu->arch.exit_stats = s;
	return 0;
}

void kvm_exit_stats_destroy_vcpu(struct kvm_vcpu *vcpu)
{
	kfree(vcpu->arch.exit_stats);
	vcpu->arch.exit_stats = NULL;
}

/*
 * End the current state and begin @next.  Preemption is off.  If the vCPU has moved
 * between CPUs whose TSCs differ, the interval may be negative.  It then counts as 0
 * cycles and in CLAMPED.
 */
static void exit_stats_switch(struct kvm_exit_stats *s, u32 next)
{
	u64 now = rdtsc();
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

void __kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu)
{
	preempt_disable();
	exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_KERNEL);
	preempt_enable();
}

/*
 * After -EINTR the VMM does not work for the guest.  It has stopped the vCPU, perhaps
 * for hours.
 */
void __kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	preempt_disable();
	exit_stats_switch(s, r == -EINTR ? KVM_EXIT_STATS_PAUSED : KVM_EXIT_STATS_USER);
	s->val[KVM_EXIT_STATS_USER_RETURNS]++;
	preempt_enable();
}

void __kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu)
{
	preempt_disable();
	exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_HALTED);
	preempt_enable();
}

void __kvm_exit_stats_block_end(struct kvm_vcpu *vcpu)
{
	preempt_disable();
	exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_KERNEL);
	preempt_enable();
}

/* A thread that is switched out in userspace or while halted stays in that state. */
void __kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.exit_stats->state == KVM_EXIT_STATS_KERNEL)
		exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_SCHED);
}

void __kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.exit_stats->state == KVM_EXIT_STATS_SCHED)
		exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_KERNEL);
}

/*
 * Return @sel of one vCPU.  The time before the first exit belongs to no exit and
 * counts as PAUSED.
 */
static u64 exit_stats_vcpu(struct kvm_exit_stats *s, u32 sel)
{
	struct kvm_exit_stats_reason *before = &s->reason[s->nr_slots];
	u64 val = READ_ONCE(s->val[sel]);
	u32 i;

	/* Another vCPU that has not exited yet may have written only the latter. */
	if (sel < KVM_EXIT_STATS_NR_PER_REASON)
		val -= min(val, READ_ONCE(before->val[sel]));
	else if (sel == KVM_EXIT_STATS_PAUSED)
		for (i = KVM_EXIT_STATS_KERNEL; i < KVM_EXIT_STATS_NR_PER_REASON; i++)
			val += READ_ONCE(before->val[i]);
	return val;
}

/* Return @sel of one vCPU: of all reasons, or with @slot >= 0 of one reason. */
static u64 exit_stats_get(struct kvm_exit_stats *s, int slot, u32 sel)
{
	return slot < 0 ? exit_stats_vcpu(s, sel) : READ_ONCE(s->reason[slot].val[sel]);
}

static u64 exit_stats_vm(struct kvm *kvm, int slot, u32 sel)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;
	u64 sum = 0;

	kvm_for_each_vcpu(i, vcpu, kvm)
		sum += exit_stats_get(vcpu->arch.exit_stats, slot, sel);
	return sum;
}

/* Leaves 02 to 05: set @val, or return false for an unknown reason or selector. */
static bool exit_stats_read(struct kvm_vcpu *vcpu, u32 leaf, u32 index, u64 *val)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;
	u32 sel = index;
	int slot;

	if (leaf == KVM_EXIT_STATS_VM || leaf == KVM_EXIT_STATS_VCPU) {
		if (sel >= KVM_EXIT_STATS_NR_SELECTORS)
			return false;
		sel = array_index_nospec(sel, KVM_EXIT_STATS_NR_SELECTORS);
		*val = leaf == KVM_EXIT_STATS_VM ? exit_stats_vm(vcpu->kvm, -1, sel)
						 : exit_stats_vcpu(s, sel);
		return true;
	}

	sel = index >> 16;
	slot = exit_stats_reason_slot(index & 0xffff);
	if (sel >= KVM_EXIT_STATS_NR_PER_REASON || slot < 0)
		return false;
	sel = array_index_nospec(sel, KVM_EXIT_STATS_NR_PER_REASON);
	slot = array_index_nospec(slot, s->nr_slots);
	*val = leaf == KVM_EXIT_STATS_VM_REASON ? exit_stats_vm(vcpu->kvm, slot, sel)
						: exit_stats_get(s, slot, sel);
	return true;
}

/*
 * Leaves FC to FF: add up exits and kernel cycles of the VM, each for all reasons or
 * for one.  A single walk reads both, because with many vCPUs the walk is the cost.
 */
static bool exit_stats_read_pair(struct kvm *kvm, u32 leaf, u32 reason, u64 *exits, u64 *kernel)
{
	int slot = -1, exits_slot, kernel_slot;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (leaf != KVM_EXIT_STATS_TOTAL) {
		slot = exit_stats_reason_slot(reason);
		if (slot < 0)
			return false;
		slot = array_index_nospec(slot, exit_stats_nr_slots());
	}
	exits_slot = leaf == KVM_EXIT_STATS_REASON_CYCLES ? -1 : slot;
	kernel_slot = leaf == KVM_EXIT_STATS_REASON_CYCLES ? slot : -1;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		struct kvm_exit_stats *s = vcpu->arch.exit_stats;

		*exits += exit_stats_get(s, exits_slot, KVM_EXIT_STATS_EXITS);
		*kernel += exit_stats_get(s, kernel_slot, KVM_EXIT_STATS_KERNEL);
	}
	return true;
}

bool __kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;
	u32 leaf = *eax, index = *ecx;
	u64 exits = 0, val = 0;

	if (vcpu->kvm->arch.exit_stats_mode != EXIT_STATS_GUEST)
		return false;
	/* CPL 0 means nothing in L2, and KVM does not know the CPL if the state is protected. */
	if (READ_ONCE(exit_stats_cpl0) &&
	    (is_guest_mode(vcpu) || vcpu->arch.guest_state_protected ||
	     kvm_x86_call(get_cpl)(vcpu)))
		return false;

	*eax = *ebx = *ecx = *edx = 0;
	switch (leaf) {
	case KVM_EXIT_STATS_SIGNATURE:
		*eax = KVM_EXIT_STATS_TOTAL;
		*ebx = KVM_EXIT_STATS_SIGNATURE_EBX;
		*ecx = KVM_EXIT_STATS_SIGNATURE_ECX;
		*edx = KVM_EXIT_STATS_SIGNATURE_EDX;
		break;
	case KVM_EXIT_STATS_INFO:
		*eax = KVM_EXIT_STATS_VERSION;
		*ebx = (exit_stats_svm() ? KVM_EXIT_STATS_ISA_SVM : KVM_EXIT_STATS_ISA_VMX) |
		       s->nr_slots << 16;
		*ecx = vcpu->kvm->arch.exit_stats_epoch;
		*edx = tsc_khz;
		break;
	case KVM_EXIT_STATS_VM:
	case KVM_EXIT_STATS_VM_REASON:
	case KVM_EXIT_STATS_VCPU:
	case KVM_EXIT_STATS_VCPU_REASON:
		if (!exit_stats_read(vcpu, leaf, index, &val))
			goto undefined;
		*ebx = val >> 32;
		*ecx = val;
		break;
	case KVM_EXIT_STATS_SLOT:
		*eax = exit_stats_slot_reason(index);
		break;
	case KVM_EXIT_STATS_LAST:
		/* No exit is complete, or the guest's TSC has changed since it began. */
		if (!s->done_exit_tsc)
			break;
		val = kvm_read_l1_tsc(vcpu, s->done_exit_tsc);
		*eax = val;
		*ebx = val >> 32;
		val = kvm_read_l1_tsc(vcpu, s->entry_tsc);
		*ecx = val;
		*edx = val >> 32;
		break;
	case KVM_EXIT_STATS_REASON_CYCLES:
	case KVM_EXIT_STATS_REASON_ALT:
	case KVM_EXIT_STATS_REASON:
	case KVM_EXIT_STATS_TOTAL:
		if (!exit_stats_read_pair(vcpu->kvm, leaf, index, &exits, &val))
			goto undefined;
		*eax = exits;
		*ebx = val >> 32;
		*ecx = val;
		if (leaf == KVM_EXIT_STATS_TOTAL)
			*edx = exits >> 32;
		break;
	}
	return true;

undefined:
	*edx = KVM_EXIT_STATS_UNDEFINED;
	return true;
}

/* Return the name that KVM's tracepoints use. */
static const char *exit_stats_reason_name(u32 reason)
{
	static const struct {
		u32 reason;
		const char *name;
	} svm[] = { SVM_EXIT_REASONS }, vmx[] = { VMX_EXIT_REASONS };
	size_t i;

	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return "other";
	if (exit_stats_svm()) {
		for (i = 0; i < ARRAY_SIZE(svm); i++)
			if (svm[i].reason == reason)
				return svm[i].name;
	} else {
		for (i = 0; i < ARRAY_SIZE(vmx); i++)
			if (vmx[i].reason == reason)
				return vmx[i].name;
	}
	return "unnamed";
}

/*
 * Print the column names, one line per reason that occurred and the total, then one
 * line per other selector.  Cycles are ticks of the host's TSC.
 */
static int exit_stats_show(struct seq_file *m, void *v)
{
	static const struct {
		u32 sel;
		const char *name;
	} rest[] = {
		{ KVM_EXIT_STATS_GUEST, "guest" },
		{ KVM_EXIT_STATS_SCHED, "descheduled" },
		{ KVM_EXIT_STATS_PAUSED, "paused" },
		{ KVM_EXIT_STATS_L2_EXITS, "l2_exits" },
		{ KVM_EXIT_STATS_USER_RETURNS, "user_returns" },
		{ KVM_EXIT_STATS_CLAMPED, "clamped" },
	};
	struct kvm_vcpu *vcpu = m->private;
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;
	char name[24];
	u32 i, sel;

	seq_printf(m, "%-24s%8s%20s%20s%20s%20s\n", "reason", "code", "exits", "kernel", "user",
		   "halted");
	for (i = 0; i < s->nr_slots; i++) {
		u64 *val = s->reason[i].val;
		u32 reason = exit_stats_slot_reason(i);

		if (!READ_ONCE(val[KVM_EXIT_STATS_EXITS]))
			continue;
		/* Some names have a blank, which would end the column. */
		strscpy(name, exit_stats_reason_name(reason), sizeof(name));
		strreplace(name, ' ', '_');
		seq_printf(m, "%-24s%#8x", name, reason);
		for (sel = 0; sel < KVM_EXIT_STATS_NR_PER_REASON; sel++)
			seq_printf(m, "%20llu", READ_ONCE(val[sel]));
		seq_putc(m, '\n');
	}
	seq_printf(m, "%-24s%8s", "total", "-");
	for (sel = 0; sel < KVM_EXIT_STATS_NR_PER_REASON; sel++)
		seq_printf(m, "%20llu", exit_stats_vcpu(s, sel));
	seq_putc(m, '\n');
	for (i = 0; i < ARRAY_SIZE(rest); i++)
		seq_printf(m, "%-24s%8s%20llu\n", rest[i].name, "-",
			   exit_stats_vcpu(s, rest[i].sel));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats);

/* When the vCPU is freed, debugfs has already removed the file and waited for readers. */
void kvm_exit_stats_create_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir)
{
	if (vcpu->arch.exit_stats)
		debugfs_create_file("exit_stats", 0400, dir, vcpu, &exit_stats_fops);
}
