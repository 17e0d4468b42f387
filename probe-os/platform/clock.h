/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks outside of the processor, to measure the TSC by. */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdint.h>

/*
 * The TSC's rate in kHz, by the first clock that counts steadily, and in @clock
 * its name: "the ACPI PM timer", "the PIT".  0 and NULL if none counts; 0 and a
 * name if it does, but not in step with the TSC.  Takes 20 ms as a rule, about
 * 100 with a clock that is wrong.
 */
uint64_t clock_measure_tsc(const char **clock);

#endif
