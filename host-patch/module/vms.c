// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs and vCPUs that are known, and which of them keep statistics.
 *
 * A VM becomes known when it is created, or when one of its vCPUs is seen first.  It is
 * forgotten when KVM destroys it.  All of that happens in callbacks, which may not sleep;
 * what may (debugfs, and waiting until nobody uses what is to be freed) is done by
 * vms_work.  A VM that is off takes a struct attached_vm and nothing for its vCPUs.
 */
#include <linux/debugfs.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "kvm_exit_stats.h"

DEFINE_PER_CPU(struct attached_vcpu *, attached_loaded);
static DEFINE_PER_CPU(struct attached_vcpu, attached_off);

/* Readers of the tables are callbacks, under RCU by having preemption off. */
static DEFINE_HASHTABLE(vms_by_kvm, 8);
static DEFINE_HASHTABLE(vcpus, 10);
static DEFINE_HASHTABLE(threads, 10);
/* An entry goes to another chain at once, and would take a reader of its old one along. */
static seqcount_t threads_moves = SEQCNT_ZERO(threads_moves);
static DEFINE_RAW_SPINLOCK(vms_lock); /* of the tables and the lists below */
static LIST_HEAD(vms_alive);
static LIST_HEAD(vms_dead);

/* Of modes and of debugfs.  What is freed is freed under it. */
static DEFINE_MUTEX(vms_mutex);
static enum { VMS_STARTING, VMS_RUNNING, VMS_STOPPED } vms_state;
static u8 vms_default_mode;
u8 vms_layout = KVM_EXIT_STATS_LAYOUT_MERGED;
static struct dentry *vms_dir;

static void vms_work_fn(struct work_struct *work);
static DECLARE_WORK(vms_work, vms_work_fn);

/* --- callbacks -------------------------------------------------------------------- */

static struct attached_vm *find_vm(struct kvm *kvm)
{
	struct attached_vm *vm;

	hash_for_each_possible_rcu(vms_by_kvm, vm, by_kvm, (unsigned long)kvm,
				   rcu_read_lock_sched_held())
		if (vm->kvm == kvm)
			return vm;
	return NULL;
}

static struct attached_vcpu *find_vcpu(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v;

	hash_for_each_possible_rcu(vcpus, v, by_vcpu, (unsigned long)vcpu,
				   rcu_read_lock_sched_held())
		if (v->stats.vcpu == vcpu)
			return v;
	return NULL;
}

/* Know @kvm from now on.  Without memory it stays unknown until it is seen again. */
static void add_vm(struct kvm *kvm, u8 mode, pid_t pid)
{
	struct attached_vm *vm = kzalloc(sizeof(*vm), GFP_ATOMIC | __GFP_NOWARN);
	unsigned long flags;
	bool known;

	if (!vm)
		return;
	vm->kvm = kvm;
	vm->td = kvm_exit_stats_is_td(kvm);
	vm->pid = pid;
	kvm_exit_stats_vm_init(&vm->stats,
			       vm->td ? KVM_EXIT_STATS_LAYOUT_MERGED : READ_ONCE(vms_layout));
	if (mode != KVM_EXIT_STATS_OFF)
		kvm_exit_stats_vm_begin(&vm->stats, mode, events_features);

	raw_spin_lock_irqsave(&vms_lock, flags);
	known = find_vm(kvm);
	if (!known) {
		hash_add_rcu(vms_by_kvm, &vm->by_kvm, (unsigned long)kvm);
		list_add_tail(&vm->all, &vms_alive);
	}
	raw_spin_unlock_irqrestore(&vms_lock, flags);
	if (known)
		kfree(vm);
	else
		schedule_work(&vms_work);
}

/* @off, a CPU's own, stands for @vcpu from now on, which keeps no statistics and may be NULL. */
static void set_off(struct attached_vcpu *off, struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(off->stats.vcpu, vcpu);
	WRITE_ONCE(off->key, attached_key(vcpu, ATTACHED_OFF));
}

/* Return the statistics of @vcpu, if it keeps any. */
struct attached_vcpu *vms_find_known(struct kvm_vcpu *vcpu)
{
	return find_vcpu(vcpu);
}

