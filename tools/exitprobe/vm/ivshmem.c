// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/ivshmem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/message.h"
#include "results/records.h"

#define CHANNEL_AT   (IVSHMEM_SIZE - COUNT_CHANNEL_BYTES)
#define RECORDS_SIZE (CHANNEL_AT - COUNT_ARENA_BYTES)

bool ivshmem_open(struct ivshmem *ivshmem)
{
	void *memory;

	*ivshmem = (struct ivshmem){ 0 };
	/* Not close-on-exec: QEMU opens it by its number. */
	ivshmem->fd = memfd_create("exitprobe-records", 0);
	if (ivshmem->fd < 0)
		return false;
	if (ftruncate(ivshmem->fd, IVSHMEM_SIZE))
		goto fail;
	memory = mmap(NULL, IVSHMEM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ivshmem->fd, 0);
	if (memory == MAP_FAILED)
		goto fail;
	ivshmem->memory = memory;
	ivshmem->channel = (void *)((char *)memory + CHANNEL_AT);
	return true;
fail:
	close(ivshmem->fd);
	return false;
}

/* The whole line that begins at @ivshmem->taken, or NULL. */
static char *next_line(struct ivshmem *ivshmem)
{
	size_t at = ivshmem->taken, length;
	char *line, byte = '\0';

	/* Each byte is read once: the probe may write it at any moment. */
	while (at < RECORDS_SIZE && (byte = ivshmem->memory[at]) && byte != '\n')
		at++;
	if (at == RECORDS_SIZE || byte != '\n')
		return NULL;
	length = at + 1 - ivshmem->taken;
	line = xmalloc(length + 1);
	for (size_t i = 0; i < length; i++)
		line[i] = ivshmem->memory[ivshmem->taken + i];
	line[length] = '\0';
	ivshmem->taken = at + 1;
	return line;
}

unsigned int ivshmem_take(struct ivshmem *ivshmem, struct results_writer *writer)
{
	unsigned int count = 0;
	char *line;

	while (!ivshmem->stream.ended && (line = next_line(ivshmem))) {
		json_t *record = record_stream_line(&ivshmem->stream, line);

		free(line);
		if (record && ivshmem->complete)
			ivshmem->complete(ivshmem->data, record);
		if (record)
			results_writer_record(writer, record);
		count++;
	}
	return count;
}

bool ivshmem_take_back(struct ivshmem *ivshmem)
{
	return !fallocate(ivshmem->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, RECORDS_SIZE,
			  COUNT_ARENA_BYTES);
}

void ivshmem_close(struct ivshmem *ivshmem)
{
	munmap((void *)(uintptr_t)ivshmem->memory, IVSHMEM_SIZE);
	close(ivshmem->fd);
}
