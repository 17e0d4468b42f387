// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control registers. On VMX the guest can own single bits of CR0 and CR4 (SDM
 * 24.6.6, 25.1.3). SVM intercepts a register as a whole; for CR0 it also has an
 * intercept that ignores TS and MP (APM 15.9).
 *
 * Operations that toggle a bit compute the next value in prepare(), so that an empty
 * run() leaves the register as it is.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/trap.h"
#include "platform/memory.h"

#define CR0_TS	     (1ul << 3)
#define CR0_WP	     (1ul << 16)
#define CR0_MSW	     0xful /* the bits that LMSW writes: PE, MP, EM, TS */
#define CR4_PGE	     (1ul << 7)
#define CR4_OSXSAVE  (1ul << 18)
#define CR3_ADDRESS  0x000ffffffffff000ul
#define XCR0	     0
#define XCR0_RESET   1 /* x87 only, SDM vol. 1, 13.3 */
#define PML4_ENTRIES 512

#define CPUID_1_ECX_XSAVE (1u << 26)

/* exit_reasons.h names the first reason of each kind; the others follow by register number. */
#define SVM_CR_READ(number)  (SVM_EXIT_READ_CR0 + (number))
#define SVM_CR_WRITE(number) (SVM_EXIT_WRITE_CR0 + (number))

