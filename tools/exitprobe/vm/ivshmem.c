// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/ivshmem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/message.h"

bool shared_open(struct shared *shared)
{
	void *memory;

	*shared = (struct shared){ .crc = (uint32_t)crc32(0, NULL, 0) };
	/* Not close-on-exec: QEMU opens it by its number. */
	shared->fd = memfd_create("exitprobe-records", 0);
	if (shared->fd < 0)
		return false;
	if (ftruncate(shared->fd, SHARED_SIZE))
		goto fail;
	memory = mmap(NULL, SHARED_SIZE, PROT_READ, MAP_SHARED, shared->fd, 0);
	if (memory == MAP_FAILED)
		goto fail;
	shared->memory = memory;
	return true;
fail:
	close(shared->fd);
	return false;
}

/* The whole line that begins at @shared->taken, or NULL. */
static char *next_line(struct shared *shared)
{
	size_t at = shared->taken, length;
	char *line;

	while (at < SHARED_SIZE && shared->memory[at] && shared->memory[at] != '\n')
		at++;
	if (at == SHARED_SIZE || !shared->memory[at])
		return NULL;
	length = at + 1 - shared->taken;
	line = xmalloc(length + 1);
	for (size_t i = 0; i < length; i++)
		line[i] = shared->memory[shared->taken + i];
	line[length] = '\0';
	shared->taken = at + 1;
	return line;
}

static bool is_end(const json_t *record)
{
	const char *kind = json_string_value(json_object_get(record, "record"));

	return kind && !strcmp(kind, "end");
}

static bool agrees(const struct shared *shared, const json_t *end)
{
	json_int_t lines = json_integer_value(json_object_get(end, "records"));
	const char *crc = json_string_value(json_object_get(end, "crc32"));

	return lines == shared->lines && crc && strtoul(crc, NULL, 16) == shared->crc;
}

unsigned int shared_take(struct shared *shared, struct document *doc)
{
	unsigned int count = 0;
	char *line;

	while (!shared->ended && (line = next_line(shared))) {
		json_t *record = json_loads(line, 0, NULL);

		if (is_end(record)) {
			shared->ended = true;
			shared->whole = !shared->bad && agrees(shared, record);
		} else {
			shared->lines++;
			shared->crc = (uint32_t)crc32(shared->crc, (const Bytef *)line,
						      (uInt)strlen(line));
		}
		free(line);
		shared->bad |= !json_is_object(record);
		if (record)
			document_record(doc, record);
		count++;
	}
	return count;
}

void shared_close(struct shared *shared)
{
	munmap((void *)(uintptr_t)shared->memory, SHARED_SIZE);
	close(shared->fd);
}
