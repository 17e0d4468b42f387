/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions and interrupts. A fault of an operation is reported and not fatal.
 *
 * There are two ways to recover. For an instruction that is likely to fault use
 * FAULT_RESUMES(): the handler resumes after it, so the measured time includes the
 * delivery of the fault. If anything else faults between trap_guard() and
 * trap_unguard(), trap_guard() returns a second time.
 *
 * FAULT_RESUMES() and TRAP_RESUMES() may be used inside a guard and take precedence.
 * Guards do not nest, because there is one place to return to. Handlers do not nest,
 * because every gate turns interrupts off and trap() does not fault. No instruction
 * causes an NMI or #MC, so these never resume one.
 */
#ifndef CPU_TRAP_H
#define CPU_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The probe's vectors are above the exceptions. Those of IPIs are below the timer's,
 * so that an IPI that is in service, or that the task priority blocks, does not block
 * the watchdog.
 */
#define VECTOR_WAKE	0x30 /* ends another vCPU's HLT, smp.c */
#define VECTOR_IPI	0x31
#define VECTOR_REPLY	0x32
#define VECTOR_TIMER	0x40
#define VECTOR_SPURIOUS 0xff

/*
 * The asm text that runs @insn and resumes after it if it faults. @insn may be several
 * instructions if the first one is the one that faults.
 *
 * trap() looks the address up, first in the entry that it found last. It finds an
 * instruction that faults repeatedly at once, however long the table is.
 */
#define FAULT_RESUMES(insn)                                                                        \
	"1: " insn "\n"                                                                            \
	"2:\n"                                                                                     \
	".pushsection .ex_table, \"a\"\n"                                                          \
	".quad 1b, 2b\n"                                                                           \
	".popsection\n"

/*
 * The same for #BP and #DB, which are traps: they push the address after @insn (SDM
 * vol. 3A, 6.5). Single stepping ends there. Such an entry serves only these two
 * vectors, and one of FAULT_RESUMES() only the others, so that a fault after @insn is
 * not mistaken for @insn's.
 */
#define TRAP_RESUMES(insn)                                                                         \
	insn "\n"                                                                                  \
	     "2:\n"                                                                                \
	     ".pushsection .ex_table, \"a\"\n"                                                     \
	     ".quad 2b, 2b\n"                                                                      \
	     ".popsection\n"

/* Fill the IDT and load it. Interrupts stay off. */
void trap_init(void);

/*
 * Return 0, and later 1 + the vector of a fault. It is a macro, because the function
 * that calls recover_set() must not have returned.
 */
int recover_set(void) __attribute__((returns_twice));
void trap_arm(bool on);
#define trap_guard()   (trap_arm(true), recover_set())
#define trap_unguard() trap_arm(false)

/*
 * While the watchdog is on, a timer interrupt makes trap_guard() return
 * 1 + VECTOR_TIMER.
 */
void trap_watchdog(bool on);

/*
 * Call @handler for interrupts on @vector, from 32 up, on any vCPU. NULL removes it.
 * @handler signals the end of the interrupt unless the code that requested the
 * interrupt does so later.
 */
void trap_handle(int vector, void (*handler)(void));

/*
 * Call @handler at each exception with its frame on the stack. It returns true if the
 * exception happened on another vCPU than the first, which is then halted for good.
 */
void trap_handle_other_vcpus(bool (*handler)(const void *frame));

/* An exception that nothing expects. */
struct trap_fault {
	int vector;
	uint64_t error; /* the code that the processor pushes, or 0 */
	uint64_t rip;
};

/*
 * Call @handler for an exception on the first vCPU that neither resumes nor is guarded.
 * The processor halts if @handler returns or is NULL.
 */
void trap_handle_fatal(void (*handler)(const struct trap_fault *fault));

/* Return and clear the last vector that FAULT_RESUMES() or TRAP_RESUMES() handled, or -1. */
int trap_taken(void);

/* Return "#GP", "#UD" and so on, or "vector" if the manual has no name. */
const char *trap_name(int vector);

#endif