#define READ_REGISTER(name)                                                                        \
	static uint64_t read_##name(void)                                                          \
	{                                                                                          \
		uint64_t value;                                                                    \
                                                                                                   \
		asm volatile("mov %%" #name ", %0" : "=r"(value));                                 \
		return value;                                                                      \
	}

#define WRITE_REGISTER(name)                                                                       \
	static void write_##name(uint64_t value)                                                   \
	{                                                                                          \
		asm volatile("mov %0, %%" #name : : "r"(value) : "memory");                        \
	}

READ_REGISTER(cr0)
READ_REGISTER(cr3)
READ_REGISTER(cr4)
READ_REGISTER(cr8)
WRITE_REGISTER(cr0)
WRITE_REGISTER(cr3)
WRITE_REGISTER(cr4)
WRITE_REGISTER(cr8)

/* The value to restore in teardown(), and the value that the next run writes. */
static uint64_t saved, next;

static uint64_t pml4_copy[PML4_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static void setup_cr0(void)
{
	saved = read_cr0();
}

static void teardown_cr0(void)
{
	write_cr0(saved);
}

static void run_mov_from_cr0(void)
{
	read_cr0();
}

static void prepare_cr0_wp(void)
{
	next = read_cr0() ^ CR0_WP;
}

static void run_mov_to_cr0(void)
{
	write_cr0(next);
}

static void prepare_cr0_ts(void)
{
	next = read_cr0() | CR0_TS;
}

static void run_clts(void)
{
	asm volatile("clts" : : : "memory");
}

static void prepare_clts(void)
{
	write_cr0(saved | CR0_TS);
}

static void prepare_lmsw(void)
{
	next = read_cr0() & CR0_MSW;
}

static void run_lmsw(void)
{
	asm volatile("lmsw %w0" : : "r"((uint16_t)next) : "memory");
}

static void run_smsw(void)
{
	uint64_t value;

	asm volatile("smsw %0" : "=r"(value));
}

static void run_mov_from_cr3(void)
{
	read_cr3();
}

static void prepare_cr3_same(void)
{
	next = read_cr3();
}

static void run_mov_to_cr3(void)
{
	write_cr3(next);
}

static void setup_cr3_new(void)
{
	const uint64_t *pml4;

	saved = read_cr3();
	pml4 = (const uint64_t *)(saved & CR3_ADDRESS);
	for (unsigned int i = 0; i < PML4_ENTRIES; i++)
		pml4_copy[i] = pml4[i];
}

static void prepare_cr3_new(void)
{
	next = read_cr3() == saved ? (uintptr_t)pml4_copy : saved;
}

static void teardown_cr3_new(void)
{
	write_cr3(saved);
}

static void setup_cr4(void)
{
	saved = read_cr4();
}

static void teardown_cr4(void)
{
	write_cr4(saved);
}

static void run_mov_from_cr4(void)
{
	read_cr4();
}

static void prepare_cr4_pge(void)
{
	next = read_cr4() ^ CR4_PGE;
}

static void run_mov_to_cr4(void)
{
	write_cr4(next);
}

static void run_mov_cr8(void)
{
	write_cr8(0);
}

static void run_mov_from_cr8(void)
{
	read_cr8();
}

static const char *skip_no_xsave(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_XSAVE ? NULL : "no XSAVE (CPUID 1 ECX bit 26)";
}

static void setup_xsetbv(void)
{
	saved = read_cr4();
	write_cr4(saved | CR4_OSXSAVE);
}

/*
 * The probe never writes another value, so this is the current one. It does not read
 * XCR0, because KVM's emulator implements XSETBV but not XGETBV.
 */
static void run_xsetbv(void)
{
	asm volatile(FAULT_RESUMES("xsetbv") : : "c"(XCR0), "a"(XCR0_RESET), "d"(0) : "memory");
}

static const struct op ops[] = {
	{
		.name = "mov-from-cr0",
		.what = "MOV from CR0",
		.why = "VMX answers from CR0 and its read shadow without an exit (SDM 25.3). On "
		       "SVM KVM intercepts the read only while the guest's CR0 differs from the "
		       "real one, as with caches off (APM 15.9).",
		.compare = "mov-to-cr0-wp,smsw",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_mov_from_cr0,
	},
	{
		.name = "mov-to-cr0-wp",
		.what = "MOV to CR0 that toggles WP",
		.why = "On SVM the selective intercept exits for every bit but TS and MP (APM "
		       "15.9). On VMX a bit exits if the host owns it (SDM 25.1.3). The host "
		       "owned WP until Linux 6.4, and stable kernels of that time, gave it to the "
		       "guest.",
		.compare = "mov-to-cr0-ts,mov-to-cr4-pge,lmsw",
		.svm = EXITS_EITHER(1, 1, SVM_EXIT_CR0_SEL_WRITE, SVM_CR_WRITE(0),
				    "a plain write with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS,
				  "none with EPT since Linux 6.4 and in stable kernels of then"),
		.setup = setup_cr0,
		.teardown = teardown_cr0,
		.prepare = prepare_cr0_wp,
		.run = run_mov_to_cr0,
	},
	{
		.name = "mov-to-cr0-ts",
		.what = "MOV to CR0 that sets TS",
		.why = "TS changes with every lazy switch of the FPU, so neither processor exits "
		       "for it. SVM's selective intercept ignores TS and MP (APM 15.9), and on "
		       "VMX the guest owns TS (SDM 25.1.3).",
		.compare = "mov-to-cr0-wp,clts",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.setup = setup_cr0,
		.teardown = teardown_cr0,
		.prepare = prepare_cr0_ts,
		.run = run_mov_to_cr0,
		.finish = run_clts,
	},
	{
		.name = "clts",
		.what = "CLTS with TS set",
		.why = "Exits on VMX only if the host owns TS (SDM 25.1.3), and on SVM only with "
		       "the unselective intercept of CR0 writes (APM 15.9). KVM uses neither.",
		.compare = "mov-to-cr0-ts",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.setup = setup_cr0,
		.teardown = teardown_cr0,
		.prepare = prepare_clts,
		.run = run_clts,
	},
	{
		.name = "lmsw",
		.what = "LMSW of the current value",
		.why = "VMX exits if LMSW would change a bit that the host owns (SDM 25.1.3). "
		       "Here it changes none. SVM's selective intercept is not selective for "
		       "LMSW: it exits for any value (APM 15.9), and KVM has to decode the "
		       "instruction.",
		.compare = "smsw,mov-to-cr0-ts",
		.svm = EXITS_VARY(
			0, 1, SVM_EXIT_CR0_SEL_WRITE,
			"none on QEMU's emulated SVM, which compares the bits as for MOV"),
		.vmx = NO_EXIT,
		.prepare = prepare_lmsw,
		.run = run_lmsw,
	},
	{
		.name = "smsw",
		.what = "SMSW to a register",
		.why = "SMSW reads CR0 and behaves like mov-from-cr0 (SDM 25.3, APM 15.9).",
		.compare = "mov-from-cr0,lmsw",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_smsw,
	},
	{
		.name = "mov-from-cr3",
		.what = "MOV from CR3",
		.why = "With nested paging the guest owns CR3. KVM sets neither CR3-store exiting "
		       "(SDM 25.1.3) nor the intercept (APM 15.9).",
		.compare = "mov-to-cr3",
		.svm = EXITS_VARY(0, 1, SVM_CR_READ(3), "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS, "one with kvm_intel.ept=0"),
		.run = run_mov_from_cr3,
	},
	{
		.name = "mov-to-cr3",
		.what = "MOV to CR3 of its current value",
		.why = "With nested paging it does not exit (SDM 25.1.3, APM 15.9). The cost is "
		       "the flush of the guest's own translations, for which the processor then "
		       "walks the tables again.",
		.compare = "mov-to-cr3-new,mov-from-cr3,invlpg",
		.svm = EXITS_VARY(0, 1, SVM_CR_WRITE(3), "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS, "one with kvm_intel.ept=0"),
		.prepare = prepare_cr3_same,
		.run = run_mov_to_cr3,
	},
	{
		.name = "mov-to-cr3-new",
		.what = "MOV to CR3 that switches between two equal tables",
		.why = "This is a switch between address spaces. With nested paging it does not "
		       "exit. With shadow paging KVM looks for a shadow of the new tables.",
		.compare = "mov-to-cr3,map-page",
		.svm = EXITS_VARY(0, 1, SVM_CR_WRITE(3), "one with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS, "one with kvm_intel.ept=0"),
		.setup = setup_cr3_new,
		.teardown = teardown_cr3_new,
		.prepare = prepare_cr3_new,
		.run = run_mov_to_cr3,
	},
	{
		.name = "mov-from-cr4",
		.what = "MOV from CR4",
		.why = "VMX answers from CR4 and its read shadow (SDM 25.3). SVM has no such "
		       "shadow, and KVM keeps the intercept on (APM 15.9).",
		.compare = "mov-from-cr0,mov-to-cr4-pge",
		.svm = EXITS(1, SVM_CR_READ(4)),
		.vmx = NO_EXIT,
		.run = run_mov_from_cr4,
	},
	{
		.name = "mov-to-cr4-pge",
		.what = "MOV to CR4 that toggles PGE",
		.why = "Kernels flush the whole TLB in this way. On VMX with EPT the guest owns "
		       "PGE (SDM 25.1.3). On SVM KVM intercepts all writes to CR4 (APM 15.9).",
		.compare = "mov-to-cr0-wp,mov-from-cr4,mov-to-cr3",
		.svm = EXITS(1, SVM_CR_WRITE(4)),
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS, "one with kvm_intel.ept=0"),
		.setup = setup_cr4,
		.teardown = teardown_cr4,
		.prepare = prepare_cr4_pge,
		.run = run_mov_to_cr4,
	},
	{
		.name = "mov-cr8",
		.what = "MOV of 0 to CR8",
		.why = "CR8 is the local APIC's task priority, bits 7:4 (SDM vol. 3A, 10.8.6). A "
		       "TPR shadow takes the write on VMX (SDM 29.3), and V_TPR on SVM (APM "
		       "15.21.2). KVM intercepts it only where a lower priority would let a "
		       "pending interrupt in.",
		.compare = "mov-from-cr8,xapic-tpr",
		.svm = EXITS_VARY(0, 1, SVM_CR_WRITE(8), "one if the VMM has the local APIC"),
		.vmx = EXITS_EITHER(0, 1, EXIT_REASON_CR_ACCESS, EXIT_REASON_TPR_BELOW_THRESHOLD,
				    "one without a TPR shadow or if the VMM has the local APIC"),
		.run = run_mov_cr8,
	},
	{
		.name = "mov-from-cr8",
		.what = "MOV from CR8",
		.why = "The processor reads the TPR shadow (SDM 29.3) or V_TPR (APM 15.21.2).",
		.compare = "mov-cr8,xapic-read",
		.svm = NO_EXIT,
		.vmx = EXITS_VARY(0, 1, EXIT_REASON_CR_ACCESS,
				  "one without a TPR shadow or if the VMM has the local APIC"),
		.run = run_mov_from_cr8,
	},
	{
		.name = "xsetbv",
		.what = "XSETBV of its reset value to XCR0",
		.why = "XSETBV always exits on VMX (SDM 25.1.2), and KVM intercepts it on SVM "
		       "(APM 15.9). The host's own XCR0 may differ, and KVM checks the value.",
		.compare = "mov-to-cr4-pge,cpuid",
		.svm = EXITS_VARY(0, 1, SVM_EXIT_XSETBV,
				  "none on older QEMU's emulated SVM, which lacks the intercept"),
		.vmx = EXITS(1, EXIT_REASON_XSETBV),
		.skip = skip_no_xsave,
		.setup = setup_xsetbv,
		.teardown = teardown_cr4,
		.run = run_xsetbv,
	},
};

const struct op_family family_register = OP_FAMILY(
	"register",
	"Control registers. In no other family do the processors differ more in which bits and "
	"which accesses the guest owns.",
	ops);
