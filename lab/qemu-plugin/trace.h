/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plugin's data: blocks of code, windows between stays in the guest, samples.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace_format.h"

/* A translated block of code; it lives as long as the emulator. */
struct block {
	uint64_t address;
	uint32_t number; /* TRACE_NO_BLOCK if there was no room to keep it */
	uint32_t insns;
};

#define TRACE_NO_BLOCK 0xfffffffeu

/*
 * Keep a block. @record is a trace_block with the data after it, @size bytes in all. Return
 * NULL only if memory is out.
 */
const struct block *trace_block(const void *record, uint32_t size);

/*
 * In this order: a window begins; it executes the first @insns instructions of @block; it
 * executes @insns instructions of userspace; it ends after @total instructions. The end
 * returns its path or TRACE_NO_PATH. With @sampled it is in a sample; other paths have
 * less room.
 */
void trace_window_begin(void);
void trace_window_step(const struct block *block, uint32_t insns);
void trace_window_user(uint64_t insns);
uint32_t trace_window_end(uint64_t total, bool sampled);
void trace_window_unseen(void);

/* A sample begins at mark @from; it contains an exit; it ends. */
void trace_sample_begin(uint64_t from);
void trace_sample_exit(uint32_t path, uint64_t guest);
void trace_sample_end(uint64_t to, uint64_t insns, uint64_t guest_last);

/* Write everything to @file. Return false and set errno if this fails. */
bool trace_write(const char *file);

#endif
