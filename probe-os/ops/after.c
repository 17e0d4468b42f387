// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an exit leaves behind. The host uses caches, TLB and predictors of the processor, and
 * some hosts flush some of them on the way (SDM 28.4; APM 15.16; Linux, admin-guide/hw-vuln).
 * The guest pays for that after the exit: no round trip shows it. A row walks a working set
 * once without an exit before it, once right after one, and once more without. Its figure
 * is the second walk less the mean of the others.
 */
#include "ops/after.h"

#include "cpu/emulated.h"
#include "cpu/insn.h"
#include "ops/delivery.h"
#include "ops/halt.h"
#include "ops/ops.h"
#include "ops/ports.h"
#include "ops/skip.h"
#include "ops/walk.h"

/* As of hlt-timer: KVM stops polling and yields the processor. */
#define HLT_TSC 1000000

static uint64_t planted;
static int64_t figure;

void after_plant(uint64_t steps)
{
	planted = steps;
}

static void walks(void (*exit)(void))
{
	int64_t before, after, again;

	walk(0);
	before = walk(0);
	if (exit)
		exit();
	after = walk(exit ? planted : 0);
	again = walk(0);
	figure = after - (before + again) / 2;
}

static int64_t figure_after(void)
{
	return figure;
}

static void exit_cpuid(void)
{
	cpuid(0, 0);
}

static void exit_user(void)
{
	inl(PORT_UNMAPPED);
}

static void exit_halt(void)
{
	halt_arm(HLT_TSC);
	halt_until_due();
}

static void run_none(void)
{
	walks(NULL);
}

static void run_cpuid(void)
{
	walks(exit_cpuid);
}

static void run_user(void)
{
	walks(exit_user);
}

static void run_hlt(void)
{
	walks(exit_halt);
}

static void setup_l1(void)
{
	walk_setup(WALK_L1);
	halt_setup();
}

static void setup_l2(void)
{
	walk_setup(WALK_L2);
	halt_setup();
}

static void setup_tlb(void)
{
	walk_setup(WALK_TLB);
	halt_setup();
}

static void setup_jumps(void)
{
	walk_setup(WALK_JUMPS);
	halt_setup();
}

static void teardown(void)
{
	delivery_teardown_timer();
	walk_teardown();
}

static const char *skip_no_memory(void)
{
	return walk_has_memory() ? NULL : "no 1 MiB of memory left (QEMU: -m 16)";
}

/* Thousands of loads at a thousand ticks each are as long as an instruction that hangs. */
static const char *skip_l2(void)
{
	return instructions_emulated() ? "the host emulates every instruction: too slow for it"
				       : skip_no_memory();
}

static const char *skip_nothing(void)
{
	return NULL;
}

/* The reasons of the rows of a set: that of @set_skip, and what the kind of exit needs. */
#define SKIPS(set, set_skip)                                                                       \
	static const char *skip_cpuid_##set(void)                                                  \
	{                                                                                          \
		return set_skip();                                                                 \
	}                                                                                          \
	static const char *skip_user_##set(void)                                                   \
	{                                                                                          \
		const char *why = set_skip();                                                      \
                                                                                                   \
		return why ? why : skip_no_hypervisor();                                           \
	}                                                                                          \
	static const char *skip_hlt_##set(void)                                                    \
	{                                                                                          \
		const char *why = set_skip();                                                      \
                                                                                                   \
		return why ? why : skip_no_timer();                                                \
	}

SKIPS(l1, skip_no_memory)
SKIPS(l2, skip_l2)
SKIPS(tlb, skip_no_memory)
SKIPS(jumps, skip_nothing)

#define ROW(kind, text, set, title, ...)                                                           \
	{                                                                                          \
		.name = "after-" #kind "-" #set, .what = title ": " text, .setup = setup_##set,    \
		.run = run_##kind, .figure = figure_after, .teardown = teardown, __VA_ARGS__,      \
	}

/* Nothing comes between the walks: the figure is how far the others can be trusted. */
#define NONE(set, title)                                                                           \
	ROW(none, "with nothing between the walks", set, title,                                    \
	    .why = "The control of the rows below: it must be 0. If its interval does not hold "   \
		   "0, the processor's speed changes too much to tell what an exit leaves "        \
		   "behind.",                                                                      \
	    .compare = "after-cpuid-" #set ",after-user-" #set ",after-hlt-" #set, .svm = NO_EXIT, \
	    .vmx = NO_EXIT, .skip = skip_cpuid_##set)

#define CPUID(set, title)                                                                          \
	ROW(cpuid, "walked after a CPUID", set, title,                                             \
	    .why = "The exit is that of cpuid, which KVM handles in the kernel. The figure is "    \
		   "what the walk takes longer than without it.",                                  \
	    .compare = "after-none-" #set ",cpuid", .svm = EXITS(1, SVM_EXIT_CPUID),               \
	    .vmx = EXITS(1, EXIT_REASON_CPUID), .skip = skip_cpuid_##set)

#define USER(set, title)                                                                           \
	ROW(user, "walked after a port read that the VMM answers", set, title,                     \
	    .why = "As after-cpuid, with the exit of inl-user: the VMM runs as well, and the way " \
		   "there and back may flush predictors and buffers.",                             \
	    .compare = "after-none-" #set ",inl-user", .svm = EXITS(1, SVM_EXIT_IOIO),             \
	    .vmx = EXITS(1, EXIT_REASON_IO_INSTRUCTION), .skip = skip_user_##set)

#define HLT(set, title)                                                                            \
	ROW(hlt, "walked after HLT, woken by the timer", set, title,                               \
	    .why = "As after-cpuid, with the exits that arm the timer and halt, as in hlt-timer: " \
		   "the host runs its scheduler, and other threads if there are any.",             \
	    .compare = "after-none-" #set ",hlt-timer", .uses_timer = true,                        \
	    .svm = EXITS_AMONG(0, 4, TIMER, SVM_EXIT_MSR, SVM_EXIT_NPF, SVM_EXIT_PF, SVM_EXIT_HLT, \
			       SVM_EXIT_INTR, SVM_EXIT_AVIC_UNACCELERATED_ACCESS),                 \
	    .vmx = EXITS_AMONG(0, 4, TIMER, EXIT_REASON_MSR_WRITE, EXIT_REASON_APIC_ACCESS,        \
			       EXIT_REASON_APIC_WRITE, EXIT_REASON_EPT_VIOLATION,                  \
			       EXIT_REASON_EXCEPTION_NMI, EXIT_REASON_HLT,                         \
			       EXIT_REASON_EXTERNAL_INTERRUPT, EXIT_REASON_PREEMPTION_TIMER),      \
	    .skip = skip_hlt_##set, .finish = delivery_finish_timer, .failed = delivery_failed)

#define TIMER                                                                                       \
	"how the timer is armed, and whether the VMM lets the guest idle by itself (then none for " \
	"HLT)"

#define ROWS(set, title) NONE(set, title), CPUID(set, title), USER(set, title), HLT(set, title)

static const struct op ops[] = {
	ROWS(l1, "data of three quarters of the L1 cache"),
	ROWS(l2, "data of three quarters of the L2 cache"),
	ROWS(tlb, "translations of 64 pages"),
	ROWS(jumps, "256 indirect jumps"),
};

const struct op_family family_after = OP_FAMILY(
	"after",
	"What an exit leaves behind: how much longer a walk of a working set takes after an exit. "
	"The figure is that difference alone, without the exit's own round trip, and it has no "
	"parts. It is 0 where nothing was lost, and may be negative by chance; the differences below "
	"the table say which is which. In the lab, whose clock counts instructions, all are 0.",
	ops);
