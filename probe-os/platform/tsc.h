/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Check the TSC before the probe trusts it. The hypervisor may emulate, scale or replace
 * it, and may report a wrong rate.
 */
#ifndef PLATFORM_TSC_H
#define PLATFORM_TSC_H

#include <stdbool.h>
#include <stdint.h>

#include "record_fields.h"

struct tsc {
	bool present;	/* CPUID 1 EDX bit 4; without it the rest is not set */
	bool invariant; /* it runs at one rate in all states, CPUID 0x80000007 EDX bit 8 */

	uint64_t claimed_khz; /* 0 if nothing claims a rate */
	const char *source;   /* of the claim: "CPUID 0x15", "KVM's clock", ...; or NULL */

	uint64_t measured_khz; /* 0 if it was not measured */
	const char *clock;     /* the reference: "the ACPI PM timer", "the PIT"; or NULL */

	uint64_t khz; /* the rate to use: the claimed one unless it is wrong; 0 if unknown */
	enum tsc_verdict verdict;
	char reason[128]; /* why it was not checked or what disagrees; else empty */

	bool monotonic;	     /* no reading was lower than an earlier one */
	uint32_t read_ticks; /* the fewest ticks between two readings in a row */
	bool read_exits;     /* they are so many that RDTSC exits or is emulated */
};

/*
 * Return what is known about the TSC. The first call measures it for at most about
 * 100 ms, and leaves interrupts as they are. It needs trap_init(). PIT channel 2 may
 * lose its count; the speaker stays off.
 */
const struct tsc *tsc_check(void);

#endif
