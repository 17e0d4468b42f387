/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROFILE_MARKS_H
#define PROFILE_MARKS_H

#include <stdbool.h>

/*
 * The plugin's arguments for the pairs of RDTSC that a sample of the probe @elf
 * lies between: ",mark=0x106801:0x10681b,...".  Allocated; NULL after one line that
 * says why not.
 */
char *profile_marks(const char *elf);

/*
 * Whether the probe @elf may have an operation called @op: it has that text.  A boot
 * of the lab would only say so later.  False after one line.
 */
bool profile_has_operation(const char *elf, const char *op);

#endif
