// SPDX-License-Identifier: GPL-2.0-only
#include "platform/frequency.h"

#define NS_PER_MS 1000000ull

uint64_t khz_from_crystal(uint32_t denominator, uint32_t numerator, uint32_t crystal_hz)
{
	return denominator ? (uint64_t)crystal_hz * numerator / denominator / 1000 : 0;
}

uint64_t khz_from_pvclock(uint32_t mul, int8_t shift)
{
	/* 10^6 << 44 still fits. A shift to the right means a TSC above 2 GHz, so 12 is plenty. */
	if (!mul || shift < -12 || shift > 31)
		return 0;
	if (shift < 0)
		return (NS_PER_MS << (32 - shift)) / mul;
	return (NS_PER_MS << 32) / mul >> shift;
}

uint32_t ticks_between(uint32_t from, uint32_t to, uint32_t mask)
{
	return (to - from) & mask;
}

uint64_t khz_from_clock(uint64_t tsc, uint32_t ticks, uint32_t hz)
{
	return ticks ? tsc * hz / ticks / 1000 : 0;
}

bool khz_agree(uint64_t khz, uint64_t reference, unsigned int percent)
{
	uint64_t difference = khz > reference ? khz - reference : reference - khz;

	return khz && reference && difference * 100 <= reference * percent;
}
