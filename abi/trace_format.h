/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that the plugin leaves for exitprobe profile: one trace_header, then
 * its blocks, paths, samples and log, in this order, little-endian as both sides
 * are.  All sizes are of what follows, so that a short file is recognised.
 *
 * A window is what runs between two guests: from the instruction after VMRUN up to
 * and including the next VMRUN.  A path is a window's instructions; windows with
 * the same instructions share one.  A sample is what happens between two of the
 * guest's marks (the probe's bracket), samples with the same windows share one,
 * and the log has their order.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC   0x3145464f52505845 /* "EXPROFE1" */
#define TRACE_VERSION 1

/* What a path's step may have instead of a block: so many of userspace. */
#define TRACE_USER 0xffffffffu

/* What a sample has instead of a path that was not stored, for want of room. */
#define TRACE_NO_PATH 0xffffffffu

struct trace_header {
	uint64_t magic;
	uint32_t version;
	uint32_t blocks;
	uint32_t paths;
	uint32_t samples;
	uint64_t log_entries;	 /* uint32_t each: a sample's index */
	uint64_t windows;	 /* seen since the first mark */
	uint64_t windows_unkept; /* of which the path was not stored */
	uint64_t samples_unkept; /* not in the log */
	uint64_t windows_before; /* the first mark */
};

/* Then insns bytes: each instruction's size; then bytes bytes: the instructions. */
struct trace_block {
	uint64_t address;
	uint32_t insns;
	uint32_t bytes;
};

/* So many of the block's first instructions were begun, so many times in a row. */
struct trace_step {
	uint32_t block; /* or TRACE_USER */
	uint32_t insns;
	uint32_t repeat;
};

/* Then steps trace_steps. */
struct trace_path {
	uint64_t windows; /* that took it, in samples and outside */
	uint64_t outside; /* of them, those outside of samples */
	uint64_t insns;	  /* of one window, userspace included */
	uint64_t steps;
};

/* Then exits trace_exits. */
struct trace_sample {
	uint64_t from, to; /* addresses of the guest's marks */
	uint64_t insns;	   /* begun from the first mark to the last, all levels */
	uint64_t exits;
	uint64_t guest_last; /* guest's instructions after the last entry */
};

struct trace_exit {
	uint32_t path;	/* or TRACE_NO_PATH */
	uint32_t guest; /* the guest's instructions begun before this exit */
};

#endif
