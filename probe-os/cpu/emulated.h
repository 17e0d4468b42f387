/* SPDX-License-Identifier: GPL-2.0-only */
/* Find out whether a processor executes this guest's instructions or KVM emulates them. */
#ifndef CPU_EMULATED_H
#define CPU_EMULATED_H

#include <stdbool.h>
#include <stdint.h>

/* Return the TSC ticks of one NOP among many, rounded down. The first call measures. */
uint32_t nop_ticks(void);

/*
 * Some kinds of KVM use no hardware virtualization and emulate every instruction of a
 * guest's kernel. All figures are then the emulator's, and none is that of an exit.
 */
bool instructions_emulated(void);

#endif
