// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of reading the exit statistics, leaf by leaf. The leaves that sum over
 * the VM's vCPUs take longer with more vCPUs.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "platform/counters.h"

static const char *skip_uncounted(void)
{
	return counters_info() ? NULL : "no exit stats";
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

#define ROW(op, text, reason, others, function)                                                    \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others),                \
		.on_request = true, .skip = skip_uncounted, .svm = EXITS(1, SVM_EXIT_CPUID),       \
		.vmx = EXITS(1, EXIT_REASON_CPUID), .run = (function),                             \
	}

static const struct op ops[] = {
	ROW("stats-info", "CPUID leaf 0x4fffff01",
	    "Exits as every CPUID (SDM 25.1.2, APM 15.9). KVM comes to these leaves after it has "
	    "not found the leaf in the guest's CPUID table. This leaf returns a few constants, so "
	    "it shows the least that they cost.",
	    "cpuid", run_info),
	ROW("stats-vm", "CPUID leaf 0x4fffff02: a sum over the VM",
	    "As stats-info, and KVM adds up one counter of every vCPU.",
	    "stats-info,stats-vcpu,stats-vm-reason", run_vm),
	ROW("stats-vm-reason", "CPUID leaf 0x4fffff03: a sum over the VM for a reason",
	    "As stats-vm, with the counters of one reason.", "stats-vm,stats-vcpu-reason",
	    run_vm_reason),
	ROW("stats-vcpu", "CPUID leaf 0x4fffff04: a counter of this vCPU",
	    "As stats-vm for one vCPU, so the cost does not grow with the number of vCPUs.",
	    "stats-vm", run_vcpu),
	ROW("stats-vcpu-reason", "CPUID leaf 0x4fffff05: a counter of this vCPU for a reason",
	    "As stats-info, and KVM reads one counter of one vCPU.", "stats-vcpu,stats-vm-reason",
	    run_vcpu_reason),
	ROW("stats-slot", "CPUID leaf 0x4fffff06: the reason that a slot counts",
	    "As stats-info. The assignment of reasons to slots never changes.", "stats-info",
	    run_slot),
	ROW("stats-last", "CPUID leaf 0x4fffff07: the last exit",
	    "As stats-info, and KVM converts two stamps of the host's TSC to the guest's.",
	    "stats-info", run_last),
	ROW("stats-reason", "CPUID leaf 0x4ffffffe: two sums over the VM",
	    "As stats-total. KVM sums the exits for one reason and the cycles for all, in one "
	    "walk over the vCPUs.",
	    "stats-total", run_reason),
	ROW("stats-total", "CPUID leaf 0x4fffffff: two sums over the VM",
	    "As stats-info, and KVM adds up exits and cycles of every vCPU. The probe reads this "
	    "leaf before and after every sample.",
	    "stats-info,stats-vm", run_total),
};

const struct op_family family_stats = OP_FAMILY(
	"stats",
	"The cost of reading the exit statistics, leaf by leaf. The sums over the VM grow with "
	"the number of its vCPUs.",
	ops);
