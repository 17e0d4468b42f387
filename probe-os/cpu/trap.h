/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions and interrupts: an operation that faults is told, not fatal.
 *
 * There are two ways back.  An instruction that may well fault is written with
 * FAULT_RESUMES(): the handler resumes behind it, so the time measured is that
 * of the fault's delivery as well.  Anything else that faults between
 * trap_guard() and trap_unguard() returns a second time from trap_guard().
 *
 * Nesting: FAULT_RESUMES() and TRAP_RESUMES() may be used inside of a guard and
 * come first.  Guards do not nest, since there is one place to return to.
 * Handlers do not nest, since every gate turns interrupts off and trap() does
 * not fault.  An NMI or #MC is no instruction's doing and never resumes one.
 */
#ifndef CPU_TRAP_H
#define CPU_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Ours: above the exceptions, one for the local APIC's timer, one spurious.  IPIs
 * are below the timer: one that is in service, or held back by the task
 * priority, does not keep the watchdog out.
 */
#define VECTOR_WAKE	0x30 /* ends another vCPU's HLT, smp.c */
#define VECTOR_IPI	0x31
#define VECTOR_REPLY	0x32
#define VECTOR_TIMER	0x40
#define VECTOR_SPURIOUS 0xff

/*
 * An asm text that runs @insn and resumes behind it should it fault.  @insn may
 * be several instructions if it is the first that faults.
 *
 * trap() looks the address up, first in the entry that it found last: what
 * faults over and over is found at once, however long the table is.
 */
#define FAULT_RESUMES(insn)                                                                        \
	"1: " insn "\n"                                                                            \
	"2:\n"                                                                                     \
	".pushsection .ex_table, \"a\"\n"                                                          \
	".quad 1b, 2b\n"                                                                           \
	".popsection\n"

/*
 * The same for #BP and #DB, which are traps: the address that they push is the
 * one behind @insn (SDM vol. 3A, 6.5).  Single stepping ends there.  Only these
 * two are looked for in such an entry, only other vectors in one of
 * FAULT_RESUMES(): so a fault of what follows @insn is not mistaken for @insn's.
 */
#define TRAP_RESUMES(insn)                                                                         \
	insn "\n"                                                                                  \
	     "2:\n"                                                                                \
	     ".pushsection .ex_table, \"a\"\n"                                                     \
	     ".quad 2b, 2b\n"                                                                      \
	     ".popsection\n"

/* Fill the IDT and load it.  Interrupts stay off. */
void trap_init(void);

/*
 * 0, or 1 + the vector of a fault that happened later on.  A macro, since the
 * function that calls recover_set() must still be there.
 */
int recover_set(void) __attribute__((returns_twice));
void trap_arm(bool on);
#define trap_guard()   (trap_arm(true), recover_set())
#define trap_unguard() trap_arm(false)

/*
 * While on, a timer interrupt means that time is up: trap_guard() returns
 * 1 + VECTOR_TIMER.
 */
void trap_watchdog(bool on);

/*
 * Have @handler called for interrupts on @vector, from 32 up, on whichever vCPU
 * they arrive; NULL: none again.  It signals the interrupt's end if who asked
 * for it does not do so later.
 */
void trap_handle(int vector, void (*handler)(void));

/*
 * Have @handler asked about each exception, with its frame on the stack: true if it
 * happened on another vCPU than the first.  That vCPU is then halted for good.
 */
void trap_handle_other_vcpus(bool (*handler)(const void *frame));

/* An exception that nothing expects. */
struct trap_fault {
	int vector;
	uint64_t error; /* the code that the processor pushes, 0 where it pushes none */
	uint64_t rip;
};

/*
 * Have @handler called for an exception on the first vCPU that neither resumes nor is
 * guarded.  The processor is halted if it returns, or if there is none.
 */
void trap_handle_fatal(void (*handler)(const struct trap_fault *fault));

/* The last vector that FAULT_RESUMES() or TRAP_RESUMES() survived, -1 if none, and forget it. */
int trap_taken(void);

/* "#GP", "#UD", ...; "vector" for what the manual does not name. */
const char *trap_name(int vector);

#endif
