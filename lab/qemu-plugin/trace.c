// SPDX-License-Identifier: GPL-2.0-only
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intern.h"

#define MIB (1024u * 1024u)

/*
 * The limits of memory, however long the run is. A whole run of the probe takes a tenth of
 * them. Past a limit, windows are counted but not kept, and the header says how many.
 */
#define BLOCKS_LIMIT  (64 * MIB)
#define PATHS_LIMIT   (128 * MIB)
#define OUTSIDE_LIMIT (32 * MIB)
#define SAMPLES_LIMIT (32 * MIB)
#define STEPS_MAX     (4 * MIB) /* in one window */
#define EXITS_MAX     65536	/* in one sample */
#define LOG_MAX	      (4 * MIB) /* samples */

static struct intern blocks, paths, samples;

static const struct block **block_of; /* indexed by number */
static uint32_t block_room;

/* The counts of each path. A path's record in the table has zeros there. */
static struct path_count {
	uint64_t windows, outside;
} * counts;
static uint32_t count_room;

static struct trace_header header = { .magic = TRACE_MAGIC, .version = TRACE_VERSION };
static uint32_t *sample_log;
static size_t log_room;

/* The open window in the form in which it is kept: a trace_path and its steps. */
static struct {
	struct trace_path *record;
	size_t room; /* steps */
	bool lost;   /* a part of it could not be kept */
} window;

/* The same for the sample. */
static struct {
	struct trace_sample *record;
	size_t room; /* exits */
	bool lost;
} sample;

/* Grow @memory, which has *@room elements of @size bytes after @head, by at least one. */
static void *room_for(void *memory, size_t *room, size_t used, size_t head, size_t size)
{
	size_t more = *room ? 2 * *room : 1024;

	if (memory && used < *room)
		return memory;
	memory = realloc(memory, head + more * size);
	if (memory)
		*room = more;
	return memory;
}

const struct block *trace_block(const void *record, uint32_t size)
{
	const struct trace_block *r = record;
	uint32_t number = intern_add(&blocks, record, size, BLOCKS_LIMIT);
	struct block *b;

	if (number != INTERN_NONE && number < block_room && block_of[number])
		return block_of[number];
	b = malloc(sizeof(*b));
	if (!b)
		return NULL;
	*b = (struct block){ .address = r->address, .number = TRACE_NO_BLOCK, .insns = r->insns };
	if (number == INTERN_NONE)
		return b;
	if (number >= block_room) {
		uint32_t more = block_room ? 2 * block_room : 4096;
		const struct block **larger = realloc(block_of, more * sizeof(*larger));

		if (!larger)
			return b;
		memset(larger + block_room, 0, (more - block_room) * sizeof(*larger));
		block_of = larger;
		block_room = more;
	}
	b->number = number;
	block_of[number] = b;
	return b;
}

void trace_window_begin(void)
{
	window.lost = false;
	if (window.record)
		*window.record = (struct trace_path){ 0 };
}

static void add_step(uint32_t block, uint32_t insns)
{
	struct trace_path *p = window.record;
	struct trace_step *steps;
	void *larger;

	if (window.lost)
		return;
	if (p && p->steps) {
		struct trace_step *last = (struct trace_step *)(p + 1) + p->steps - 1;

		if (last->block == block && last->insns == insns && last->repeat < UINT32_MAX) {
			last->repeat++;
			return;
		}
	}
	if (block == TRACE_NO_BLOCK || (p && p->steps == STEPS_MAX)) {
		window.lost = true;
		return;
	}
	larger = room_for(p, &window.room, p ? p->steps : 0, sizeof(*p), sizeof(*steps));
	if (!larger) {
		window.lost = true;
		return;
	}
	if (!p)
		*(struct trace_path *)larger = (struct trace_path){ 0 };
	p = window.record = larger;
	steps = (struct trace_step *)(p + 1);
	steps[p->steps++] = (struct trace_step){ block, insns, 1 };
}

void trace_window_step(const struct block *block, uint32_t insns)
{
	add_step(block->number, insns);
}