/* The same, where its VM may become known; remember both for this CPU. */
struct attached_vcpu *vms_find(struct kvm_vcpu *vcpu)
{
	struct attached_vcpu *v = find_vcpu(vcpu);

	/* A VM without users is being destroyed, after it has been forgotten. */
	if (!v && !find_vm(vcpu->kvm) && refcount_read(&vcpu->kvm->users_count))
		add_vm(vcpu->kvm, KVM_EXIT_STATS_OFF, current->tgid);
	if (v) {
		this_cpu_write(attached_loaded, v);
	} else {
		set_off(this_cpu_ptr(&attached_off), vcpu);
		this_cpu_write(attached_loaded, this_cpu_ptr(&attached_off));
	}
	return v;
}

/* Return the vCPU that @thread has left last, of those whose KVM_RUN may not have returned. */
struct attached_vcpu *vms_find_thread(struct task_struct *thread)
{
	struct attached_vcpu *v, *last;
	unsigned int moves;

	do {
		moves = raw_read_seqcount_begin(&threads_moves);
		last = NULL;
		hash_for_each_possible_rcu(threads, v, by_thread, (unsigned long)thread,
					   rcu_read_lock_sched_held())
			if (v->thread == thread && v->leaving &&
			    (!last || v->stats.left_tsc > last->stats.left_tsc))
				last = v;
	} while (read_seqcount_retry(&threads_moves, moves));
	return last;
}

/* The vCPU's thread is the current one. */
void vms_set_thread(struct attached_vcpu *v)
{
	unsigned long flags;

	if (likely(v->thread == current))
		return;
	raw_spin_lock_irqsave(&vms_lock, flags);
	if (!hash_hashed(&v->by_vcpu))
		goto out; /* its statistics are being switched off */
	write_seqcount_begin(&threads_moves);
	hlist_del_init_rcu(&v->by_thread);
	v->thread = current;
	hash_add_rcu(threads, &v->by_thread, (unsigned long)current);
	write_seqcount_end(&threads_moves);
out:
	raw_spin_unlock_irqrestore(&vms_lock, flags);
}

void vms_created(struct kvm *kvm)
{
	u8 mode = kvm_exit_stats_is_td(kvm) ? KVM_EXIT_STATS_OFF : READ_ONCE(vms_default_mode);

	add_vm(kvm, mode, current->tgid);
}

static size_t vcpu_size(void)
{
	return offsetof(struct attached_vcpu, stats) + kvm_exit_stats_size();
}

/* With vms_lock. */
static void init_vcpu(struct attached_vcpu *v, struct attached_vm *vm, struct kvm_vcpu *vcpu)
{
	kvm_exit_stats_init(&v->stats, vcpu, &vm->stats, vm->stats.epoch);
	v->key = attached_key(vcpu, KVM_EXIT_STATS_PAUSED) + READ_ONCE(events_checking);
	v->vcpu_id = vcpu->vcpu_id;
	v->tsc_offset = vcpu->arch.l1_tsc_offset;
	v->tsc_ratio = vcpu->arch.l1_tsc_scaling_ratio;
}

/* With vms_lock: @v counts from now on.  Return false if another one does already. */
static bool begin_vcpu(struct attached_vm *vm, struct attached_vcpu *v)
{
	if (vm->stats.mode == KVM_EXIT_STATS_OFF || find_vcpu(v->stats.vcpu))
		return false;
	list_add_tail_rcu(&v->stats.node, &vm->stats.vcpus);
	hash_add_rcu(vcpus, &v->by_vcpu, (unsigned long)v->stats.vcpu);
	return true;
}

