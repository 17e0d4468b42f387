// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe as a hypervisor (L1) with a guest of its own (L2), both under the host (L0).
 * The processor knows two levels only: every exit of L2 comes to L0, which emulates it
 * as one to L1 where L1 wants it, and L1's entry into L2 is itself an exit to L0.
 */
#include "ops/ops.h"

#include "nested/end.h"
#include "nested/hypervisor.h"
#include "nested/paging.h"
#include "nested/vmcb.h"
#include "nested/vmx.h"

/* The next place that L2 has not touched. */
static unsigned int place;

static const char *skip(void)
{
	return hypervisor()->skip();
}

static const char *skip_paging(void)
{
	return hypervisor()->skip_paging();
}

static void (*enter)(uint64_t argument), (*serve)(void);

static void begin(enum l2_program program, uint32_t svm_reason, uint32_t vmx_reason)
{
	bool svm = hypervisor() == &svm_hypervisor;

	enter = hypervisor()->enter;
	serve = hypervisor()->serve;
	hypervisor()->begin(program, svm ? svm_reason : vmx_reason);
}

static void teardown(void)
{
	hypervisor()->end();
}

static void prepare(void)
{
	hypervisor()->prepare();
}

static void finish(void)
{
	hypervisor()->finish();
}

static void run_l2(void)
{
	enter(0);
}

static void run_serve(void)
{
	serve();
}

static void setup_call(void)
{
	begin(L2_CALL, SVM_EXIT_VMMCALL, EXIT_REASON_VMCALL);
}

static void setup_cpuid(void)
{
	begin(L2_CPUID, SVM_EXIT_CPUID, EXIT_REASON_CPUID);
}

static void setup_port(void)
{
	begin(L2_PORT, SVM_EXIT_VMMCALL, EXIT_REASON_VMCALL);
}

static void setup_hole(void)
{
	begin(L2_LOAD, SVM_EXIT_NPF, EXIT_REASON_EPT_VIOLATION);
}

static void run_hole(void)
{
	enter(PAGING_HOLE);
}

static void setup_touch(void)
{
	begin(L2_LOAD, SVM_EXIT_VMMCALL, EXIT_REASON_VMCALL);
}

static void setup_refused(void)
{
	begin(L2_CALL, EXITCODE_INVALID, VMX_FAILED(VMX_ERROR_CONTROL));
	hypervisor()->spoil();
}

static size_t limit_touch(void)
{
	return PAGING_PLACES - place;
}

static void run_touch(void)
{
	enter(PAGING_WINDOW + PAGING_PLACE * place);
	place += place < PAGING_PLACES - 1;
}

#define L2_ROW .teardown = teardown, .prepare = prepare, .finish = finish, .failed = end_failed

