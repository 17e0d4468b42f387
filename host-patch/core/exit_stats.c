// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statistics: the transitions outside of the hot path, the CPUID leaves and
 * the text for debugfs.  exit_stats.h describes the state machine.
 */
#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/tsc.h>

#include "exit_stats.h"
#include "exit_stats_names.h"

const char *const kvm_exit_stats_modes[] = {
	[KVM_EXIT_STATS_OFF] = "off",
	[KVM_EXIT_STATS_HOST] = "host",
	[KVM_EXIT_STATS_GUEST_MODE] = "guest",
};

const char *const kvm_exit_stats_layouts[] = {
	[KVM_EXIT_STATS_LAYOUT_MERGED] = "merged",
	[KVM_EXIT_STATS_LAYOUT_1] = "1",
	[KVM_EXIT_STATS_LAYOUT_2] = "2",
	[KVM_EXIT_STATS_LAYOUT_3] = "3",
};

/* Return which of @words a file's user has written, or -EINVAL or -EFAULT. */
static int exit_stats_user_word(const char *const *words, size_t nr, const char __user *user,
				size_t size)
{
	char word[16];

	if (size >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, user, size))
		return -EFAULT;
	word[size] = 0;
	return __sysfs_match_string(words, nr, word);
}

int kvm_exit_stats_user_mode(const char __user *user, size_t size)
{
	return exit_stats_user_word(kvm_exit_stats_modes, ARRAY_SIZE(kvm_exit_stats_modes), user,
				    size);
}

int kvm_exit_stats_user_layout(const char __user *user, size_t size)
{
	return exit_stats_user_word(kvm_exit_stats_layouts, ARRAY_SIZE(kvm_exit_stats_layouts),
				    user, size);
}

static int exit_stats_layout_set(const char *val, const struct kernel_param *kp)
{
	int layout = sysfs_match_string(kvm_exit_stats_layouts, val);

	if (layout < 0)
		return layout;
	WRITE_ONCE(*(u8 *)kp->arg, layout);
	return 0;
}

static int exit_stats_layout_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", kvm_exit_stats_layouts[READ_ONCE(*(u8 *)kp->arg)]);
}

const struct kernel_param_ops kvm_exit_stats_layout_ops = {
	.set = exit_stats_layout_set,
	.get = exit_stats_layout_get,
};

static u32 exit_stats_nr_slots(void)
{
	return (kvm_exit_stats_svm() ? KVM_EXIT_STATS_SVM_OTHER : KVM_EXIT_STATS_VMX_OTHER) + 1;
}

/* Return the processor's number of the reason that @slot counts. */
static u32 exit_stats_slot_reason(u32 slot)
{
	if (slot >= exit_stats_nr_slots())
		return KVM_EXIT_STATS_SLOT_NONE;
	if (slot == exit_stats_nr_slots() - 1)
		return KVM_EXIT_STATS_REASON_OTHER;
	if (kvm_exit_stats_svm() && slot >= KVM_EXIT_STATS_SVM_LOW)
		return 0x400 + slot - KVM_EXIT_STATS_SVM_LOW;
	return slot;
}