void trace_window_user(uint64_t insns)
{
	for (; insns > UINT32_MAX; insns -= UINT32_MAX)
		add_step(TRACE_USER, UINT32_MAX);
	add_step(TRACE_USER, (uint32_t)insns);
}

uint32_t trace_window_end(uint64_t total, bool sampled)
{
	struct trace_path *p = window.record;
	uint32_t number = INTERN_NONE;

	header.windows++;
	if (!window.lost && p) {
		p->insns = total;
		number = intern_add(&paths, p, sizeof(*p) + p->steps * sizeof(struct trace_step),
				    sampled ? PATHS_LIMIT : OUTSIDE_LIMIT);
	}
	if (number != INTERN_NONE && number >= count_room) {
		uint32_t more = count_room ? 2 * count_room : 4096;
		struct path_count *larger = realloc(counts, more * sizeof(*larger));

		if (larger) {
			memset(larger + count_room, 0, (more - count_room) * sizeof(*larger));
			counts = larger;
			count_room = more;
		}
	}
	if (number == INTERN_NONE || number >= count_room) {
		header.windows_unkept++;
		return TRACE_NO_PATH;
	}
	counts[number].windows++;
	counts[number].outside += !sampled;
	return number;
}

void trace_window_unseen(void)
{
	header.windows_before++;
}

void trace_sample_begin(uint64_t from)
{
	sample.lost = false;
	sample.record = room_for(sample.record, &sample.room, 0, sizeof(*sample.record),
				 sizeof(struct trace_exit));
	if (sample.record)
		*sample.record = (struct trace_sample){ .from = from };
	else
		sample.lost = true;
}

void trace_sample_exit(uint32_t path, uint64_t guest)
{
	struct trace_sample *s = sample.record, *larger;

	if (sample.lost)
		return;
	larger = s->exits == EXITS_MAX || guest > UINT32_MAX
			 ? NULL
			 : room_for(s, &sample.room, s->exits, sizeof(*s),
				    sizeof(struct trace_exit));
	if (!larger) {
		sample.lost = true;
		return;
	}
	sample.record = larger;
	((struct trace_exit *)(larger + 1))[larger->exits++] =
		(struct trace_exit){ path, (uint32_t)guest };
}

void trace_sample_end(uint64_t to, uint64_t insns, uint64_t guest_last)
{
	struct trace_sample *s = sample.record;
	uint32_t number = INTERN_NONE;
	uint32_t *larger;

	if (!sample.lost && header.log_entries < LOG_MAX) {
		s->to = to;
		s->insns = insns;
		s->guest_last = guest_last;
		number = intern_add(&samples, s, sizeof(*s) + s->exits * sizeof(struct trace_exit),
				    SAMPLES_LIMIT);
	}
	larger = number == INTERN_NONE ? NULL
				       : room_for(sample_log, &log_room, header.log_entries, 0,
						  sizeof(*sample_log));
	if (!larger) {
		header.samples_unkept++;
		return;
	}
	sample_log = larger;
	sample_log[header.log_entries++] = number;
}

static bool put(const void *from, size_t size, FILE *to)
{
	return !size || fwrite(from, size, 1, to) == 1;
}

static bool put_all(FILE *to)
{
	header.blocks = blocks.count;
	header.paths = paths.count;
	header.samples = samples.count;
	for (uint32_t i = 0; i < paths.count; i++) {
		size_t size;
		struct trace_path p;
		void *record = intern_get(&paths, i, &size);

		memcpy(&p, record, sizeof(p));
		p.windows = counts[i].windows;
		p.outside = counts[i].outside;
		memcpy(record, &p, sizeof(p));
	}
	return put(&header, sizeof(header), to) && put(blocks.bytes, blocks.used, to) &&
	       put(paths.bytes, paths.used, to) && put(samples.bytes, samples.used, to) &&
	       put(sample_log, header.log_entries * sizeof(*sample_log), to);
}

bool trace_write(const char *file)
{
	FILE *to = fopen(file, "wb");
	bool whole;

	if (!to)
		return false;
	whole = put_all(to);
	return !fclose(to) && whole;
}
