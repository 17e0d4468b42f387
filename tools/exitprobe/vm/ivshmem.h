/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe's records, as they come through memory that it shares with us (QEMU's
 * ivshmem-plain): bytes without a gap, zeros behind them.  Unlike a serial port this
 * costs the guest no exits.  At its end are the arena and the channel of count_channel.h.
 */
#ifndef VM_IVSHMEM_H
#define VM_IVSHMEM_H

#include <stdbool.h>
#include <stddef.h>

#include "count_channel.h"
#include "results/record_stream.h"
#include "results/results_writer.h"

struct ivshmem {
	int fd; /* of the memory, for QEMU to inherit */
	volatile char *memory;
	volatile struct count_channel *channel; /* its end */
	size_t taken;				/* bytes read so far */
	struct record_stream stream;
	/* Called for each record before it is handed on.  May be NULL. */
	void (*complete)(void *data, json_t *record);
	void *data;
};

#define IVSHMEM_SIZE (8u << 20)

/* Take the arena from the guest: its pages are freed.  False with errno. */
bool ivshmem_take_back(struct ivshmem *ivshmem);

/* Make the memory.  False with errno. */
bool ivshmem_open(struct ivshmem *ivshmem);

/* Hand the records that are new to @writer.  Returns how many. */
unsigned int ivshmem_take(struct ivshmem *ivshmem, struct results_writer *writer);
void ivshmem_close(struct ivshmem *ivshmem);

#endif
