/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions and interrupts: an operation that faults is told, not fatal.
 *
 * There are two ways back.  An instruction that may well fault is written with
 * FAULT_RESUMES(): the handler resumes behind it, so the time measured is that
 * of the fault's delivery as well.  Anything else that faults between
 * trap_guard() and trap_unguard() returns a second time from trap_guard().
 */
#ifndef CPU_TRAP_H
#define CPU_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/* Ours: above the exceptions, one for the local APIC's timer, one spurious. */
#define VECTOR_TIMER	0x40
#define VECTOR_SPURIOUS 0xff

/*
 * An asm text that runs @insn and resumes behind it should it fault.  The table
 * is searched by trap().
 */
#define FAULT_RESUMES(insn)                                                                        \
	"1: " insn "\n"                                                                            \
	"2:\n"                                                                                     \
	".pushsection .ex_table, \"a\"\n"                                                          \
	".quad 1b, 2b\n"                                                                           \
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

/* The last fault that FAULT_RESUMES() survived, -1 if none, and forget it. */
int trap_taken(void);

/* "#GP", "#UD", ...; "vector" for what the manual does not name. */
const char *trap_name(int vector);

#endif
