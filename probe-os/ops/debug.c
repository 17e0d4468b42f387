// SPDX-License-Identifier: GPL-2.0-only
/* Debug registers. KVM switches them only for a guest that uses them. */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "cpu/trap.h"

#define DR7_RESET 0x400ul /* APM vol. 2, 13.1.1.4 */

/* exit_reasons.h names the first reason of each kind; the others follow by register number. */
#define SVM_DR_READ(number)  (SVM_EXIT_READ_DR0 + (number))
#define SVM_DR_WRITE(number) (SVM_EXIT_WRITE_DR0 + (number))

/*
 * At the first access KVM gives the guest the debug registers until the next exit.
 * CPUID is such an exit, so every run is a first access.
 */
static void prepare_dr(void)
{
	cpuid(0, 0);
}

static void run_mov_from_dr0(void)
{
	uint64_t value;

	asm volatile("mov %%dr0, %0" : "=r"(value));
}

/* 0 is the value after reset. Breakpoint 0 is off, because DR7 has its reset value too. */
static void run_mov_to_dr0(void)
{
	asm volatile("mov %0, %%dr0" : : "r"(0ul) : "memory");
}

static void run_mov_from_dr7(void)
{
	uint64_t value;

	asm volatile("mov %%dr7, %0" : "=r"(value));
}

static void run_mov_to_dr7(void)
{
	asm volatile("mov %0, %%dr7" : : "r"(DR7_RESET) : "memory");
}

/* Break on writes to four bytes by DR0 (SDM vol. 3B, 17.2.4; APM vol. 2, 13.1.1.4). */
#define DR7_WATCH_DR0 (DR7_RESET | 1ul << 0 | 1ul << 16 | 3ul << 18)

static volatile uint32_t watched;

static void setup_watch(void)
{
	asm volatile("mov %0, %%dr0" : : "r"(&watched) : "memory");
	asm volatile("mov %0, %%dr7" : : "r"(DR7_WATCH_DR0) : "memory");
}

static void teardown_watch(void)
{
	run_mov_to_dr7();
	run_mov_to_dr0();
}

static void run_cpuid(void)
{
	cpuid(0, 0);
}

static void run_watchpoint(void)
{
	asm volatile(TRAP_RESUMES("movl $1, %0") : "=m"(watched) : : "memory");
}

static const char *skip_no_watchpoint(void)
{
	int taken;

	trap_taken();
	setup_watch();
	run_watchpoint();
	taken = trap_taken();
	teardown_watch();
	return taken < 0 ? "a write to what DR0 watches raises no #DB" : NULL;
}

static const char why_dr[] =
	"MOV DR exits (SDM 25.1.3, APM 15.9) only the first time: KVM then loads the guest's "
	"debug registers and stops intercepting until the next exit of any kind. The probe "
	"executes CPUID before every run, so that every run is a first time. After the exit the "
	"guest executes the instruction itself.";

#define DR_ROW(op, text, others, svm_reason, function)                                             \
	{                                                                                          \
		.name = (op), .what = (text), .why = why_dr, .compare = (others),                  \
		.svm = EXITS(1, svm_reason), .vmx = EXITS(1, EXIT_REASON_DR_ACCESS),               \
		.prepare = prepare_dr, .run = (function),                                          \
	}

static const struct op ops[] = {
	DR_ROW("mov-from-dr0", "MOV from DR0", "mov-to-dr0,mov-from-dr7", SVM_DR_READ(0),
	       run_mov_from_dr0),
	DR_ROW("mov-to-dr0", "MOV of 0 to DR0", "mov-from-dr0,mov-to-dr7", SVM_DR_WRITE(0),
	       run_mov_to_dr0),
	DR_ROW("mov-from-dr7", "MOV from DR7", "mov-to-dr7,mov-from-dr0", SVM_DR_READ(7),
	       run_mov_from_dr7),
	DR_ROW("mov-to-dr7", "MOV of its reset value to DR7", "mov-from-dr7,mov-to-dr0",
	       SVM_DR_WRITE(7), run_mov_to_dr7),
	{
		.name = "cpuid-watched",
		.what = "CPUID leaf 0 while DR7 has a breakpoint on",
		.why = "Exits as cpuid does. While the guest has a breakpoint on, KVM loads its four "
		       "addresses before every entry, and the host's own after it. A debugger in the "
		       "guest slows every exit down by this.",
		.compare = "cpuid",
		.svm = EXITS(1, SVM_EXIT_CPUID),
		.vmx = EXITS(1, EXIT_REASON_CPUID),
		.setup = setup_watch,
		.teardown = teardown_watch,
		.run = run_cpuid,
	},
	{
		.name = "watchpoint",
		.what = "write to four bytes that DR0 watches: #DB",
		.why = "KVM intercepts every #DB (SDM 25.2, APM 15.12) and injects it, as in db. The "
		       "time includes the guest's delivery, its handler and IRET.",
		.compare = "db,cpuid-watched",
		.faults = true,
		.svm = EXITS(1, SVM_EXIT_EXCP_BASE + 1),
		.vmx = EXITS(1, EXIT_REASON_EXCEPTION_NMI),
		.skip = skip_no_watchpoint,
		.setup = setup_watch,
		.teardown = teardown_watch,
		.run = run_watchpoint,
	},
};

const struct op_family family_debug = OP_FAMILY(
	"debug", "Debug registers. KVM switches them only for a guest that uses them.", ops);
