/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITPROBE_PROFILE_MARKS_H
#define EXITPROBE_PROFILE_MARKS_H

/*
 * The plugin's arguments for the pairs of RDTSC that a sample of the probe @elf
 * lies between: ",mark=0x106801:0x10681b,...".  Allocated; NULL after one line that
 * says why not.
 */
char *profile_marks(const char *elf);

#endif