void vms_vcpu_created(struct kvm_vcpu *vcpu)
{
	struct attached_vm *vm = find_vm(vcpu->kvm);
	struct attached_vcpu *v;
	unsigned long flags;
	bool begun = false;

	if (!vm || READ_ONCE(vm->stats.mode) == KVM_EXIT_STATS_OFF)
		return;
	v = kzalloc(vcpu_size(), GFP_ATOMIC | __GFP_NOWARN);
	if (v) {
		raw_spin_lock_irqsave(&vms_lock, flags);
		init_vcpu(v, vm, vcpu);
		begun = begin_vcpu(vm, v);
		raw_spin_unlock_irqrestore(&vms_lock, flags);
		if (!begun)
			kfree(v);
	} else {
		/* Its VM's sums would be wrong. */
		WRITE_ONCE(vm->no_memory, true);
	}
	schedule_work(&vms_work);
}

/* With vms_lock: nobody finds @v from now on. */
static void hide_vcpu(struct attached_vcpu *v)
{
	hlist_del_init_rcu(&v->by_vcpu);
	hlist_del_init_rcu(&v->by_thread);
}

/* With vms_lock: nobody finds @vm from now on.  vms_work frees it. */
static void bury_vm(struct attached_vm *vm)
{
	struct attached_vcpu *v;

	vm->dead = true;
	hash_del_rcu(&vm->by_kvm);
	list_move_tail(&vm->all, &vms_dead);
	if (vm->stats.mode != KVM_EXIT_STATS_OFF)
		list_for_each_entry(v, &vm->stats.vcpus, stats.node)
			hide_vcpu(v);
}

/* KVM is about to free the VM and its vCPUs. */
void vms_destroyed(struct kvm *kvm)
{
	struct attached_vm *vm;
	unsigned long flags;

	raw_spin_lock_irqsave(&vms_lock, flags);
	vm = find_vm(kvm);
	if (vm)
		bury_vm(vm);
	raw_spin_unlock_irqrestore(&vms_lock, flags);
	if (vm)
		schedule_work(&vms_work);
}

/* --- modes -------------------------------------------------------------------------- */

static void forget_loaded(void *unused)
{
	set_off(this_cpu_ptr(&attached_off), NULL);
	this_cpu_write(attached_loaded, this_cpu_ptr(&attached_off));
}

/*
 * The tables have changed: have no CPU remember what was in them before.  A callback that
 * looked up before may still write what it found, so wait for it first.
 */
static void forget_all(void)
{
	unsigned int cpu;

	synchronize_rcu();
	on_each_cpu(forget_loaded, NULL, 1);
	for_each_possible_cpu(cpu)
		if (!cpu_online(cpu))
			per_cpu(attached_loaded, cpu) = &per_cpu(attached_off, cpu);
}

/* Free what is hidden, when nobody uses it any more. */
static void free_vcpus(struct attached_vm *vm)
{
	struct attached_vcpu *v, *next;

	forget_all();
	synchronize_rcu();
	list_for_each_entry_safe(v, next, &vm->stats.vcpus, stats.node) {
		debugfs_remove_recursive(v->dir);
		list_del(&v->stats.node);
		kfree(v);
	}
}

/*
 * With vms_mutex: attach what the modes of all VMs, and of those to come, need, and of one
 * that is going to be in @mode.
 */
static int attach_as_needed(u8 mode)
{
	u8 highest = max(mode, vms_default_mode);
	struct attached_vm *vm;

	/* A VM that is being created with an older default is in the list then. */
	synchronize_rcu();
	raw_spin_lock_irq(&vms_lock);
	list_for_each_entry(vm, &vms_alive, all)
		highest = max(highest, vm->stats.mode);
	raw_spin_unlock_irq(&vms_lock);
	/* Nothing has kept what CPUs remember up to date while nothing was attached. */
	forget_all();
	return hooks_attach(highest != KVM_EXIT_STATS_OFF, highest == KVM_EXIT_STATS_GUEST_MODE);
}

/* With vms_mutex: end the statistics of a VM. */
static void switch_off(struct attached_vm *vm)
{
	struct attached_vcpu *v;

	raw_spin_lock_irq(&vms_lock);
	/* Those of a dead VM are hidden already. */
	if (!vm->dead && vm->stats.mode != KVM_EXIT_STATS_OFF)
		list_for_each_entry(v, &vm->stats.vcpus, stats.node)
			hide_vcpu(v);
	WRITE_ONCE(vm->stats.mode, KVM_EXIT_STATS_OFF);
	WRITE_ONCE(vm->stats.epoch, 0);
	raw_spin_unlock_irq(&vms_lock);
	free_vcpus(vm);
	vm->no_memory = false;
}