static const struct op ops[] = {
	{
		.name = "nested-call",
		.what = "L1 enters L2, which calls L1: VMRUN and VMMCALL, or VMRESUME and VMCALL",
		.why = "L1's entry exits to L0 (APM 15.9, SDM 25.1.2), which merges L1's control "
		       "structure with its own and enters L2. The call exits to L0 again. L0 sees "
		       "that L1 intercepts it, writes the exit into L1's structure and enters L1.",
		.compare = "hypercall,nested-cpuid",
		.svm = EXITS_EITHER(2, 2, SVM_EXIT_VMRUN, SVM_EXIT_VMMCALL, NULL),
		.vmx = EXITS_EITHER(2, 2, EXIT_REASON_VMRESUME, EXIT_REASON_VMCALL, NULL),
		.skip = skip,
		.setup = setup_call,
		.run = run_l2,
		L2_ROW,
	},
	{
		.name = "nested-cpuid",
		.what = "L1 enters L2, whose CPUID exits to L1",
		.why = "As nested-call. On SVM L1 intercepts CPUID (APM 15.9), on VMX it exits in "
		       "any case (SDM 25.1.2). One CPUID of L2 costs L0 two exits: this one, and "
		       "L1's entry after it.",
		.compare = "cpuid,nested-call,nested-serve",
		.svm = EXITS_EITHER(2, 2, SVM_EXIT_VMRUN, SVM_EXIT_CPUID, NULL),
		.vmx = EXITS_EITHER(2, 2, EXIT_REASON_VMRESUME, EXIT_REASON_CPUID, NULL),
		.skip = skip,
		.setup = setup_cpuid,
		.run = run_l2,
		L2_ROW,
	},
	{
		.name = "nested-serve",
		.what = "the same, with what L1 executes around its entry as a hypervisor",
		.why = "On SVM: CLGI, VMLOAD, VMRUN, VMSAVE, VMLOAD, STGI (APM 15.5.2, 15.17), as "
		       "KVM has them. On VMX: VMREAD of the reason, of the instruction's length "
		       "and of RIP, VMWRITE of RIP, VMRESUME. All exit, unless L0 lets the "
		       "processor execute them: with virtual VMLOAD, VMSAVE and GIF (APM 15.33), "
		       "or with a shadow VMCS (SDM 24.10).",
		.compare = "nested-cpuid,cpuid",
		.svm = EXITS_AMONG(2, 7,
				   "2 with kvm_amd.vls=1 and vgif=1, where the processor has both",
				   SVM_EXIT_VMRUN, SVM_EXIT_CPUID, SVM_EXIT_VMLOAD, SVM_EXIT_VMSAVE,
				   SVM_EXIT_STGI, SVM_EXIT_CLGI),
		.vmx = EXITS_AMONG(
			2, 6, "2 with kvm_intel.enable_shadow_vmcs=1, where the processor has it",
			EXIT_REASON_VMRESUME, EXIT_REASON_CPUID, EXIT_REASON_VMREAD,
			EXIT_REASON_VMWRITE),
		.skip = skip,
		.setup = setup_cpuid,
		.run = run_serve,
		L2_ROW,
	},
	{
		.name = "nested-refused",
		.what = "L1 enters an L2 that the processor must refuse",
		.why = "L0 checks what the processor would. VMRUN with ASID 0 ends by VMEXIT_INVALID "
		       "(APM 15.5.1), VMLAUNCH with too many CR3 targets fails (SDM 26.2.1). L0 "
		       "does not enter L2.",
		.compare = "nested-call",
		.svm = EXITS(1, SVM_EXIT_VMRUN),
		.vmx = EXITS(1, EXIT_REASON_VMLAUNCH),
		.skip = skip,
		.setup = setup_refused,
		.run = run_l2,
		L2_ROW,
	},
	{
		.name = "nested-port",
		.what = "L1 enters L2, which reads a port that L0 emulates, and calls L1",
		.why = "L1 does not intercept the port (APM 15.10, SDM 25.1.3), but L0 does. L0 "
		       "keeps the exit: it answers and enters L2 again. L1 does not learn of it.",
		.compare = "inb-kernel,nested-call",
		.svm = EXITS_AMONG(3, 3, NULL, SVM_EXIT_VMRUN, SVM_EXIT_IOIO, SVM_EXIT_VMMCALL),
		.vmx = EXITS_AMONG(3, 3, NULL, EXIT_REASON_VMRESUME, EXIT_REASON_IO_INSTRUCTION,
				   EXIT_REASON_VMCALL),
		.skip = skip,
		.setup = setup_port,
		.run = run_l2,
		L2_ROW,
	},
	{
		.name = "nested-fault-l1",
		.what = "L1 enters L2, which loads from an address that L1 does not map",
		.why = "L0 walks L1's nested page tables (APM 15.25.6, SDM 28.3.3), finds no entry "
		       "and hands the exit on to L1.",
		.compare = "nested-fault-l0,nested-cpuid",
		.svm = EXITS_EITHER(2, 2, SVM_EXIT_VMRUN, SVM_EXIT_NPF, NULL),
		.vmx = EXITS_EITHER(2, 2, EXIT_REASON_VMRESUME, EXIT_REASON_EPT_VIOLATION, NULL),
		.skip = skip_paging,
		.setup = setup_hole,
		.run = run_hole,
		L2_ROW,
	},
	{
		.name = "nested-fault-l0",
		.what = "L1 enters L2, which loads from an address that L1 maps and L0 does not, "
			"and calls L1",
		.why = "L0 has tables of its own for L2, which join L1's nested page tables and "
		       "L0's, and fills them when L2 uses an address. L0 keeps this exit.",
		.compare = "nested-fault-l1,nested-call,touch-2m",
		.svm = EXITS_AMONG(3, 3, NULL, SVM_EXIT_VMRUN, SVM_EXIT_NPF, SVM_EXIT_VMMCALL),
		.vmx = EXITS_AMONG(3, 3, NULL, EXIT_REASON_VMRESUME, EXIT_REASON_EPT_VIOLATION,
				   EXIT_REASON_VMCALL),
		.skip = skip_paging,
		.limit = limit_touch,
		.setup = setup_touch,
		.run = run_touch,
		L2_ROW,
	},
};

const struct op_family family_nested = OP_FAMILY(
	"nested",
	"The probe as a hypervisor, L1, with a guest of a few instructions, L2, both under the "
	"host, L0. Every exit of L2 comes to L0, which either keeps it or makes it an exit to L1, "
	"and every entry of L1 into L2 is an exit to L0: [nested.md](nested.md).",
	ops);
