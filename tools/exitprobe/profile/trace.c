// SPDX-License-Identifier: GPL-2.0-only
#include "profile/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/message.h"

/* What of the file is not yet looked at. */
struct rest {
	const unsigned char *at;
	size_t size;
};

/* @count elements of @size bytes, or NULL if the file is too short. */
static const void *take(struct rest *r, uint64_t count, size_t size)
{
	const void *at = r->at;

	if (count > r->size / size)
		return NULL;
	r->at += count * size;
	r->size -= count * size;
	return at;
}

/* Room for what is said of @count records of @size bytes and more, or NULL likewise. */
static void *room_for(const struct rest *r, uint64_t count, size_t size, size_t said)
{
	return count > r->size / size ? NULL : xcalloc(count, said);
}

/*
 * The plugin's records lie one behind the other, blocks of any length; those that
 * follow are copied to where their alignment is right.
 */
static bool take_blocks(struct trace *t, struct rest *r)
{
	t->codes = room_for(r, t->header->blocks, sizeof(struct trace_block), sizeof(*t->codes));
	if (!t->codes)
		return false;
	for (uint32_t i = 0; i < t->header->blocks; i++) {
		struct trace_code *c = &t->codes[i];
		struct trace_block *b;
		const void *from = take(r, 1, sizeof(*b));
		size_t bytes = 0;

		if (!from)
			return false;
		b = xmalloc(sizeof(*b));
		memcpy(b, from, sizeof(*b));
		c->block = b;
		c->sizes = take(r, b->insns, 1);
		c->bytes = take(r, b->bytes, 1);
		if (!c->sizes || !c->bytes)
			return false;
		for (uint32_t k = 0; k < b->insns; k++)
			bytes += c->sizes[k];
		if (bytes != b->bytes)
			return false;
	}
	return true;
}

static bool take_paths(struct trace *t, struct rest *r)
{
	t->paths = room_for(r, t->header->paths, sizeof(struct trace_path), sizeof(*t->paths));
	if (!t->paths)
		return false;
	for (uint32_t i = 0; i < t->header->paths; i++) {
		struct trace_path head, *p;
		const void *from = take(r, 1, sizeof(head)), *steps;
		uint64_t insns = 0;

		if (!from)
			return false;
		memcpy(&head, from, sizeof(head));
		steps = take(r, head.steps, sizeof(struct trace_step));
		if (!steps)
			return false;
		p = xmalloc(sizeof(head) + head.steps * sizeof(struct trace_step));
		*p = head;
		memcpy(p + 1, steps, head.steps * sizeof(struct trace_step));
		t->paths[i] = p;
		for (uint64_t k = 0; k < head.steps; k++) {
			const struct trace_step *s = &trace_steps(p)[k];

			if (s->block != TRACE_USER && (s->block >= t->header->blocks ||
						       s->insns > t->codes[s->block].block->insns))
				return false;
			insns += (uint64_t)s->insns * s->repeat;
		}
		if (insns != head.insns)
			return false;
	}
	return true;
}

static bool take_samples(struct trace *t, struct rest *r)
{
	t->samples =
		room_for(r, t->header->samples, sizeof(struct trace_sample), sizeof(*t->samples));
	if (!t->samples)
		return false;
	for (uint32_t i = 0; i < t->header->samples; i++) {
		struct trace_sample head, *s;
		const void *from = take(r, 1, sizeof(head)), *exits;

		if (!from)
			return false;
		memcpy(&head, from, sizeof(head));
		exits = take(r, head.exits, sizeof(struct trace_exit));
		if (!exits)
			return false;
		s = xmalloc(sizeof(head) + head.exits * sizeof(struct trace_exit));
		*s = head;
		memcpy(s + 1, exits, head.exits * sizeof(struct trace_exit));
		t->samples[i] = s;
		for (uint64_t k = 0; k < head.exits; k++)
			if (trace_exits(s)[k].path != TRACE_NO_PATH &&
			    trace_exits(s)[k].path >= t->header->paths)
				return false;
	}
	return true;
}

static bool take_log(struct trace *t, struct rest *r)
{
	uint32_t *log;
	const void *from = take(r, t->header->log_entries, sizeof(*log));

	if (!from)
		return false;
	log = xcalloc(t->header->log_entries, sizeof(*log));
	memcpy(log, from, t->header->log_entries * sizeof(*log));
	t->log = log;
	for (uint64_t i = 0; i < t->header->log_entries; i++)
		if (log[i] >= t->header->samples)
			return false;
	return !r->size;
}

bool trace_read(struct trace *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	struct rest rest;
	bool whole;

	*t = (struct trace){ 0 };
	if (fd < 0 || fstat(fd, &status) || !status.st_size) {
		error("%s: %s; did the emulator load the plugin?", path,
		      fd < 0 ? strerror(errno) : "empty");
		if (fd >= 0)
			close(fd);
		return false;
	}
	t->file_size = (size_t)status.st_size;
	t->file = mmap(NULL, t->file_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (t->file == MAP_FAILED) {
		error("%s: cannot be mapped: %s", path, strerror(errno));
		t->file = NULL;
		return false;
	}
	rest = (struct rest){ t->file, t->file_size };
	t->header = take(&rest, 1, sizeof(*t->header));
	if (!t->header || t->header->magic != TRACE_MAGIC || t->header->version != TRACE_VERSION) {
		error("%s: not a trace of this exitprobe's plugin; run: make tools", path);
		return false;
	}
	whole = take_blocks(t, &rest) && take_paths(t, &rest) && take_samples(t, &rest) &&
		take_log(t, &rest);
	if (!whole)
		error("%s: a damaged trace; is the disk full?", path);
	return whole;
}

void trace_free(struct trace *t)
{
	for (uint32_t i = 0; t->codes && i < t->header->blocks; i++)
		free((void *)t->codes[i].block);
	for (uint32_t i = 0; t->paths && i < t->header->paths; i++)
		free((void *)t->paths[i]);
	for (uint32_t i = 0; t->samples && i < t->header->samples; i++)
		free((void *)t->samples[i]);
	free(t->codes);
	free(t->paths);
	free(t->samples);
	free((void *)t->log);
	if (t->file)
		munmap(t->file, t->file_size);
	*t = (struct trace){ 0 };
}
