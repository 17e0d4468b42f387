/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probe asks of exitprobe run, which has started this VM and shares memory with it
 * (abi/count_channel.h). Asking causes no exit, but channel_act() rings and halts.
 */
#ifndef CONSOLE_CHANNEL_H
#define CONSOLE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "count_channel.h"

/*
 * Find the channel. An answer may take @patience_tsc ticks; after one that does not come the
 * host is not asked again.
 */
void channel_open(uint64_t patience_tsc);

/* Return the channel, or NULL if nobody answers. */
volatile struct count_channel *channel_get(void);

/* Return the memory of COUNT_ARENA_BYTES that the host can take back, or NULL. */
volatile uint8_t *channel_arena(void);

/* Ask and spin until there is an answer. Return false if none came: there is no channel then. */
bool channel_ask(enum count_request request);

/*
 * The same for what takes longer and happens while nothing is measured: wake the host's
 * program by a character on the console, and halt until it has answered. Return false also if
 * it could not do it.
 */
bool channel_act(enum count_request request);

#endif
