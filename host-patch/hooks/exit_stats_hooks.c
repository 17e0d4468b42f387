// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statistics: how they are attached to KVM by hooks in its source.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "exit_stats_hooks.h"
#include "kvm_cache_regs.h"

/* The mode and the layout of VMs to come. */
static int exit_stats_mode = KVM_EXIT_STATS_OFF;
static u8 exit_stats_layout = KVM_EXIT_STATS_LAYOUT_MERGED;

/* Protects the modes and the lists of vCPUs of all VMs. */
static DEFINE_MUTEX(exit_stats_lock);

static int exit_stats_check_mode(int mode)
{
	/* A reader on another CPU could see half of a 64-bit counter's update. */
	if (mode > KVM_EXIT_STATS_OFF && !IS_ENABLED(CONFIG_X86_64))
		return -EOPNOTSUPP;
	return mode;
}

static int exit_stats_param_set(const char *val, const struct kernel_param *kp)
{
	int mode = exit_stats_check_mode(sysfs_match_string(kvm_exit_stats_modes, val));

	if (mode < 0)
		return mode;
	WRITE_ONCE(exit_stats_mode, mode);
	return 0;
}

static int exit_stats_param_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", kvm_exit_stats_modes[READ_ONCE(exit_stats_mode)]);
}

static const struct kernel_param_ops exit_stats_param_ops = {
	.set = exit_stats_param_set,
	.get = exit_stats_param_get,
};

/*
 * "host" collects for the administrator, "guest" also answers the guest's CPUID.
 * A VM gets the mode that is set when it is created.  Its own file in debugfs changes it.
 */
module_param_cb(exit_stats, &exit_stats_param_ops, NULL, 0644);

/*
 * Which of the course's layouts leaves 0x4ffffffc to 0x4fffffff have: "merged", "1", "2" or
 * "3".  A VM gets it as it gets the mode.
 */
module_param_cb(exit_stats_layout, &kvm_exit_stats_layout_ops, &exit_stats_layout, 0644);

/* Whether KVM answers only a guest's kernel (CPL 0 of L1). */
static bool __read_mostly exit_stats_cpl0;
module_param(exit_stats_cpl0, bool, 0644);

/* Disabled a second after the last VM, so that short-lived VMs do not patch code each time. */
DEFINE_STATIC_KEY_DEFERRED_FALSE(kvm_exit_stats_on, HZ);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_stats_on);

u64 kvm_exit_stats_guest_tsc(struct kvm_vcpu *vcpu, u64 host_tsc)
{
	return kvm_read_l1_tsc(vcpu, host_tsc);
}

/* --- VMs ------------------------------------------------------------------------- */

static u8 exit_stats_vm_mode(struct kvm *kvm)
{
	struct kvm_exit_stats_vm *vm = READ_ONCE(kvm->arch.exit_stats);

	return vm ? READ_ONCE(vm->mode) : KVM_EXIT_STATS_OFF;
}

/* Return a VM's, which is off if it had none so far, or NULL.  With exit_stats_lock. */
static struct kvm_exit_stats_vm *exit_stats_need_vm(struct kvm *kvm)
{
	struct kvm_exit_stats_vm *vm = kvm->arch.exit_stats;

	if (vm)
		return vm;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return NULL;
	kvm_exit_stats_vm_init(vm, KVM_EXIT_STATS_LAYOUT_MERGED);
	/* A vCPU that sees it must see its list, too. */
	smp_store_release(&kvm->arch.exit_stats, vm);
	return vm;
}

/* End the epoch of a VM.  With exit_stats_lock. */
static void exit_stats_end_epoch(struct kvm_exit_stats_vm *vm)
{
	struct kvm_exit_stats *s;

	WRITE_ONCE(vm->epoch, 0);
	list_for_each_entry(s, &vm->vcpus, node)
		WRITE_ONCE(s->vcpu->arch.exit_stats_current, NULL);
}

/* Return whether the VM was on before, or -ENOMEM.  With exit_stats_lock. */
static int exit_stats_switch_vm(struct kvm *kvm, int mode)
{
	struct kvm_exit_stats_vm *vm = kvm->arch.exit_stats;
	bool was_on = exit_stats_vm_mode(kvm) != KVM_EXIT_STATS_OFF;

	if (mode != KVM_EXIT_STATS_OFF) {
		vm = exit_stats_need_vm(kvm);
		if (!vm)
			return -ENOMEM;
	}
	if (mode == KVM_EXIT_STATS_OFF) {
		if (was_on) {
			WRITE_ONCE(vm->mode, mode);
			exit_stats_end_epoch(vm);
		}
	} else if (was_on) {
		WRITE_ONCE(vm->mode, mode);
	} else {
		kvm_exit_stats_vm_begin(vm, mode, 0);
	}
	return was_on;
}

/*
 * Switch a VM to @mode.  Its vCPUs follow when they run or halt next, see
 * __kvm_exit_stats_follow().  Their counters are freed then if the static key is still
 * enabled, or else with the vCPUs.
 */
