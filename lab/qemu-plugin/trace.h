/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the plugin keeps: blocks of code, windows between guests, samples.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace_format.h"

/* A translated block of code; it lives as long as the emulator. */
struct block {
	uint64_t address;
	uint32_t number; /* TRACE_NO_BLOCK: there was no room to keep it */
	uint32_t insns;
};

#define TRACE_NO_BLOCK 0xfffffffeu

/*
 * Keep a block: @record is a trace_block with what follows it, @size bytes whole.
 * NULL only without memory.
 */
const struct block *trace_block(const void *record, uint32_t size);

/*
 * A window begins; of its @insns first instructions of @block were begun; @insns of
 * userspace; it ends, having had @total instructions.  Returns its path or
 * TRACE_NO_PATH.  @sampled: in a sample; other paths have less room.
 */
void trace_window_begin(void);
void trace_window_step(const struct block *block, uint32_t insns);
void trace_window_user(uint64_t insns);
uint32_t trace_window_end(uint64_t total, bool sampled);
void trace_window_unseen(void);

/* A sample begins at mark @from; an exit in it; it ends. */
void trace_sample_begin(uint64_t from);
void trace_sample_exit(uint32_t path, uint64_t guest);
void trace_sample_end(uint64_t to, uint64_t insns, uint64_t guest_last);

/* Write all to @file.  False: errno says why not. */
bool trace_write(const char *file);

#endif
