// SPDX-License-Identifier: GPL-2.0-only
/* CPUID always exits on VMX (SDM 25.1.2), and KVM intercepts it on SVM. */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/machine.h"

#define CPUID_VENDOR	 0
#define CPUID_FEATURES	 1
#define CPUID_STRUCTURED 7
#define CPUID_XSTATE	 0xd
#define CPUID_EXIT_TOTAL 0x4fffffff /* KVM_EXIT_STATS_TOTAL, abi/kvm_exit_stats.h */

static void run_cpuid_0(void)
{
	cpuid(CPUID_VENDOR, 0);
}

static void run_cpuid_1(void)
{
	cpuid(CPUID_FEATURES, 0);
}

static void run_cpuid_7(void)
{
	cpuid(CPUID_STRUCTURED, 0);
}

static void run_cpuid_d(void)
{
	cpuid(CPUID_XSTATE, 0);
}

static void run_cpuid_40000000(void)
{
	cpuid(CPUID_HYPERVISOR, 0);
}

static void run_cpuid_80000000(void)
{
	cpuid(CPUID_EXTENDED, 0);
}

static void run_cpuid_4fffffff(void)
{
	cpuid(CPUID_EXIT_TOTAL, 0);
}

#define ROW(op, text, reason, others, function)                                                    \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others),                \
		.svm = EXITS(1, SVM_EXIT_CPUID), .vmx = EXITS(1, EXIT_REASON_CPUID),               \
		.run = (function),                                                                 \
	}

static const struct op ops[] = {
	ROW("cpuid", "CPUID leaf 0",
	    "CPUID exits unconditionally on VMX (SDM 25.1.2) and by KVM's intercept on SVM (APM "
	    "15.9). KVM looks the leaf up in the guest's CPUID table.",
	    "hypercall", run_cpuid_0),
	ROW("cpuid-1", "CPUID leaf 1: features",
	    "As leaf 0. Some of its bits follow CR4 and APIC_BASE; KVM has entered them in the "
	    "table beforehand.",
	    "cpuid", run_cpuid_1),
	ROW("cpuid-7", "CPUID leaf 7, subleaf 0: more features",
	    "As leaf 0. KVM also reads TSX_CTRL, which may hide RTM and HLE.", "cpuid",
	    run_cpuid_7),
	ROW("cpuid-d", "CPUID leaf 0xd, subleaf 0: extended state",
	    "As leaf 0. The size in EBX follows XCR0.", "cpuid", run_cpuid_d),
	ROW("cpuid-40000000", "CPUID leaf 0x40000000: the hypervisor's signature",
	    "As leaf 0. Only software defines this leaf.", "cpuid", run_cpuid_40000000),
	ROW("cpuid-80000000", "CPUID leaf 0x80000000: the highest extended leaf",
	    "As leaf 0. This leaf is near the end of KVM's table.", "cpuid", run_cpuid_80000000),
	ROW("cpuid-4fffffff", "CPUID leaf 0x4fffffff: the exit statistics, if the host has them",
	    "As leaf 0. With the exit statistics in the host, KVM sums over the VM's vCPUs. "
	    "Without them KVM does not find the leaf in its table and answers zeros, or on VMX "
	    "the highest basic leaf (SDM vol. 2A, CPUID).",
	    "cpuid,stats-total", run_cpuid_4fffffff),
};

const struct op_family family_cpuid = OP_FAMILY(
	"cpuid",
	"CPUID always exits, because the hypervisor provides the answer. The leaves differ in how "
	"long KVM searches its table.",
	ops);
