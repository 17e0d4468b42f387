/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvm_exit_stats.ko keeps exit statistics of the VMs of an unchanged KVM.
 *
 *   attach.c  finds what this KVM offers: tracepoints, and functions by their names
 *   events.c  what happens to vCPUs, as transitions of the state machine of exit_stats.h
 *   hooks.c   which callbacks of events.c are attached to KVM, and when
 *   vms.c     the VMs and vCPUs that are known, which of them keep statistics, debugfs
 *   main.c    parameters, loading and unloading
 *
 * No symbol of kvm.ko is linked: from Linux 6.18 on it exports most of them to its own
 * modules only.  What is called, or found, is found by its name when the module is loaded.
 */
#ifndef KVM_EXIT_STATS_MODULE_H
#define KVM_EXIT_STATS_MODULE_H

#include <linux/percpu.h>

#include "compat.h"
#include "exit_stats.h"

/* A vCPU that keeps statistics. */
struct attached_vcpu {
	struct hlist_node by_vcpu;   /* key: the struct kvm_vcpu */
	struct hlist_node by_thread; /* key: the thread, if it is known */
	struct task_struct *thread;  /* that called KVM_RUN last */
	struct dentry *dir;
	/*
	 * The address of the struct kvm_vcpu plus the state, less KERNEL: one comparison tells
	 * whether a vCPU is the one that this CPU has looked up, and in which state it is.
	 * ATTACHED_CHECKING is added while its exits go the longer way.  All of that is less
	 * than two such structs are apart.
	 */
	unsigned long key;
	int vcpu_id;
	u64 tsc_offset; /* of the guest's TSC to the host's, when it was looked at last */
	u64 tsc_ratio;
	u64 woken_tsc; /* when a halted vCPU's thread ran again last */
	bool in_run;   /* between the first vcpu_load() of KVM_RUN and the last vcpu_put() */
	bool switched; /* kvm_sched_out() is about to put the vCPU */
	bool leaving;  /* between that and the thread's next KVM_RUN; in state USER */
	/* Ends in an array. */
	struct kvm_exit_stats stats;
};

/* A VM that is known, whether or not it keeps statistics. */
struct attached_vm {
	struct hlist_node by_kvm;
	struct kvm *kvm; /* not to be followed after the VM has left the table */
	struct list_head all;
	struct dentry *dir;
	char name[24]; /* of dir */
	pid_t pid;     /* of the process that was seen with it first */
	bool dead;
	bool td;	/* an Intel TDX guest, which stays off */
	bool no_memory; /* for a vCPU's statistics: the VM is to be switched off */
	struct kvm_exit_stats_vm stats;
};

/* A state for a vCPU that keeps no statistics, and a bit beside the states. */
#define ATTACHED_OFF	  15
#define ATTACHED_CHECKING 16

/*
 * What a CPU has looked up last.  It is never NULL: for a vCPU without statistics it is one
 * of the CPU's own, whose state is ATTACHED_OFF.
 */
DECLARE_PER_CPU(struct attached_vcpu *, attached_loaded);

static_assert(KVM_EXIT_STATS_PAUSED < ATTACHED_OFF);

/* What struct attached_vcpu.key is for @vcpu in @state. */
static __always_inline unsigned long attached_key(struct kvm_vcpu *vcpu, u32 state)
{
	return (unsigned long)vcpu + state - KVM_EXIT_STATS_KERNEL;
}

/* Return the vCPU's KVM_EXIT_STATS_* state, or ATTACHED_OFF. */
static inline u32 attached_state(const struct attached_vcpu *v)
{
	return (v->key - attached_key(v->stats.vcpu, 0)) & (ATTACHED_CHECKING - 1);
}

/* vms.c */
struct attached_vcpu *vms_find(struct kvm_vcpu *vcpu);
struct attached_vcpu *vms_find_known(struct kvm_vcpu *vcpu);
struct attached_vcpu *vms_find_thread(struct task_struct *thread);
void vms_set_thread(struct attached_vcpu *v);
void vms_created(struct kvm *kvm);
void vms_vcpu_created(struct kvm_vcpu *vcpu);
void vms_destroyed(struct kvm *kvm);
int vms_set_default(u8 mode);
u8 vms_default(void);
extern u8 vms_layout; /* of VMs that become known from now on */
int vms_start(void);
void vms_vendor_goes(void);
void vms_refuse(void);
void vms_stop(void);

/* events.c */
extern bool events_cpl0;
extern u32 events_features;
extern unsigned long events_checking;
const char *events_reasons(void);
void *events_exit(void);
void events_entry(void *data, struct kvm_vcpu *vcpu);
void events_userspace_exit(void *data, u32 reason, int r);
void events_wakeup(void *data, u64 ns, bool waited, bool valid);
#ifdef ATTACH_DIRECT
void events_svm_entry_stub(void);
__noendbr void events_svm_entry(struct kvm_vcpu *vcpu);
#endif

/* Callbacks of ftrace. */
#define EVENTS_CALLBACK(name)                                                                      \
	void events_##name(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,      \
			   struct ftrace_regs *fregs)
EVENTS_CALLBACK(create_vm);
EVENTS_CALLBACK(destroy_vm);
EVENTS_CALLBACK(postcreate);
EVENTS_CALLBACK(load);
EVENTS_CALLBACK(put);
EVENTS_CALLBACK(sched_out);
EVENTS_CALLBACK(halt);
EVENTS_CALLBACK(cpuid);

/* hooks.c */
int hooks_start(void);
void hooks_stop(void);
int hooks_attach(bool run, bool answer);
void hooks_status(struct seq_file *m);
void hooks_vendor_goes(void);

/* attach.c */
struct tracepoint;

struct attach_hook {
	const char *function;
	struct ftrace_ops *ops;
	bool found; /* the function: ops has it as its filter */
};

struct attach_probe {
	const char *tracepoint;
	void *probe;
	struct tracepoint *tp; /* once it is registered */
};

/* A function of the processor's half of KVM: see svm_get_exit_info(), vmx_get_exit_info(). */
#define KVM_EXIT_INFO_HAS_REASON                                                                   \
	(!__builtin_types_compatible_p(typeof(((struct kvm_x86_ops *)0)->get_exit_info),           \
				       void (*)(struct kvm_vcpu *, u64 *, u64 *, u32 *, u32 *)))

typedef void (*attach_exit_info_t)(struct kvm_vcpu *vcpu, void *reason, u64 *info1, u64 *info2,
				   u32 *intr_info, u32 *error_code);
typedef int (*attach_get_cpl_t)(struct kvm_vcpu *vcpu);

struct attach_vendor {
	attach_exit_info_t exit_info;
	attach_get_cpl_t get_cpl;
};

extern struct attach_vendor attach_vendor;
extern struct module *attach_kvm; /* kvm.ko, with a reference: it stays */

int attach_start(void);
void attach_stop(void);
int attach_hook(struct attach_hook *hook);
int attach_direct(struct attach_hook *hook, void (*stub)(void));
void attach_undirect(struct attach_hook *hook, void (*stub)(void));
void attach_unhook(struct attach_hook *hook);
void attach_free_hook(struct attach_hook *hook);
int attach_probe(struct attach_probe *probe);
void attach_unprobe(struct attach_probe *probe);

#endif
