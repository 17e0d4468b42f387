// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds what a running KVM offers to a module: tracepoints, which have names and take
 * callbacks, and functions, whose entry ftrace hands on to a callback.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/tracepoint.h>

#include "kvm_exit_stats.h"

struct attach_vendor attach_vendor;

struct module *attach_kvm;

/* --- tracepoints ------------------------------------------------------------------ */

struct attach_search {
	const char *name;
	struct tracepoint *found;
};

static struct attach_search attach_search;

static void attach_look(struct tracepoint *tp, void *data)
{
	struct attach_search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

/* The kernel calls it for each module that is loaded already, when it is registered. */
static int attach_module_tracepoints(struct notifier_block *nb, unsigned long state, void *data)
{
	struct tp_module *tp_module = data;
	unsigned int i;

	if (state != MODULE_STATE_COMING || strcmp(tp_module->mod->name, "kvm"))
		return NOTIFY_OK;
	for (i = 0; i < tp_module->mod->num_tracepoints; i++)
		attach_look(tracepoint_ptr_deref(&tp_module->mod->tracepoints_ptrs[i]),
			    &attach_search);
	if (!attach_kvm && try_module_get(tp_module->mod))
		attach_kvm = tp_module->mod;
	return NOTIFY_OK;
}

static struct notifier_block attach_tracepoints = { .notifier_call = attach_module_tracepoints };

static struct tracepoint *attach_find_tracepoint(const char *name)
{
	attach_search = (struct attach_search){ .name = name };
	if (register_tracepoint_module_notifier(&attach_tracepoints))
		return NULL;
	unregister_tracepoint_module_notifier(&attach_tracepoints);
	return attach_search.found;
}

/* Have KVM call @probe.  Return -ENOENT if it has no such tracepoint. */
int attach_probe(struct attach_probe *probe)
{
	struct tracepoint *tp = attach_find_tracepoint(probe->tracepoint);
	int r;

	if (!tp)
		return -ENOENT;
	r = tracepoint_probe_register(tp, probe->probe, NULL);
	if (!r)
		probe->tp = tp;
	return r;
}

/* The caller calls tracepoint_synchronize_unregister() before the probe's code may go. */
void attach_unprobe(struct attach_probe *probe)
{
	if (probe->tp)
		tracepoint_probe_unregister(probe->tp, probe->probe, NULL);
	probe->tp = NULL;
}

/* --- functions -------------------------------------------------------------------- */

/* -ENOENT: no such function. */
static int set_filter(struct attach_hook *hook)
{
	char name[40];

	if (hook->found)
		return 0;
	strscpy(name, hook->function, sizeof(name));
	/* Without a match the filter would be empty, which means all functions. */
	if (ftrace_set_filter(hook->ops, name, strlen(name), 1))
		return -ENOENT;
	hook->found = true;
	return 0;
}

/* As ftrace_free_filter(), which is not exported before Linux 6.1. */
static void forget_filter(struct attach_hook *hook)
{
	if (hook->found)
		ftrace_set_filter(hook->ops, NULL, 0, 1);
	hook->found = false;
}

/* Call the hook's callback whenever its function is entered.  -ENOENT: no such function. */
int attach_hook(struct attach_hook *hook)
{
	int r;

	if (hook->ops->flags & FTRACE_OPS_FL_ENABLED)
		return 0;
	r = set_filter(hook);
	return r ? r : register_ftrace_function(hook->ops);
}

/* Returns when no callback runs and none will, in a trampoline or in what it returns to. */
void attach_unhook(struct attach_hook *hook)
{
	if (hook->ops->flags & FTRACE_OPS_FL_ENABLED)
		unregister_ftrace_function(hook->ops);
}

/* For good. */
void attach_free_hook(struct attach_hook *hook)
{
	attach_unhook(hook);
	forget_filter(hook);
}

/*
 * Return where a probe of the function would be, or 0 if there is none.  A kprobe that is never
 * armed resolves the name.
 */
static unsigned long kprobe_address(const char *function)
{
	struct kprobe probe = { .symbol_name = function, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&probe))
		return 0;
	unregister_kprobe(&probe);
	return (unsigned long)probe.addr;
}

