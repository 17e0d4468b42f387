/* SPDX-License-Identifier: GPL-2.0-only */
/* Compute rates in kHz from what CPUID, KVM and clocks report. 0 is unknown. */
#ifndef PLATFORM_FREQUENCY_H
#define PLATFORM_FREQUENCY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * CPUID 0x15: the TSC has @numerator (EBX) ticks in @denominator (EAX) of a
 * crystal of @crystal_hz (ECX). Return 0 if any of them is 0 (SDM vol. 2A).
 */
uint64_t khz_from_crystal(uint32_t denominator, uint32_t numerator, uint32_t crystal_hz);

/*
 * KVM's clock: ns = ((ticks << @shift) * @mul) >> 32, where a negative shift is one to
 * the right (Documentation/virt/kvm/x86/msr.rst). Return 0 for impossible values.
 */
uint64_t khz_from_pvclock(uint32_t mul, int8_t shift);

/* Return the ticks from @from to @to of a counter with the bits of @mask, within one turn. */
uint32_t ticks_between(uint32_t from, uint32_t to, uint32_t mask);

/* Return the TSC's rate if it made @tsc ticks, below 2^40, in @ticks of a clock of @hz. */
uint64_t khz_from_clock(uint64_t tsc, uint32_t ticks, uint32_t hz);

/* Return whether both are known and differ by at most @percent of the second. */
bool khz_agree(uint64_t khz, uint64_t reference, unsigned int percent);

#endif