static int exit_stats_set_vm_mode(struct kvm *kvm, int mode)
{
	bool on = mode != KVM_EXIT_STATS_OFF;
	int r;

	if (on && kvm_exit_stats_is_td(kvm))
		return -EOPNOTSUPP;
	/*
	 * No vCPU may run a hook that begins a state while the one that ends it is still a
	 * no-op, so all of them are live before.  Each VM that is on has one count.
	 */
	if (on)
		static_branch_inc(&kvm_exit_stats_on.key);
	mutex_lock(&exit_stats_lock);
	r = exit_stats_switch_vm(kvm, mode);
	mutex_unlock(&exit_stats_lock);
	if (r < 0 ? on : r)
		static_branch_slow_dec_deferred(&kvm_exit_stats_on);
	return min(r, 0);
}

/* Give a VM, which may be off, @layout.  Its guest's next CPUID is answered so. */
static int exit_stats_set_vm_layout(struct kvm *kvm, int layout)
{
	struct kvm_exit_stats_vm *vm;

	if (layout != KVM_EXIT_STATS_LAYOUT_MERGED && kvm_exit_stats_is_td(kvm))
		return -EOPNOTSUPP;
	mutex_lock(&exit_stats_lock);
	vm = exit_stats_need_vm(kvm);
	if (vm)
		WRITE_ONCE(vm->layout, layout);
	mutex_unlock(&exit_stats_lock);
	return vm ? 0 : -ENOMEM;
}

/* The VM is off then: without one of its vCPUs the sums would be wrong. */
static void exit_stats_no_memory(void)
{
	pr_warn_ratelimited("kvm: no memory: exit statistics of process %d are off\n",
			    current->tgid);
}

void kvm_exit_stats_init_vm(struct kvm *kvm)
{
	int mode = READ_ONCE(exit_stats_mode);
	u8 layout = READ_ONCE(exit_stats_layout);
	int r = 0;

	if (kvm_exit_stats_is_td(kvm))
		return;
	/* The layout first: from the mode on the guest may ask. */
	if (layout != KVM_EXIT_STATS_LAYOUT_MERGED)
		r = exit_stats_set_vm_layout(kvm, layout);
	if (!r && mode != KVM_EXIT_STATS_OFF)
		r = exit_stats_set_vm_mode(kvm, mode);
	if (r)
		exit_stats_no_memory();
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
	struct kvm_exit_stats_vm *vm = kvm->arch.exit_stats;

	if (!vm)
		return;
	exit_stats_set_vm_mode(kvm, KVM_EXIT_STATS_OFF);
	kfree(vm);
}

/* The vendor module unloads.  No VM is left, but the last one's decrement may be pending. */
void kvm_exit_stats_exit(void)
{
	static_key_deferred_flush(&kvm_exit_stats_on);
	WARN_ON(static_branch_unlikely(&kvm_exit_stats_on.key));
}

/* --- vCPUs ----------------------------------------------------------------------- */

/* Begin the statistics of a vCPU, which keeps none, if its VM is on. */
int kvm_exit_stats_create_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats_vm *vm = READ_ONCE(vcpu->kvm->arch.exit_stats);
	u32 epoch = vm ? READ_ONCE(vm->epoch) : 0;
	struct kvm_exit_stats *s;

	if (!epoch)
		return 0;
	s = kzalloc(kvm_exit_stats_size(), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	kvm_exit_stats_init(s, vcpu, vm, epoch);
	mutex_lock(&exit_stats_lock);
	list_add_rcu(&s->node, &vm->vcpus);
	if (epoch == vm->epoch)
		WRITE_ONCE(vcpu->arch.exit_stats_current, s);
	mutex_unlock(&exit_stats_lock);
	/* The administrator may be reading already. */
	smp_store_release(&vcpu->arch.exit_stats, s);
	return 0;
}

void kvm_exit_stats_destroy_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	if (!s)
		return;
	WRITE_ONCE(vcpu->arch.exit_stats, NULL);
	mutex_lock(&exit_stats_lock);
	WRITE_ONCE(vcpu->arch.exit_stats_current, NULL);
	list_del_rcu(&s->node);
	mutex_unlock(&exit_stats_lock);
	/* Another vCPU of this VM may be adding up, or the administrator reading. */
	kfree_rcu(s, rcu);
}

/*
 * Begin the statistics of a vCPU whose VM has been switched on, end them, or begin anew.
 * The vCPU is in KVM_RUN and not in the guest, and may sleep.
 */
static void exit_stats_begin(struct kvm_vcpu *vcpu)
{
	kvm_exit_stats_destroy_vcpu(vcpu);
	if (kvm_exit_stats_create_vcpu(vcpu)) {
		exit_stats_no_memory();
		exit_stats_set_vm_mode(vcpu->kvm, KVM_EXIT_STATS_OFF);
	}
	if (vcpu->arch.exit_stats) {
		preempt_disable();
		kvm_exit_stats_resume(vcpu->arch.exit_stats);
		preempt_enable();
	}
}

