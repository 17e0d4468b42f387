// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reading the exit statistics costs, leaf by leaf: the ones that sum over
 * the VM's vCPUs grow with their number.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "measure/counters.h"
#include "measure/sample.h"

static const char *skip_uncounted(void)
{
	return measure_counted() ? NULL : "no exit stats";
}

static void run_info(void)
{
	cpuid(KVM_EXIT_STATS_INFO, 0);
}

static void run_vm(void)
{
	cpuid(KVM_EXIT_STATS_VM, KVM_EXIT_STATS_KERNEL);
}

static void run_vm_reason(void)
{
	cpuid(KVM_EXIT_STATS_VM_REASON, KVM_EXIT_STATS_KERNEL << 16);
}

static void run_vcpu(void)
{
	cpuid(KVM_EXIT_STATS_VCPU, KVM_EXIT_STATS_KERNEL);
}

static void run_vcpu_reason(void)
{
	cpuid(KVM_EXIT_STATS_VCPU_REASON, KVM_EXIT_STATS_KERNEL << 16);
}

static void run_slot(void)
{
	cpuid(KVM_EXIT_STATS_SLOT, 0);
}

static void run_last(void)
{
	cpuid(KVM_EXIT_STATS_LAST, 0);
}

static void run_reason(void)
{
	cpuid(KVM_EXIT_STATS_REASON, 0);
}

static void run_total(void)
{
	cpuid(KVM_EXIT_STATS_TOTAL, 0);
}

#define ROW(op, text, function)                                                                    \
	{                                                                                          \
		.name = (op), .what = (text), .on_request = true, .skip = skip_uncounted,          \
		.run = (function),                                                                 \
	}

static const struct op ops[] = {
	ROW("stats-info", "CPUID leaf 0x4fffff01", run_info),
	ROW("stats-vm", "CPUID leaf 0x4fffff02: a sum over the VM", run_vm),
	ROW("stats-vm-reason", "CPUID leaf 0x4fffff03: the same for a reason", run_vm_reason),
	ROW("stats-vcpu", "CPUID leaf 0x4fffff04: of this vCPU", run_vcpu),
	ROW("stats-vcpu-reason", "CPUID leaf 0x4fffff05: the same for a reason", run_vcpu_reason),
	ROW("stats-slot", "CPUID leaf 0x4fffff06", run_slot),
	ROW("stats-last", "CPUID leaf 0x4fffff07: the last exit", run_last),
	ROW("stats-reason", "CPUID leaf 0x4ffffffe: two sums over the VM", run_reason),
	ROW("stats-total", "CPUID leaf 0x4fffffff: two sums over the VM", run_total),
};

const struct op_family family_stats = OP_FAMILY(ops);
