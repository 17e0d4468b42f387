// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statistics: how they are attached to KVM by hooks in its source.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "exit_stats_hooks.h"
#include "kvm_cache_regs.h"

static int exit_stats_mode = KVM_EXIT_STATS_OFF;

static int exit_stats_mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(kvm_exit_stats_modes, val);

	if (mode < 0)
		return mode;
	/* A reader on another CPU could see half of a 64-bit counter's update. */
	if (mode != KVM_EXIT_STATS_OFF && !IS_ENABLED(CONFIG_X86_64))
		return -EOPNOTSUPP;
	WRITE_ONCE(exit_stats_mode, mode);
	return 0;
}

static int exit_stats_mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", kvm_exit_stats_modes[READ_ONCE(exit_stats_mode)]);
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

/* Protects the lists of vCPUs of all VMs. */
static DEFINE_SPINLOCK(exit_stats_lock);

u64 kvm_exit_stats_guest_tsc(struct kvm_vcpu *vcpu, u64 host_tsc)
{
	return kvm_read_l1_tsc(vcpu, host_tsc);
}

void kvm_exit_stats_init_vm(struct kvm *kvm)
{
	int mode = READ_ONCE(exit_stats_mode);
	struct kvm_exit_stats_vm *vm;

	if (mode == KVM_EXIT_STATS_OFF || kvm_exit_stats_is_td(kvm))
		return;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm) {
		/* The first vCPU fails, as without memory for its own counters. */
		kvm->arch.exit_stats = ERR_PTR(-ENOMEM);
		return;
	}
	kvm_exit_stats_vm_init(vm, mode, 0);
	kvm->arch.exit_stats = vm;
	static_branch_inc(&kvm_exit_stats_on.key);
}

/* The same, if the last step of creating the VM, which returned @r, has not failed. */
int kvm_exit_stats_vm_made(struct kvm *kvm, int r)
{
	if (!r)
		kvm_exit_stats_init_vm(kvm);
	return r;
}

/* All vCPUs are gone. */
void kvm_exit_stats_destroy_vm(struct kvm *kvm)
{
	if (IS_ERR_OR_NULL(kvm->arch.exit_stats))
		return;
	static_branch_slow_dec_deferred(&kvm_exit_stats_on);
	kfree(kvm->arch.exit_stats);
}

/* The vendor module unloads.  No VM is left, but the last one's decrement may be pending. */
void kvm_exit_stats_exit(void)
{
	static_key_deferred_flush(&kvm_exit_stats_on);
	WARN_ON(static_branch_unlikely(&kvm_exit_stats_on.key));
}

int kvm_exit_stats_create_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct kvm_exit_stats *s;

	if (!kvm->arch.exit_stats)
		return 0;
	if (IS_ERR(kvm->arch.exit_stats))
		return PTR_ERR(kvm->arch.exit_stats);

	s = kzalloc(kvm_exit_stats_size(), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;

	kvm_exit_stats_init(s, vcpu, kvm->arch.exit_stats);
	vcpu->arch.exit_stats = s;
	spin_lock(&exit_stats_lock);
	list_add_rcu(&s->node, &s->vm->vcpus);
	spin_unlock(&exit_stats_lock);
	return 0;
}

void kvm_exit_stats_destroy_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	if (!s)
		return;
	vcpu->arch.exit_stats = NULL;
	spin_lock(&exit_stats_lock);
	list_del_rcu(&s->node);
	spin_unlock(&exit_stats_lock);
	/* Another vCPU of this VM may be adding up. */
	kfree_rcu(s, rcu);
}

void __kvm_exit_stats_switch(struct kvm_vcpu *vcpu, u32 next)
{
	preempt_disable();
	kvm_exit_stats_switch(vcpu->arch.exit_stats, next);
	preempt_enable();
}

void __kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r)
{
	preempt_disable();
	kvm_exit_stats_user(vcpu->arch.exit_stats, r);
	preempt_enable();
}

/* A thread that is switched out in userspace or while halted stays in that state. */
void __kvm_exit_stats_sched_out(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.exit_stats->state == KVM_EXIT_STATS_KERNEL)
		kvm_exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_SCHED);
}

void __kvm_exit_stats_sched_in(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.exit_stats->state == KVM_EXIT_STATS_SCHED)
		kvm_exit_stats_switch(vcpu->arch.exit_stats, KVM_EXIT_STATS_KERNEL);
}

bool __kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	if (s->vm->mode != KVM_EXIT_STATS_GUEST_MODE)
		return false;
	/* CPL 0 means nothing in L2, and KVM does not know the CPL if the state is protected. */
	if (READ_ONCE(exit_stats_cpl0) &&
	    (is_guest_mode(vcpu) || vcpu->arch.guest_state_protected || kvm_x86_ops.get_cpl(vcpu)))
		return false;
	kvm_exit_stats_answer(s, eax, ebx, ecx, edx);
	return true;
}

static int exit_stats_show(struct seq_file *m, void *v)
{
	struct kvm_vcpu *vcpu = m->private;

	kvm_exit_stats_print(m, vcpu->arch.exit_stats);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats);

/* When the vCPU is freed, debugfs has already removed the file and waited for readers. */
void kvm_exit_stats_create_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir)
{
	if (vcpu->arch.exit_stats)
		debugfs_create_file("exit_stats", 0400, dir, vcpu, &exit_stats_fops);
}
