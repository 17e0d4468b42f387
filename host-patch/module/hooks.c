// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which callbacks of events.c are attached to KVM, and when: those of VMs as long as this module
 * is loaded, the others as long as some VM keeps statistics, or will as soon as it is created.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>

#include "kvm_exit_stats.h"

/*
 * PERMANENT: kernel.ftrace_enabled=0 would leave the tracepoints and take away the rest.
 * No callback enters a function that has one, so they need no protection from recursion.
 */
#define OPS(name, callback, more)                                                                  \
	static struct ftrace_ops name = { .func = callback,                                        \
					  .flags = FTRACE_OPS_FL_PERMANENT | (more) }

#ifdef CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS
#define OPS_REGS 0
#else
#define OPS_REGS FTRACE_OPS_FL_SAVE_REGS
#endif

OPS(ops_create_vm, events_create_vm, OPS_REGS);
OPS(ops_destroy_vm, events_destroy_vm, OPS_REGS);
OPS(ops_postcreate, events_postcreate, OPS_REGS);
OPS(ops_load, events_load, OPS_REGS);
OPS(ops_put, events_put, OPS_REGS);
OPS(ops_sched_out, events_sched_out, OPS_REGS);
OPS(ops_halt, events_halt, OPS_REGS);
OPS(ops_cpuid, events_cpuid, OPS_REGS | FTRACE_OPS_FL_IPMODIFY);

/* As long as this module is loaded. */
static struct attach_hook vm_hooks[] = {
	{ "kvm_arch_destroy_vm", &ops_destroy_vm },
	{ "kvm_coalesced_mmio_init", &ops_create_vm },
	{ "kvm_arch_vcpu_postcreate", &ops_postcreate },
};

/*
 * As long as a VM keeps statistics.  In this order: a vCPU whose load is seen must also be
 * seen when it is put, and then it must be known whether the scheduler does so.
 */
static struct attach_hook run_hooks[] = {
	{ "kvm_sched_out", &ops_sched_out },
	{ "kvm_arch_vcpu_put", &ops_put },
	{ "kvm_arch_vcpu_load", &ops_load },
};

static struct attach_hook hook_cpuid = { "kvm_cpuid", &ops_cpuid };
static struct attach_hook hook_halt = { NULL, &ops_halt };

static struct attach_probe probe_exit = { .tracepoint = "kvm_exit" };
static struct attach_probe probe_entry = { "kvm_entry", events_entry };
static struct attach_probe probe_userspace_exit = { "kvm_userspace_exit", events_userspace_exit };
static struct attach_probe probe_wakeup = { "kvm_vcpu_wakeup", events_wakeup };

#ifdef ATTACH_DIRECT

/* What events_svm_entry_stub() keeps are all the arguments that the function has. */
#define VCPU_RUN_IS(...)                                                                           \
	__builtin_types_compatible_p(typeof(((struct kvm_x86_ops *)0)->vcpu_run),                  \
				     enum exit_fastpath_completion (*)(__VA_ARGS__))
#define ENTRY_DIRECT                                                                               \
	(VCPU_RUN_IS(struct kvm_vcpu *, bool) || VCPU_RUN_IS(struct kvm_vcpu *, u64) ||            \
	 VCPU_RUN_IS(struct kvm_vcpu *))

/*
 * A livepatch of the function may come and go: ftrace makes the stub return to its function.
 * Linux 7.0 hands over one argument more.
 */
static int __maybe_unused entry_share_old(struct ftrace_ops *ops, enum ftrace_ops_cmd cmd)
{
	return 0;
}

static int __maybe_unused entry_share(struct ftrace_ops *ops, unsigned long ip,
				      enum ftrace_ops_cmd cmd)
{
	return 0;
}

#define ENTRY_SHARE                                                                                \
	.ops_func = __builtin_choose_expr(                                                         \
		__builtin_types_compatible_p(ftrace_ops_func_t, typeof(entry_share_old) *),        \
		entry_share_old, entry_share)

#else
#define ENTRY_DIRECT false
#define ENTRY_SHARE
#define events_svm_entry_stub NULL
#endif

/* Instead of kvm_entry, on SVM. */
static struct ftrace_ops ops_entry = { ENTRY_SHARE };
static struct attach_hook hook_entry = { "kvm_amd:svm_vcpu_run", &ops_entry };

static bool running;

static int hook_or_say(struct attach_hook *hook)
{
	int r = attach_hook(hook);

	if (r == -ENOENT)
		pr_err("%s(): not among the functions that ftrace can trace\n", hook->function);
	else if (r == -EBUSY)
		pr_err("%s(): redirected already, perhaps by a livepatch, or kernel.ftrace_enabled is 0\n",
		       hook->function);
	else if (r)
		pr_err("%s(): ftrace refuses: %d\n", hook->function, r);
	return r;
}