/* With vms_lock: return a vCPU of a VM that is alive which does not count yet, or NULL. */
static struct kvm_vcpu *next_vcpu(struct attached_vm *vm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	/* Without one, some kernels walk over those that are being created. */
	if (!atomic_read(&vm->kvm->online_vcpus))
		return NULL;
	kvm_for_each_vcpu(i, vcpu, vm->kvm)
		if (!find_vcpu(vcpu))
			return vcpu;
	return NULL;
}

/* With vms_mutex: begin at zero with all vCPUs that there are. */
static int switch_on(struct attached_vm *vm, u8 mode)
{
	struct attached_vcpu *v;
	struct kvm_vcpu *vcpu;

	raw_spin_lock_irq(&vms_lock);
	kvm_exit_stats_vm_begin(&vm->stats, mode, events_features);
	raw_spin_unlock_irq(&vms_lock);

	/* A vCPU that is created meanwhile is added by vms_vcpu_created(). */
	do {
		v = kzalloc(vcpu_size(), GFP_KERNEL);
		if (!v) {
			switch_off(vm);
			return -ENOMEM;
		}
		raw_spin_lock_irq(&vms_lock);
		vcpu = vm->dead ? NULL : next_vcpu(vm);
		if (vcpu) {
			init_vcpu(v, vm, vcpu);
			begin_vcpu(vm, v);
		}
		raw_spin_unlock_irq(&vms_lock);
	} while (vcpu);
	kfree(v);
	forget_all();
	return 0;
}

/* With vms_mutex. */
static int set_mode(struct attached_vm *vm, u8 mode)
{
	u8 old = vm->stats.mode;
	int r;

	if (mode == old)
		return 0;
	if (vm->td)
		return -EOPNOTSUPP;
	r = attach_as_needed(mode);
	if (r) {
		attach_as_needed(KVM_EXIT_STATS_OFF);
		return r;
	}
	if (mode == KVM_EXIT_STATS_OFF)
		switch_off(vm);
	else if (old == KVM_EXIT_STATS_OFF)
		r = switch_on(vm, mode);
	else
		WRITE_ONCE(vm->stats.mode, mode);
	attach_as_needed(KVM_EXIT_STATS_OFF);
	return r;
}

/* The mode of VMs to come.  -ENODEV: the module is being unloaded. */
int vms_set_default(u8 mode)
{
	u8 old = vms_default_mode;
	int r = 0;

	mutex_lock(&vms_mutex);
	if (vms_state == VMS_STOPPED) {
		r = -ENODEV;
	} else {
		WRITE_ONCE(vms_default_mode, mode);
		if (vms_state == VMS_RUNNING)
			r = attach_as_needed(KVM_EXIT_STATS_OFF);
		if (r) {
			WRITE_ONCE(vms_default_mode, old);
			attach_as_needed(KVM_EXIT_STATS_OFF);
		}
	}
	mutex_unlock(&vms_mutex);
	return r;
}

/* kvm-amd or kvm-intel is about to be unloaded. */
void vms_vendor_goes(void)
{
	mutex_lock(&vms_mutex);
	hooks_vendor_goes();
	mutex_unlock(&vms_mutex);
}

u8 vms_default(void)
{
	return READ_ONCE(vms_default_mode);
}

/* --- debugfs -------------------------------------------------------------------------- */

static void show_vm(struct attached_vm *vm);

static int mode_show(struct seq_file *m, void *unused)
{
	struct attached_vm *vm = m->private;

	seq_printf(m, "%s\n", kvm_exit_stats_modes[READ_ONCE(vm->stats.mode)]);
	return 0;
}

static int mode_open(struct inode *inode, struct file *file)
{
	return single_open(file, mode_show, inode->i_private);
}

