/* SPDX-License-Identifier: GPL-2.0-only */
/* The buffers of an instance of tracefs, one for each processor. */
#ifndef COUNTS_BUFFERS_H
#define COUNTS_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <tracefs.h>

struct buffers;

struct buffers *buffers_open(struct tracefs_instance *instance);

/* Read the next page of @size bytes at most.  False: there is none. */
bool buffers_read(struct buffers *buffers, void *page, size_t size);

/* How many events have been lost since the instance was made. */
unsigned long long buffers_lost(const struct buffers *buffers);

void buffers_close(struct buffers *buffers);

#endif
