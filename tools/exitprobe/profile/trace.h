/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace that the lab's plugin has written, read and checked.
 */
#ifndef PROFILE_TRACE_H
#define PROFILE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

struct trace_code {
	const struct trace_block *block;
	const uint8_t *sizes; /* of each instruction */
	const uint8_t *bytes;
};

struct trace {
	void *file;
	size_t file_size;
	const struct trace_header *header;
	struct trace_code *codes;
	const struct trace_path **paths;
	const struct trace_sample **samples;
	const uint32_t *log;
};

static inline const struct trace_step *trace_steps(const struct trace_path *p)
{
	return (const struct trace_step *)(p + 1);
}

static inline const struct trace_exit *trace_exits(const struct trace_sample *s)
{
	return (const struct trace_exit *)(s + 1);
}

/* False after one line that says why not. */
bool trace_read(struct trace *t, const char *path);
void trace_free(struct trace *t);

#endif