#ifdef ATTACH_DIRECT

/*
 * Have the hook's function, which is named MODULE:FUNCTION, begin with a call of @stub, which
 * keeps the registers that the function has its arguments in.  Return -ENOENT if there is no
 * such function, -EBUSY if another stub is called there, or what else ftrace returns.
 */
int attach_direct(struct attach_hook *hook, void (*stub)(void))
{
	unsigned long address = kprobe_address(hook->function);
	int r;

	/* By its address: a livepatch may have a function of the same name. */
	if (!address || ftrace_set_filter_ip(hook->ops, address, 0, 1))
		return -ENOENT;
	hook->found = true;
	r = register_ftrace_direct(hook->ops, (unsigned long)stub);
	if (r)
		forget_filter(hook);
	return r;
}

/* The caller calls synchronize_rcu() before @stub, which runs with interrupts off, may go. */
void attach_undirect(struct attach_hook *hook, void (*stub)(void))
{
	if (!hook->found)
		return;
	unregister_ftrace_direct(hook->ops, (unsigned long)stub, false);
	forget_filter(hook);
}

#else

int attach_direct(struct attach_hook *hook, void (*stub)(void))
{
	return -EOPNOTSUPP;
}

void attach_undirect(struct attach_hook *hook, void (*stub)(void))
{
}

#endif

#define ENDBR	     0xfa1e0ff3
#define ENDBR_POISON 0x001f0f66 /* the NOP in place of one that nobody needs */

/* Return the address of a function that may be called, or NULL. */
static void *attach_address(const char *function)
{
	u32 *address = (u32 *)kprobe_address(function);

	/* A call by address needs an ENDBR, which a kprobe is behind. */
	if (!address || address[-1] == ENDBR_POISON)
		return NULL;
	return address[-1] == ENDBR ? address - 1 : address;
}

/* With TDX, KVM's table of functions has those that tell a TD from other VMs. */
static void *attach_vmx(const char *with_tdx, const char *without)
{
	void *address = attach_address(with_tdx);

	return address ? address : attach_address(without);
}

static void attach_find_vendor(void)
{
	bool svm = kvm_exit_stats_svm();

	WRITE_ONCE(attach_vendor.get_cpl,
		   svm ? attach_address("svm_get_cpl") : attach_vmx("vt_get_cpl", "vmx_get_cpl"));
	WRITE_ONCE(attach_vendor.exit_info,
		   svm ? attach_address("svm_get_exit_info")
		       : attach_vmx("vt_get_exit_info", "vmx_get_exit_info"));
}

/* kvm-amd and kvm-intel can be unloaded, without a VM, and loaded again, elsewhere. */
static int attach_module_changes(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *module = data;

	/* The other one does not stay: its init fails on this processor. */
	if (strcmp(module->name, kvm_exit_stats_svm() ? "kvm_amd" : "kvm_intel"))
		return NOTIFY_OK;
	if (state == MODULE_STATE_GOING) {
		/* In this order: nothing is attached to it any more when it is unknown. */
		memset(&attach_vendor, 0, sizeof(attach_vendor));
		vms_vendor_goes();
	} else if (state == MODULE_STATE_LIVE) {
		attach_find_vendor();
	}
	return NOTIFY_OK;
}

static struct notifier_block attach_modules = { .notifier_call = attach_module_changes };

/* Find KVM.  Each reason why there is nothing to attach to has its line in the log. */
int attach_start(void)
{
	int r;

	if (!attach_find_tracepoint("kvm_exit") || !attach_kvm) {
		pr_err("no module kvm with a tracepoint kvm_exit: load kvm-amd or kvm-intel first; KVM that is built in is not supported\n");
		r = -ENODEV;
		goto fail;
	}
	attach_find_vendor();
	if (!attach_vendor.exit_info) {
		pr_err("no function get_exit_info of kvm-amd or kvm-intel: this KVM is neither\n");
		r = -ENODEV;
		goto fail;
	}
	r = register_module_notifier(&attach_modules);
	if (!r)
		return 0;
fail:
	module_put(attach_kvm);
	return r;
}

void attach_stop(void)
{
	unregister_module_notifier(&attach_modules);
	module_put(attach_kvm);
}
