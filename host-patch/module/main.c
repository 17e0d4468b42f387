// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statistics of the VMs of an unchanged KVM: parameters, loading and unloading.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "kvm_exit_stats.h"

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(kvm_exit_stats_modes, val);

	return mode < 0 ? mode : vms_set_default(mode);
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", kvm_exit_stats_modes[vms_default()]);
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};

module_param_cb(exit_stats, &mode_ops, NULL, 0644);
MODULE_PARM_DESC(exit_stats,
		 "Mode of VMs that are created from now on: off (default), host, guest");

module_param_cb(exit_stats_layout, &kvm_exit_stats_layout_ops, &vms_layout, 0644);
MODULE_PARM_DESC(exit_stats_layout,
		 "Leaves 0x4ffffffc on of VMs to come: merged (default), layout 1, 2 or 3");

module_param_named(exit_stats_cpl0, events_cpl0, bool, 0644);
MODULE_PARM_DESC(exit_stats_cpl0, "Whether only a guest's kernel is answered");

static int __init kvm_exit_stats_start(void)
{
	int r;

	/* Callbacks allocate with preemption off, and so do tracepoints' on such a kernel. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		pr_err("a kernel with PREEMPT_RT is not supported\n");
		return -EOPNOTSUPP;
	}
	/* Functions are called whose prototypes differ a little from kernel to kernel. */
	if (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI)) {
		pr_err("a kernel with control-flow integrity (CFI) is not supported\n");
		return -EOPNOTSUPP;
	}
	r = attach_start();
	if (r)
		return r;
	r = hooks_start();
	if (!r)
		r = vms_start();
	if (r) {
		vms_refuse();
		hooks_stop();
		vms_stop();
		attach_stop();
	}
	return r;
}

static void __exit kvm_exit_stats_end(void)
{
	vms_refuse();
	hooks_stop();
	vms_stop();
	attach_stop();
}

module_init(kvm_exit_stats_start);
module_exit(kvm_exit_stats_end);

MODULE_DESCRIPTION("Exit statistics of the VMs of an unchanged KVM");
MODULE_LICENSE("GPL");
