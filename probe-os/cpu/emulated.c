// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/emulated.h"

#include "cpu/insn.h"

#define NOPS  256
#define TRIES 8

/*
 * A processor retires several NOPs in a cycle, QEMU's TCG takes less than a tick for one
 * and the lab takes one tick. KVM's emulator takes a thousand or more. A host interrupt can
 * disturb some of the tries but not the shortest.
 */
#define EMULATED_TICKS 100

uint32_t nop_ticks(void)
{
	static uint64_t least = UINT64_MAX;
	static unsigned int tries;

	for (; tries < TRIES; tries++) {
		uint64_t ticks = rdtsc_fenced();

		asm volatile(".rept %c0; nop; .endr" : : "i"(NOPS));
		ticks = rdtsc_fenced() - ticks;
		if (ticks < least)
			least = ticks;
	}
	return (uint32_t)(least / NOPS);
}

bool instructions_emulated(void)
{
	return nop_ticks() >= EMULATED_TICKS;
}
