// SPDX-License-Identifier: GPL-2.0-only
/* The instructions of VMX, executed by L1. */
#include "ops/ops.h"

#include "nested/end.h"
#include "nested/vmcs.h"
#include "nested/vmx.h"

/* What INVEPT and INVVPID take: all contexts (SDM vol. 3C, 30.3). */
#define ALL_CONTEXTS 2

static const char *skip(void)
{
	return vmx_hypervisor.skip();
}

static void setup(void)
{
	vmx_hypervisor.begin(L2_CALL, EXIT_REASON_VMCALL);
}

static void teardown(void)
{
	vmx_hypervisor.end();
}

static void setup_off(void)
{
	setup();
	vmx_leave();
}

static void run_vmxon(void)
{
	vmxon(&vmx_on);
}

static void run_vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
}

/* VMXON once more, so that VMXOFF does not fault without the run. */
static void finish_vmxon(void)
{
	run_vmxon();
	run_vmxoff();
}

static void run_vmclear(void)
{
	vmclear(&vmx_other);
}

/* The VMCS that is current must be another one. */
static void prepare_vmptrld(void)
{
	vmptrld(&vmx_vmcs);
}

static void setup_vmptrld(void)
{
	setup();
	vmclear(&vmx_other);
}

static void run_vmptrld(void)
{
	vmptrld(&vmx_other);
}

static void run_vmptrst(void)
{
	uint64_t current;

	asm volatile("vmptrst %0" : "=m"(current) : : "cc", "memory");
}

static void run_vmread(void)
{
	vmread(VMCS_GUEST_RIP);
}

static void run_vmwrite(void)
{
	vmwrite(VMCS_GUEST_RIP, 0);
}

/* Not among the fields that KVM puts into the shadow VMCS (vmcs_shadow_fields.h). */
static void run_vmread_l0(void)
{
	vmread(VMCS_HOST_RSP);
}

static void run_vmwrite_l0(void)
{
	vmwrite(VMCS_HOST_RSP, 0);
}

static void prepare_vmlaunch(void)
{
	vmx_unlaunch();
	vmx_hypervisor.prepare();
}

static void run_vmlaunch(void)
{
	vmx_hypervisor.enter(0);
}

static void finish_vmlaunch(void)
{
	vmx_hypervisor.finish();
}

static const uint64_t no_context[2];

static void run_invept(void)
{
	asm volatile("invept %0, %1"
		     :
		     : "m"(no_context), "r"((uint64_t)ALL_CONTEXTS)
		     : "cc", "memory");
}

static void run_invvpid(void)
{
	asm volatile("invvpid %0, %1"
		     :
		     : "m"(no_context), "r"((uint64_t)ALL_CONTEXTS)
		     : "cc", "memory");
}

static const char why_exit[] =
	"Exits unconditionally in a guest (SDM 25.1.2). L0 does to its picture of L1's VMX what the "
	"processor would.";
static const char why_shadow[] =
	"Exits (SDM 25.1.3), unless L0 has given the processor a shadow VMCS (SDM 24.10) with this "
	"field. KVM does so where the processor has it, for the fields that a hypervisor needs at "
	"each exit.";
static const char why_no_shadow[] =
	"Exits (SDM 25.1.3), because KVM does not put this field into the shadow VMCS.";

#define L1_ROW(op, text, reason, other, exits, function)                                           \
	.name = (op), .what = (text), .why = (reason), .compare = (other), .vmx = exits,           \
	.run = (function), .teardown = teardown, .failed = end_failed

#define UNLESS_SHADOW "none with kvm_intel.enable_shadow_vmcs=1, where the processor has it"