/* The same for a vCPU without current statistics, whose VM may be off. */
void __kvm_exit_stats_follow(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats_vm *vm = READ_ONCE(vcpu->kvm->arch.exit_stats);

	/* An epoch of 0 is none. */
	if (vcpu->arch.exit_stats || (vm && READ_ONCE(vm->epoch)))
		exit_stats_begin(vcpu);
}

void __kvm_exit_stats_switch(struct kvm_vcpu *vcpu, u32 next)
{
	preempt_disable();
	kvm_exit_stats_switch(vcpu->arch.exit_stats, next);
	preempt_enable();
}

/* The vCPU, which may not run again for hours, can follow its VM's mode here: it may sleep. */
void __kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu)
{
	if (!READ_ONCE(vcpu->arch.exit_stats_current))
		__kvm_exit_stats_follow(vcpu);
	if (vcpu->arch.exit_stats)
		__kvm_exit_stats_switch(vcpu, KVM_EXIT_STATS_HALTED);
}

bool __kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	struct kvm_exit_stats *s = vcpu->arch.exit_stats;

	if (READ_ONCE(s->vm->mode) != KVM_EXIT_STATS_GUEST_MODE ||
	    s->epoch != READ_ONCE(s->vm->epoch))
		return false;
	/* CPL 0 means nothing in L2, and KVM does not know the CPL if the state is protected. */
	if (READ_ONCE(exit_stats_cpl0) &&
	    (is_guest_mode(vcpu) || vcpu->arch.guest_state_protected || kvm_x86_ops.get_cpl(vcpu)))
		return false;
	kvm_exit_stats_answer(s, eax, ebx, ecx, edx);
	return true;
}

/* --- debugfs --------------------------------------------------------------------- */

/* A vCPU's counters.  The file is empty if it keeps none. */
static int exit_stats_show(struct seq_file *m, void *v)
{
	struct kvm_vcpu *vcpu = m->private;
	struct kvm_exit_stats *s;

	rcu_read_lock();
	s = READ_ONCE(vcpu->arch.exit_stats);
	if (s && s->epoch == READ_ONCE(s->vm->epoch))
		kvm_exit_stats_print(m, s);
	rcu_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats);

static int exit_stats_mode_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", kvm_exit_stats_modes[exit_stats_vm_mode(m->private)]);
	return 0;
}

static int exit_stats_layout_show(struct seq_file *m, void *v)
{
	struct kvm *kvm = m->private;
	struct kvm_exit_stats_vm *vm = READ_ONCE(kvm->arch.exit_stats);
	u8 layout = vm ? READ_ONCE(vm->layout) : KVM_EXIT_STATS_LAYOUT_MERGED;

	seq_printf(m, "%s\n", kvm_exit_stats_layouts[layout]);
	return 0;
}

static int exit_stats_layout_open(struct inode *inode, struct file *file)
{
	return single_open(file, exit_stats_layout_show, inode->i_private);
}

static ssize_t exit_stats_layout_write(struct file *file, const char __user *user, size_t size,
				       loff_t *pos)
{
	int layout = kvm_exit_stats_user_layout(user, size);
	struct seq_file *m = file->private_data;
	int r = layout < 0 ? layout : exit_stats_set_vm_layout(m->private, layout);

	return r ? r : size;
}

static const struct file_operations exit_stats_layout_fops = {
	.owner = THIS_MODULE,
	.open = exit_stats_layout_open,
	.read = seq_read,
	.write = exit_stats_layout_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int exit_stats_mode_open(struct inode *inode, struct file *file)
{
	return single_open(file, exit_stats_mode_show, inode->i_private);
}

static ssize_t exit_stats_mode_write(struct file *file, const char __user *user, size_t size,
				     loff_t *pos)
{
	int mode = exit_stats_check_mode(kvm_exit_stats_user_mode(user, size));
	struct seq_file *m = file->private_data;
	int r = mode < 0 ? mode : exit_stats_set_vm_mode(m->private, mode);

	return r ? r : size;
}

static const struct file_operations exit_stats_mode_fops = {
	.owner = THIS_MODULE,
	.open = exit_stats_mode_open,
	.read = seq_read,
	.write = exit_stats_mode_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/*
 * The file of a vCPU, and with the first one its VM's.  When these are freed, debugfs has
 * already removed the files and waited for who uses them.
 */
void kvm_exit_stats_create_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir)
{
	struct kvm *kvm = vcpu->kvm;

	/*
	 * Some kernels have NULL here for a VM without a directory, which debugfs takes for its
	 * root, where nobody removes the file.
	 */
	if (IS_ERR_OR_NULL(kvm->debugfs_dentry))
		return;
	if (!vcpu->vcpu_idx) {
		debugfs_create_file("exit_stats_mode", 0600, kvm->debugfs_dentry, kvm,
				    &exit_stats_mode_fops);
		debugfs_create_file("exit_stats_layout", 0600, kvm->debugfs_dentry, kvm,
				    &exit_stats_layout_fops);
	}
	debugfs_create_file("exit_stats", 0400, dir, vcpu, &exit_stats_fops);
}
