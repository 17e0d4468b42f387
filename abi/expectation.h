/* SPDX-License-Identifier: GPL-2.0-only */
/* An expectation in words, for the probe and for those who read its records. */
#ifndef EXPECTATION_H
#define EXPECTATION_H

#include <stddef.h>
#include <stdint.h>

/*
 * "1 IOIO", "0 to 2 NPF or INTR", "1 or more CPUID" for a @max of EXITS_UNBOUNDED, "none"
 * for one of 0: into @text, cut at @size bytes; returns @text.
 */
const char *expectation_text(int64_t min, int64_t max, const char *const *reasons, size_t count,
			     char *text, size_t size);

#endif