static const struct op ops[] = {
	{
		L1_ROW("nested-vmxon", "VMXON by L1", why_exit, "nested-vmxoff",
		       EXITS(1, EXIT_REASON_VMON), run_vmxon),
		.skip = skip,
		.setup = setup_off,
		.finish = finish_vmxon,
	},
	{
		L1_ROW("nested-vmxoff", "VMXOFF by L1", why_exit, "nested-vmxon",
		       EXITS(1, EXIT_REASON_VMOFF), run_vmxoff),
		.skip = skip,
		.setup = setup_off,
		.prepare = run_vmxon,
	},
	{
		L1_ROW("nested-vmclear", "VMCLEAR by L1, of a VMCS that is not current", why_exit,
		       "nested-vmptrld", EXITS(1, EXIT_REASON_VMCLEAR), run_vmclear),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmptrld", "VMPTRLD by L1, of a VMCS that is not current",
		       "Exits unconditionally in a guest (SDM 25.1.2). KVM writes its copy of the "
		       "VMCS that was current back into L1's memory and copies the new one.",
		       "nested-vmptrst,nested-vmclear", EXITS(1, EXIT_REASON_VMPTRLD), run_vmptrld),
		.skip = skip,
		.setup = setup_vmptrld,
		.prepare = prepare_vmptrld,
	},
	{
		L1_ROW("nested-vmptrst", "VMPTRST by L1", why_exit, "nested-vmptrld",
		       EXITS(1, EXIT_REASON_VMPTRST), run_vmptrst),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmread", "VMREAD by L1, of the guest's RIP", why_shadow,
		       "nested-vmread-l0,nested-vmwrite",
		       EXITS_VARY(0, 1, EXIT_REASON_VMREAD, UNLESS_SHADOW), run_vmread),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmread-l0", "VMREAD by L1, of the host's RSP", why_no_shadow,
		       "nested-vmread", EXITS(1, EXIT_REASON_VMREAD), run_vmread_l0),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmwrite", "VMWRITE by L1, of the guest's RIP", why_shadow,
		       "nested-vmwrite-l0,nested-vmread",
		       EXITS_VARY(0, 1, EXIT_REASON_VMWRITE, UNLESS_SHADOW), run_vmwrite),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmwrite-l0", "VMWRITE by L1, of the host's RSP", why_no_shadow,
		       "nested-vmwrite", EXITS(1, EXIT_REASON_VMWRITE), run_vmwrite_l0),
		.skip = skip,
		.setup = setup,
	},
	{
		L1_ROW("nested-vmlaunch", "L1 enters L2 for the first time, which calls L1",
		       "As nested-call, which enters by VMRESUME. VMLAUNCH wants a VMCS that is "
		       "clear, so the probe executes VMCLEAR and VMPTRLD before each run, after "
		       "which KVM has to write all of its VMCS for L2.",
		       "nested-call",
		       EXITS_EITHER(2, 2, EXIT_REASON_VMLAUNCH, EXIT_REASON_VMCALL, NULL),
		       run_vmlaunch),
		.skip = skip,
		.setup = setup,
		.prepare = prepare_vmlaunch,
		.finish = finish_vmlaunch,
	},
	{
		L1_ROW("nested-invept", "INVEPT by L1, of all contexts",
		       "Exits unconditionally in a guest (SDM 25.1.2). KVM drops its tables for L2.",
		       "nested-invvpid,invlpg", EXITS(1, EXIT_REASON_INVEPT), run_invept),
		.skip = vmx_skip_invept,
		.setup = setup,
	},
	{
		L1_ROW("nested-invvpid", "INVVPID by L1, of all contexts",
		       "Exits unconditionally in a guest (SDM 25.1.2). KVM flushes the translations "
		       "of the VPID that it uses for L2.",
		       "nested-invept,invpcid", EXITS(1, EXIT_REASON_INVVPID), run_invvpid),
		.skip = vmx_skip_invvpid,
		.setup = setup,
	},
};

const struct op_family family_nested_vmx = OP_FAMILY(
	"nested-vmx", "The instructions of VMX, executed by L1. Processors of Intel only.", ops);
