/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether it is a processor that executes this guest's instructions. */
#ifndef CPU_EMULATED_H
#define CPU_EMULATED_H

#include <stdbool.h>
#include <stdint.h>

/* TSC ticks of one NOP among many, rounded down; looked at once. */
uint32_t nop_ticks(void);

/*
 * There are KVMs without a processor's help, whose emulator goes through every
 * instruction of a guest's kernel: all figures are then its own, and none is an exit's.
 */
bool instructions_emulated(void);

#endif
