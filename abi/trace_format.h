/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that the plugin writes for exitprobe profile: one trace_header, then its
 * blocks, paths, samples and log, in this order. It is little-endian, as both sides are.
 * The header has the sizes of everything that follows, so that a reader recognizes a
 * truncated file.
 *
 * A window is the code that runs between two stays in the guest: from the instruction
 * after VMRUN up to and including the next VMRUN. A path is the instructions of a window;
 * windows with the same instructions share a path. A sample is everything between two of
 * the guest's marks, which the probe has around its samples. Samples with the same windows
 * share an entry, and the log has their order.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC   0x3145464f52505845 /* "EXPROFE1" */
#define TRACE_VERSION 1

/* In place of a block, a path's step may have this many instructions of userspace. */
#define TRACE_USER 0xffffffffu

/* In place of a path that was not stored for lack of room. */
#define TRACE_NO_PATH 0xffffffffu

struct trace_header {
	uint64_t magic;
	uint32_t version;
	uint32_t blocks;
	uint32_t paths;
	uint32_t samples;
	uint64_t log_entries;	 /* uint32_t each: a sample's index */
	uint64_t windows;	 /* since the first mark */
	uint64_t windows_unkept; /* windows whose path was not stored */
	uint64_t samples_unkept; /* samples that are not in the log */
	uint64_t windows_before; /* windows before the first mark */
};

/* insns bytes follow, the size of each instruction; then bytes bytes, the instructions. */
struct trace_block {
	uint64_t address;
	uint32_t insns;
	uint32_t bytes;
};

/* How many of the block's first instructions were begun, and how many times in a row. */
struct trace_step {
	uint32_t block; /* or TRACE_USER */
	uint32_t insns;
	uint32_t repeat;
};

/* steps trace_steps follow. */
struct trace_path {
	uint64_t windows; /* windows that took it, in samples and outside */
	uint64_t outside; /* those of them outside of samples */
	uint64_t insns;	  /* instructions of one window, with userspace */
	uint64_t steps;
};

/* exits trace_exits follow. */
struct trace_sample {
	uint64_t from, to; /* addresses of the guest's marks */
	uint64_t insns;	   /* begun from the first mark to the last, at all levels */
	uint64_t exits;
	uint64_t guest_last; /* guest's instructions after the last entry */
};

struct trace_exit {
	uint32_t path;	/* or TRACE_NO_PATH */
	uint32_t guest; /* the guest's instructions begun before this exit */
};

#endif