static ssize_t mode_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct attached_vm *vm = ((struct seq_file *)file->private_data)->private;
	int mode = kvm_exit_stats_user_mode(user, size);
	int r;

	if (mode < 0)
		return mode;
	mutex_lock(&vms_mutex);
	r = vm->dead || vms_state != VMS_RUNNING ? -ENODEV : set_mode(vm, mode);
	if (!r)
		show_vm(vm);
	mutex_unlock(&vms_mutex);
	return r ? r : size;
}

static const struct file_operations mode_fops = {
	.owner = THIS_MODULE,
	.open = mode_open,
	.read = seq_read,
	.write = mode_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int layout_show(struct seq_file *m, void *unused)
{
	struct attached_vm *vm = m->private;

	seq_printf(m, "%s\n", kvm_exit_stats_layouts[READ_ONCE(vm->stats.layout)]);
	return 0;
}

static int layout_open(struct inode *inode, struct file *file)
{
	return single_open(file, layout_show, inode->i_private);
}

static ssize_t layout_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct attached_vm *vm = ((struct seq_file *)file->private_data)->private;
	int layout = kvm_exit_stats_user_layout(user, size);

	if (layout < 0)
		return layout;
	if (vm->td && layout != KVM_EXIT_STATS_LAYOUT_MERGED)
		return -EOPNOTSUPP;
	WRITE_ONCE(vm->stats.layout, layout);
	return size;
}