/* Return the slot of @reason, or -1 if neither the APM nor the SDM defines it so far. */
static int exit_stats_reason_slot(u32 reason)
{
	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return exit_stats_nr_slots() - 1;

	if (kvm_exit_stats_svm()) {
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

/* @vm is off and has no vCPUs. */
void kvm_exit_stats_vm_init(struct kvm_exit_stats_vm *vm, u8 layout)
{
	INIT_LIST_HEAD(&vm->vcpus);
	vm->last_epoch = 0;
	WRITE_ONCE(vm->layout, layout);
	WRITE_ONCE(vm->mode, KVM_EXIT_STATS_OFF);
	WRITE_ONCE(vm->epoch, 0);
}

/* @vm, which is off, is on from now on.  Its vCPUs begin at zero. */
void kvm_exit_stats_vm_begin(struct kvm_exit_stats_vm *vm, u8 mode, u32 features)
{
	u32 epoch;

	do
		epoch = get_random_u32();
	while (!epoch || epoch == vm->last_epoch);
	vm->last_epoch = epoch;
	vm->features = features;
	WRITE_ONCE(vm->mode, mode);
	WRITE_ONCE(vm->epoch, epoch);
}

/* Return the bytes of a struct kvm_exit_stats on this processor. */
size_t kvm_exit_stats_size(void)
{
	return struct_size((struct kvm_exit_stats *)NULL, reason, exit_stats_nr_slots());
}

/*
 * Begin the statistics of @vcpu in @s, which is zeroed and in no list yet.  @epoch is
 * @vm's when it was looked at.
 */
void kvm_exit_stats_init(struct kvm_exit_stats *s, struct kvm_vcpu *vcpu,
			 struct kvm_exit_stats_vm *vm, u32 epoch)
{
	s->vcpu = vcpu;
	s->vm = vm;
	s->epoch = epoch;
	s->nr_slots = exit_stats_nr_slots();
	s->cur = &s->before;
	s->state = KVM_EXIT_STATS_KERNEL;
	s->last_tsc = rdtsc();
	s->left_tsc = s->last_tsc | KVM_EXIT_STATS_LEFT_PAUSED;
}

/* The same as kvm_exit_stats_resume(): after PAUSED, or the TSC went backwards. */
void kvm_exit_stats_resume_odd(struct kvm_exit_stats *s)
{
	bool paused = s->left_tsc & KVM_EXIT_STATS_LEFT_PAUSED;
	u32 state = paused ? KVM_EXIT_STATS_PAUSED : KVM_EXIT_STATS_USER;
	u64 delta = rdtsc() - (s->left_tsc & ~KVM_EXIT_STATS_LEFT_PAUSED);

	s->last_tsc += delta;
	if ((s64)delta < 0) {
		s->val[KVM_EXIT_STATS_CLAMPED]++;
		delta = 0;
	}
	if (state == KVM_EXIT_STATS_USER)
		s->cur->val[KVM_EXIT_STATS_USER] += delta;
	barrier(); /* exit_stats_vcpu() reads them in the opposite order */
	s->val[state] += delta;
	s->left_tsc = 0;
}

/*
 * Return @sel of one vCPU.  The time before the first exit belongs to no exit and
 * counts as PAUSED.
 */
static u64 exit_stats_vcpu(struct kvm_exit_stats *s, u32 sel)
{
	u64 val = READ_ONCE(s->val[sel]);
	u32 i;

	/* Another vCPU that has not exited yet may have written only the latter. */
	if (sel != KVM_EXIT_STATS_EXITS && sel < KVM_EXIT_STATS_NR_PER_REASON)
		val -= min(val, READ_ONCE(s->before.val[sel]));
	else if (sel == KVM_EXIT_STATS_PAUSED)
		for (i = KVM_EXIT_STATS_KERNEL; i < KVM_EXIT_STATS_NR_PER_REASON; i++)
			val += READ_ONCE(s->before.val[i]);
	return val;
}

/* Return @sel of one vCPU: of all reasons, or with @slot >= 0 of one reason. */
static u64 exit_stats_get(struct kvm_exit_stats *s, int slot, u32 sel)
{
	return slot < 0 ? exit_stats_vcpu(s, sel) : READ_ONCE(s->reason[slot].val[sel]);
}

/*
 * The same of all vCPUs of @asker's VM.  One that has not run since the VM was switched off
 * and on again still has counters of an epoch before.
 */
static u64 exit_stats_vm(struct kvm_exit_stats *asker, int slot, u32 sel)
{
	struct kvm_exit_stats *s;
	u64 sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(s, &asker->vm->vcpus, node)
		if (s->epoch == asker->epoch)
			sum += exit_stats_get(s, slot, sel);
	rcu_read_unlock();
	return sum;
}

/* Leaves 02 to 05: set @val, or return false for an unknown reason or selector. */
static bool exit_stats_read(struct kvm_exit_stats *s, u32 leaf, u32 index, u64 *val)
{
	u32 sel = index;
	int slot;

	if (leaf == KVM_EXIT_STATS_VM || leaf == KVM_EXIT_STATS_VCPU) {
		if (sel >= KVM_EXIT_STATS_NR_SELECTORS)
			return false;
		sel = array_index_nospec(sel, KVM_EXIT_STATS_NR_SELECTORS);
		*val = leaf == KVM_EXIT_STATS_VM ? exit_stats_vm(s, -1, sel)
						 : exit_stats_vcpu(s, sel);
		return true;
	}

	sel = index >> 16;
	slot = exit_stats_reason_slot(index & 0xffff);
	if (sel >= KVM_EXIT_STATS_NR_PER_REASON || slot < 0)
		return false;
	sel = array_index_nospec(sel, KVM_EXIT_STATS_NR_PER_REASON);
	slot = array_index_nospec(slot, s->nr_slots);
	*val = leaf == KVM_EXIT_STATS_VM_REASON ? exit_stats_vm(s, slot, sel)
						: exit_stats_get(s, slot, sel);
	return true;
}

/* Of what a leaf has the exits and the kernel cycles: of nothing, all reasons or one. */
enum { OF_NOTHING, OF_ALL, OF_ONE };

struct exit_stats_pair {
	u8 exits, kernel;
};

/* Leaves FC to FF of each layout. */
static const struct exit_stats_pair exit_stats_pairs[][4] = {
	[KVM_EXIT_STATS_LAYOUT_MERGED] = {
		{ OF_ALL, OF_ONE }, { OF_ONE, OF_ALL }, { OF_ONE, OF_ALL }, { OF_ALL, OF_ALL },
	},
	[KVM_EXIT_STATS_LAYOUT_1] = {
		{ }, { }, { OF_ONE, OF_NOTHING }, { OF_ALL, OF_ALL },
	},
	[KVM_EXIT_STATS_LAYOUT_2] = {
		{ OF_NOTHING, OF_ONE }, { OF_ONE, OF_NOTHING },
		{ OF_NOTHING, OF_ALL }, { OF_ALL, OF_NOTHING },
	},
	[KVM_EXIT_STATS_LAYOUT_3] = {
		{ OF_ALL, OF_NOTHING }, { OF_NOTHING, OF_ALL },
		{ OF_ONE, OF_NOTHING }, { OF_NOTHING, OF_ONE },
	},
};

/*
 * Leaves FC to FF: add up exits and kernel cycles of the VM, each for all reasons or
 * for one.  A single walk reads both, because with many vCPUs the walk is the cost.
 */
static bool exit_stats_read_pair(struct kvm_exit_stats *asker, struct exit_stats_pair pair,
				 u32 reason, u64 *exits, u64 *kernel)
{
	int slot = -1, exits_slot, kernel_slot;
	struct kvm_exit_stats *s;

	if (pair.exits == OF_ONE || pair.kernel == OF_ONE) {
		slot = exit_stats_reason_slot(reason);
		if (slot < 0)
			return false;
		slot = array_index_nospec(slot, exit_stats_nr_slots());
	}
	exits_slot = pair.exits == OF_ONE ? slot : -1;
	kernel_slot = pair.kernel == OF_ONE ? slot : -1;

	rcu_read_lock();
	list_for_each_entry_rcu(s, &asker->vm->vcpus, node) {
		if (s->epoch != asker->epoch)
			continue;
		*exits += exit_stats_get(s, exits_slot, KVM_EXIT_STATS_EXITS);
		*kernel += exit_stats_get(s, kernel_slot, KVM_EXIT_STATS_KERNEL);
	}
	rcu_read_unlock();
	if (pair.exits == OF_NOTHING)
		*exits = 0;
	if (pair.kernel == OF_NOTHING)
		*kernel = 0;
	return true;
}

/* Leaves FC to FF, in the layout of the asker's VM.  Return false for an unknown reason. */
static bool exit_stats_answer_pair(struct kvm_exit_stats *asker, u32 leaf, u32 reason, u32 *eax,
				   u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 layout = READ_ONCE(asker->vm->layout);
	struct exit_stats_pair pair = exit_stats_pairs[layout][leaf & 3];
	u64 exits = 0, kernel = 0;

	/* The processor defines no such reason, and the assignments know of none. */
	if (layout != KVM_EXIT_STATS_LAYOUT_MERGED && reason == KVM_EXIT_STATS_REASON_OTHER)
		reason = KVM_EXIT_STATS_SLOT_NONE;
	if (!exit_stats_read_pair(asker, pair, reason, &exits, &kernel))
		return false;
	*eax = exits;
	*ebx = kernel >> 32;
	*ecx = kernel;
	if (layout == KVM_EXIT_STATS_LAYOUT_MERGED && leaf == KVM_EXIT_STATS_TOTAL)
		*edx = exits >> 32;
	return true;
}

/*
 * Answer CPUID leaf *@eax, subleaf *@ecx, which is one of the leaves, to the vCPU of @s,
 * which may read it.
 */
void kvm_exit_stats_answer(struct kvm_exit_stats *s, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 leaf = *eax, index = *ecx;
	u64 val = 0;

	*eax = *ebx = *ecx = *edx = 0;
	switch (leaf) {
	case KVM_EXIT_STATS_SIGNATURE:
		*eax = KVM_EXIT_STATS_TOTAL;
		*ebx = KVM_EXIT_STATS_SIGNATURE_EBX;
		*ecx = KVM_EXIT_STATS_SIGNATURE_ECX;
		*edx = KVM_EXIT_STATS_SIGNATURE_EDX;
		break;
	case KVM_EXIT_STATS_INFO:
		*eax = KVM_EXIT_STATS_VERSION | s->vm->features |
		       READ_ONCE(s->vm->layout) << KVM_EXIT_STATS_LAYOUT_SHIFT;
		*ebx = (kvm_exit_stats_svm() ? KVM_EXIT_STATS_ISA_SVM : KVM_EXIT_STATS_ISA_VMX) |
		       s->nr_slots << 16;
		*ecx = s->epoch;
		*edx = tsc_khz;
		break;
	case KVM_EXIT_STATS_VM:
	case KVM_EXIT_STATS_VM_REASON:
	case KVM_EXIT_STATS_VCPU:
	case KVM_EXIT_STATS_VCPU_REASON:
		if (!exit_stats_read(s, leaf, index, &val))
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
		val = kvm_exit_stats_guest_tsc(s->vcpu, s->done_exit_tsc);
		*eax = val;
		*ebx = val >> 32;
		val = kvm_exit_stats_guest_tsc(s->vcpu, s->entry_tsc);
		*ecx = val;
		*edx = val >> 32;
		break;
	case KVM_EXIT_STATS_REASON_CYCLES:
	case KVM_EXIT_STATS_REASON_ALT:
	case KVM_EXIT_STATS_REASON:
	case KVM_EXIT_STATS_TOTAL:
		if (!exit_stats_answer_pair(s, leaf, index, eax, ebx, ecx, edx))
			goto undefined;
		break;
	}
	return;

undefined:
	*edx = KVM_EXIT_STATS_UNDEFINED;
}

/* Return the manual's name of @reason, which may be written to @text. */
static const char *exit_stats_reason_name(u32 reason, char *text, size_t size)
{
	const char *name;

	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return "OTHER";
	name = exit_stats_name(kvm_exit_stats_svm(), reason, text, size);
	return name ? name : "unnamed";
}

/*
 * Print the column names, one line per reason that occurred and the total, then one
 * line per other selector.  Cycles are ticks of the host's TSC.
 */
void kvm_exit_stats_print(struct seq_file *m, struct kvm_exit_stats *s)
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
	char text[24];
	u32 i, sel;

	seq_printf(m, "%-24s%8s%20s%20s%20s%20s\n", "reason", "code", "exits", "kernel", "user",
		   "halted");
	for (i = 0; i < s->nr_slots; i++) {
		u64 *val = s->reason[i].val;
		u32 reason = exit_stats_slot_reason(i);

		if (!READ_ONCE(val[KVM_EXIT_STATS_EXITS]))
			continue;
		seq_printf(m, "%-24s%#8x", exit_stats_reason_name(reason, text, sizeof(text)),
			   reason);
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
}
