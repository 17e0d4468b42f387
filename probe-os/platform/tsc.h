/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The TSC is checked before it is trusted: it may be emulated, scaled or made
 * of something else, and its rate be told wrongly.
 */
#ifndef PLATFORM_TSC_H
#define PLATFORM_TSC_H

#include <stdbool.h>
#include <stdint.h>

enum tsc_verdict {
	TSC_NOT_CHECKED, /* no rate is told, or no second clock counts steadily */
	TSC_AGREES,	 /* told and measured rates are within 1 % */
	TSC_DISAGREES,
};

struct tsc {
	bool present;	/* CPUID 1 EDX bit 4; without it nothing below is set */
	bool invariant; /* runs at one rate in all states, CPUID 0x80000007 EDX bit 8 */

	uint64_t claimed_khz; /* 0 if nobody tells */
	const char *source;   /* who: "CPUID 0x15", "KVM's clock", ...; or NULL */

	uint64_t measured_khz; /* 0 if not measured */
	const char *clock;     /* against: "the ACPI PM timer", "the PIT"; or NULL */

	uint64_t khz; /* the one to use: claimed unless that is wrong; 0 if unknown */
	enum tsc_verdict verdict;
	char reason[128]; /* for people: why not checked, or what disagrees; else empty */

	bool monotonic;	     /* no reading was lower than one before it */
	uint32_t read_ticks; /* the least between two readings in a row */
	bool read_exits;     /* so many that RDTSC must exit or be emulated */
};

/*
 * Found out and measured at the first call, for at most about 100 ms, with
 * interrupts as they are.  Only after trap_init().  PIT channel 2 may lose its
 * count; the speaker stays off.
 */
const struct tsc *tsc_check(void);

#endif