static int hook_all(struct attach_hook *hooks, size_t n)
{
	size_t i;
	int r = 0;

	for (i = 0; i < n && !r; i++)
		r = hook_or_say(&hooks[i]);
	return r;
}

static void unhook_all(struct attach_hook *hooks, size_t n)
{
	while (n--)
		attach_unhook(&hooks[n]);
}

static int probe_or_say(struct attach_probe *probe)
{
	int r = attach_probe(probe);

	if (r)
		pr_err("tracepoint %s: %s (%d)\n", probe->tracepoint,
		       r == -ENOENT ? "this KVM has none" : "cannot be used", r);
	return r;
}

static int start_entry(void)
{
	/* A kvm-amd that is about to go is unknown already: see hooks_vendor_goes(). */
	if (ENTRY_DIRECT && kvm_exit_stats_svm() && READ_ONCE(attach_vendor.exit_info) &&
	    !attach_direct(&hook_entry, events_svm_entry_stub))
		return 0;
	return probe_or_say(&probe_entry);
}

static void stop_entry(void)
{
	attach_undirect(&hook_entry, events_svm_entry_stub);
	attach_unprobe(&probe_entry);
}

/*
 * kvm-amd is about to be unloaded, so there is no VM, and what replaces it may be elsewhere.
 * With vms_mutex.
 */
void hooks_vendor_goes(void)
{
	if (!hook_entry.found)
		return;
	stop_entry();
	probe_or_say(&probe_entry);
}

static void stop_running(void)
{
	attach_unprobe(&probe_exit);
	stop_entry();
	attach_unprobe(&probe_userspace_exit);
	attach_unprobe(&probe_wakeup);
	attach_unhook(&hook_halt);
	unhook_all(run_hooks, ARRAY_SIZE(run_hooks));
	tracepoint_synchronize_unregister();
	/* Where that is not for callbacks with interrupts off: see attach_undirect(). */
	synchronize_rcu();
	running = false;
}

static int start_running(void)
{
	int r = hook_all(run_hooks, ARRAY_SIZE(run_hooks));

	if (r)
		return r;

	/* Without these a state is not told from another. */
	hook_halt.function = HALT_FUNCTION;
	events_features &= ~(KVM_EXIT_STATS_FEATURE_NO_HALTED | KVM_EXIT_STATS_FEATURE_NO_PAUSED);
	if (probe_or_say(&probe_wakeup) || hook_or_say(&hook_halt))
		events_features |= KVM_EXIT_STATS_FEATURE_NO_HALTED;
	if (probe_or_say(&probe_userspace_exit))
		events_features |= KVM_EXIT_STATS_FEATURE_NO_PAUSED;

	probe_exit.probe = events_exit();
	r = start_entry();
	return r ? r : probe_or_say(&probe_exit);
}

/*
 * Attach what VMs that keep statistics need (@run), and what guests that are answered
 * (@answer), or detach it.  Without a VM that is on KVM runs as if this module were not
 * there.  The caller has a mutex.
 */
int hooks_attach(bool run, bool answer)
{
	int r = 0;

	if (run && !running) {
		r = start_running();
		if (r) {
			stop_running();
			return r;
		}
		running = true;
	}
	if (answer)
		r = hook_or_say(&hook_cpuid);
	else
		attach_unhook(&hook_cpuid);
	if (!run && running)
		stop_running();
	return r;
}

int hooks_start(void)
{
	/* Linux 5.11 to 5.15 hand over the reason, and do so with interrupts on. */
	if (!KVM_EXIT_INFO_HAS_REASON && kvm_exit_stats_svm())
		events_features |= KVM_EXIT_STATS_FEATURE_LATE;
	return hook_all(vm_hooks, ARRAY_SIZE(vm_hooks));
}

void hooks_stop(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vm_hooks); i++)
		attach_free_hook(&vm_hooks[i]);
	for (i = 0; i < ARRAY_SIZE(run_hooks); i++)
		attach_free_hook(&run_hooks[i]);
	attach_free_hook(&hook_halt);
	attach_free_hook(&hook_cpuid);
}

/* What is attached now, and what this KVM does not tell, a line for each. */
void hooks_status(struct seq_file *m)
{
	seq_printf(m, "vendor %s\n", kvm_exit_stats_svm() ? "amd" : "intel");
	seq_printf(m, "attached %s\n", running ? "yes" : "no: no VM keeps statistics");
	if (!running)
		return;
	seq_printf(m, "halted %s\n",
		   events_features & KVM_EXIT_STATS_FEATURE_NO_HALTED
			   ? "no: it counts as descheduled or kernel"
			   : "yes");
	seq_printf(m, "paused %s\n",
		   events_features & KVM_EXIT_STATS_FEATURE_NO_PAUSED ? "no: it counts as user"
								      : "yes");
	seq_printf(m, "entries %s\n",
		   hook_entry.found ? "called"
		   : probe_entry.tp ? "traced"
				    : "no");
	seq_printf(m, "reasons %s\n", events_reasons());
}
