/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks outside of the processor that serve to measure the TSC. */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdint.h>

/*
 * Return the TSC's rate in kHz by the first clock that counts steadily, and set @clock
 * to its name: "the ACPI PM timer", "the PIT". Return 0 and set NULL if no clock counts.
 * Return 0 and set a name if a clock counts but disagrees with the TSC. This usually
 * takes 20 ms, and about 100 ms with a clock that is wrong.
 */
uint64_t clock_measure_tsc(const char **clock);

#endif
