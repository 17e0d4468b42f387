// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instructions of SVM, executed by L1, and by an L2 to which L1 offers their
 * virtualization. They need EFER.SVME, which the setup sets (APM 15.4).
 */
#include "ops/ops.h"

#include "nested/end.h"
#include "nested/svm.h"

/* An address space that is not L1's own. */
#define ASID_OTHER 1

static const char *skip(void)
{
	return svm_hypervisor.skip();
}

static void begin(enum l2_program program)
{
	svm_hypervisor.begin(program, SVM_EXIT_VMMCALL);
}

static void setup(void)
{
	begin(L2_CALL);
}

static void teardown(void)
{
	svm_hypervisor.end();
}

static void prepare(void)
{
	svm_hypervisor.prepare();
}

static void finish(void)
{
	svm_hypervisor.finish();
}

static void run_invlpga(void)
{
	asm volatile("invlpga" : : "a"(&svm_vmcb), "c"(ASID_OTHER) : "memory");
}

static void run_l2(void)
{
	svm_hypervisor.enter(0);
}

static void setup_l2_vmload(void)
{
	begin(L2_VMLOAD);
	svm_virtual_vmload();
}

static void setup_l2_vmsave(void)
{
	begin(L2_VMSAVE);
	svm_virtual_vmload();
}

static void setup_l2_stgi(void)
{
	begin(L2_STGI);
	svm_virtual_gif();
}

static void setup_l2_clgi(void)
{
	begin(L2_CLGI);
	svm_virtual_gif();
}

static const char why_vmload[] =
	"L0 intercepts it (APM 15.9), because its addresses are L1's, and copies the registers. With "
	"virtual VMLOAD and VMSAVE (APM 15.33.1), which KVM uses where the processor has it, the "
	"processor translates the address itself.";
static const char why_gif[] =
	"L0 intercepts it (APM 15.9), because the flag would block the host's own interrupts, and "
	"keeps L1's flag itself. With virtual GIF (APM 15.33.2), which KVM uses where the processor "
	"has it, the processor keeps it.";
static const char why_l2[] =
	"L1 offers L2 the virtualization that L0 offers L1, and L0 passes the choice on to the "
	"processor: L2's instruction does not exit. The exits are those of nested-call.";

#define L1_ROW(op, text, reason, other, exits, function)                                           \
	.name = (op), .what = (text), .why = (reason), .compare = (other), .svm = exits,           \
	.skip = skip, .setup = setup, .run = (function), .teardown = teardown

#define L2_ROW(op, text, other, lacking, function)                                                 \
	.name = (op), .what = (text), .why = why_l2, .compare = (other),                           \
	.svm = EXITS_EITHER(2, 2, SVM_EXIT_VMRUN, SVM_EXIT_VMMCALL, NULL), .skip = (lacking),      \
	.setup = (function), .prepare = prepare, .run = run_l2, .finish = finish,                  \
	.failed = end_failed, .teardown = teardown

#define UNLESS_VLS  "none with kvm_amd.vls=1, where the processor has it"
#define UNLESS_VGIF "none with kvm_amd.vgif=1, where the processor has it"

static const struct op ops[] = {
	{
		L1_ROW("nested-vmload", "VMLOAD by L1", why_vmload,
		       "nested-vmsave,nested-l2-vmload",
		       EXITS_VARY(0, 1, SVM_EXIT_VMLOAD, UNLESS_VLS), svm_vmload),
	},
	{
		L1_ROW("nested-vmsave", "VMSAVE by L1", why_vmload,
		       "nested-vmload,nested-l2-vmsave",
		       EXITS_VARY(0, 1, SVM_EXIT_VMSAVE, UNLESS_VLS), svm_vmsave),
	},
	{
		L1_ROW("nested-stgi", "STGI by L1, with GIF set", why_gif,
		       "nested-clgi,nested-l2-stgi", EXITS_VARY(0, 1, SVM_EXIT_STGI, UNLESS_VGIF),
		       svm_stgi),
	},
	{
		L1_ROW("nested-clgi", "CLGI by L1, with GIF set", why_gif,
		       "nested-stgi,nested-l2-clgi", EXITS_VARY(0, 1, SVM_EXIT_CLGI, UNLESS_VGIF),
		       svm_clgi),
		.finish = svm_stgi,
	},
	{
		L1_ROW("nested-invlpga", "INVLPGA by L1, of a page in an ASID of its own",
		       "KVM intercepts it (APM 15.9), because the ASIDs of the processor are L0's, "
		       "and drops its own translation of the address.",
		       "invlpg", EXITS(1, SVM_EXIT_INVLPGA), run_invlpga),
	},
	{
		L2_ROW("nested-l2-vmload", "L1 enters L2, which executes VMLOAD and calls L1",
		       "nested-call,nested-vmload", svm_skip_virtual_vmload, setup_l2_vmload),
	},
	{
		L2_ROW("nested-l2-vmsave", "L1 enters L2, which executes VMSAVE and calls L1",
		       "nested-call,nested-vmsave", svm_skip_virtual_vmload, setup_l2_vmsave),
	},
	{
		L2_ROW("nested-l2-stgi", "L1 enters L2, which executes STGI and calls L1",
		       "nested-call,nested-stgi", svm_skip_virtual_gif, setup_l2_stgi),
	},
	{
		L2_ROW("nested-l2-clgi", "L1 enters L2, which executes CLGI and calls L1",
		       "nested-call,nested-clgi", svm_skip_virtual_gif, setup_l2_clgi),
	},
};

const struct op_family family_nested_svm =
	OP_FAMILY("nested-svm",
		  "The instructions of SVM, executed by L1, and by an L2 to which L1 offers their "
		  "virtualization. Processors of AMD only.",
		  ops);