static const struct file_operations layout_fops = {
	.owner = THIS_MODULE,
	.open = layout_open,
	.read = seq_read,
	.write = layout_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int exit_stats_show(struct seq_file *m, void *unused)
{
	kvm_exit_stats_print(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats);

static int status_show(struct seq_file *m, void *unused)
{
	struct attached_vm *vm;
	unsigned int known = 0, on = 0;

	hooks_status(m);
	mutex_lock(&vms_mutex);
	raw_spin_lock_irq(&vms_lock);
	list_for_each_entry(vm, &vms_alive, all) {
		known++;
		on += vm->stats.mode != KVM_EXIT_STATS_OFF;
		if (vm->dir)
			seq_printf(m, "vm %s %s\n", vm->name, kvm_exit_stats_modes[vm->stats.mode]);
	}
	raw_spin_unlock_irq(&vms_lock);
	mutex_unlock(&vms_mutex);
	seq_printf(m, "vms %u\non %u\n", known, on);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/* With vms_lock: return a vCPU of @vm that debugfs does not show yet, or NULL. */
static struct attached_vcpu *hidden_vcpu(struct attached_vm *vm)
{
	struct attached_vcpu *v;

	list_for_each_entry(v, &vm->stats.vcpus, stats.node)
		if (!v->dir)
			return v;
	return NULL;
}

/* With vms_mutex, which keeps what is found from being freed. */
static void show_vm(struct attached_vm *vm)
{
	static unsigned int number;
	struct attached_vcpu *v;
	char name[32];

	if (!vm->dir) {
		snprintf(vm->name, sizeof(vm->name), "%d-%u", vm->pid, number++);
		vm->dir = debugfs_create_dir(vm->name, vms_dir);
		debugfs_create_file("mode", 0600, vm->dir, vm, &mode_fops);
		debugfs_create_file("layout", 0600, vm->dir, vm, &layout_fops);
	}
	for (;;) {
		raw_spin_lock_irq(&vms_lock);
		v = hidden_vcpu(vm);
		raw_spin_unlock_irq(&vms_lock);
		if (!v)
			return;
		snprintf(name, sizeof(name), "vcpu%d", v->vcpu_id);
		v->dir = debugfs_create_dir(name, vm->dir);
		debugfs_create_file("exit_stats", 0400, v->dir, &v->stats, &exit_stats_fops);
	}
}

/* With vms_mutex, and without it while debugfs waits for those who write a mode or a layout. */
static void free_vm(struct attached_vm *vm)
{
	switch_off(vm);
	mutex_unlock(&vms_mutex);
	debugfs_remove_recursive(vm->dir);
	mutex_lock(&vms_mutex);
	kfree(vm);
}

static struct attached_vm *take_dead_vm(void)
{
	struct attached_vm *vm;

	raw_spin_lock_irq(&vms_lock);
	vm = list_first_entry_or_null(&vms_dead, struct attached_vm, all);
	if (vm)
		list_del(&vm->all);
	raw_spin_unlock_irq(&vms_lock);
	return vm;
}

/* Only vms_work takes a VM out of vms_dead, and so it alone frees one. */
static void vms_work_fn(struct work_struct *work)
{
	struct attached_vm *vm;

	mutex_lock(&vms_mutex);
	while ((vm = take_dead_vm()))
		free_vm(vm);
	if (vms_state == VMS_RUNNING)
		attach_as_needed(KVM_EXIT_STATS_OFF);

	/* A VM that dies now goes to the other list, and is freed in the next run. */
	for (;;) {
		bool found = false;

		raw_spin_lock_irq(&vms_lock);
		list_for_each_entry(vm, &vms_alive, all) {
			found = !vm->dir || vm->no_memory || hidden_vcpu(vm);
			if (found)
				break;
		}
		raw_spin_unlock_irq(&vms_lock);
		if (!found || vms_state != VMS_RUNNING)
			break;
		if (vm->no_memory) {
			pr_warn("no memory for a vCPU's statistics: those of process %d's VM are off\n",
				vm->pid);
			switch_off(vm);
			attach_as_needed(KVM_EXIT_STATS_OFF);
		}
		show_vm(vm);
	}
	mutex_unlock(&vms_mutex);
}

/* --- loading and unloading -------------------------------------------------------------- */

/* Know a VM that was there before this module, by the file of it or of one of its vCPUs. */
static int know_file(const void *pid, struct file *file, unsigned int fd)
{
	const char *name = file->f_path.dentry->d_name.name;
	struct kvm *kvm;

	if (!within_module((unsigned long)file->f_op, attach_kvm))
		return 0;
	if (!strcmp(name, "kvm-vm"))
		kvm = file->private_data;
	else if (!strncmp(name, "kvm-vcpu:", 9))
		kvm = ((struct kvm_vcpu *)file->private_data)->kvm;
	else
		return 0;
	/* As far as the module can know, the process that holds its file open runs it. */
	if (!find_vm(kvm))
		add_vm(kvm, KVM_EXIT_STATS_OFF, *(const pid_t *)pid);
	return 0;
}

static void know_all(void)
{
	struct task_struct *task;

	rcu_read_lock();
	for_each_process(task) {
		task_lock(task);
		if (task->files)
			iterate_fd(task->files, 0, know_file, &task->tgid);
		task_unlock(task);
	}
	rcu_read_unlock();
}

int vms_start(void)
{
	int cpu, r;

	mutex_lock(&vms_mutex);
	vms_dir = debugfs_create_dir("kvm_exit_stats", NULL);
	debugfs_create_file("status", 0400, vms_dir, NULL, &status_fops);
	for_each_possible_cpu(cpu) {
		set_off(&per_cpu(attached_off, cpu), NULL);
		per_cpu(attached_loaded, cpu) = &per_cpu(attached_off, cpu);
	}
	vms_state = VMS_RUNNING;
	r = attach_as_needed(KVM_EXIT_STATS_OFF);
	mutex_unlock(&vms_mutex);
	if (r)
		return r;
	know_all();
	schedule_work(&vms_work);
	return 0;
}

/* Detach, and refuse to change a mode from now on: nothing is to be attached any more. */
void vms_refuse(void)
{
	mutex_lock(&vms_mutex);
	vms_state = VMS_STOPPED;
	hooks_attach(false, false);
	mutex_unlock(&vms_mutex);
}

/* After hooks_stop(): no callback runs.  Forget all. */
void vms_stop(void)
{
	struct attached_vm *vm, *next;

	raw_spin_lock_irq(&vms_lock);
	list_for_each_entry_safe(vm, next, &vms_alive, all)
		bury_vm(vm);
	raw_spin_unlock_irq(&vms_lock);
	schedule_work(&vms_work);
	flush_work(&vms_work);
	debugfs_remove_recursive(vms_dir);
}
