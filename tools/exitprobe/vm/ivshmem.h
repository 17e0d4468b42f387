/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe's records, as they come through memory that it shares with us (QEMU's
 * ivshmem-plain): bytes without a gap, zeros behind them.  Unlike a serial port this
 * costs the guest no exits.
 */
#ifndef VM_IVSHMEM_H
#define VM_IVSHMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/results_writer.h"

struct shared {
	int fd; /* of the memory, for QEMU to inherit */
	const volatile char *memory;
	size_t taken; /* bytes read so far */
	unsigned int lines;
	uint32_t crc;
	bool ended; /* the end record is there */
	bool bad;   /* a line was no JSON object */
	bool whole; /* there is no such line, and it agrees with those above it */
};

#define SHARED_SIZE (4u << 20)

/* Make the memory.  False with errno. */
bool shared_open(struct shared *shared);

/* Hand the records that are new to @doc.  Returns how many. */
unsigned int shared_take(struct shared *shared, struct document *doc);
void shared_close(struct shared *shared);

#endif
