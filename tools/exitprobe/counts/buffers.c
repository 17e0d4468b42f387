// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "counts/buffers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"

struct processor {
	int pipe; /* its buffer, as pages */
	char *statistics;
};

struct buffers {
	struct tracefs_instance *instance;
	size_t count;
	struct processor processors[];
};

struct buffers *buffers_open(struct tracefs_instance *instance)
{
	long most = sysconf(_SC_NPROCESSORS_CONF);
	struct buffers *b = xcalloc(1, sizeof(*b) + (size_t)most * sizeof(b->processors[0]));

	b->instance = instance;
	for (long i = 0; i < most; i++) {
		struct processor *p = &b->processors[b->count];
		char name[64];

		snprintf(name, sizeof(name), "per_cpu/cpu%ld/trace_pipe_raw", i);
		p->pipe = tracefs_instance_file_open(instance, name,
						     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (p->pipe < 0)
			continue;
		snprintf(name, sizeof(name), "per_cpu/cpu%ld/stats", i);
		p->statistics = xstrdup(name);
		b->count++;
	}
	return b;
}

bool buffers_read(struct buffers *buffers, void *page, size_t size)
{
	for (size_t i = 0; i < buffers->count; i++)
		if (read(buffers->processors[i].pipe, page, size) > 0)
			return true;
	return false;
}

unsigned long long buffers_lost(const struct buffers *buffers)
{
	static const char *const names[] = { "overrun: ", "commit overrun: ", "dropped events: " };
	unsigned long long sum = 0;

	for (size_t i = 0; i < buffers->count; i++) {
		char *text = tracefs_instance_file_read(buffers->instance,
							buffers->processors[i].statistics, NULL);

		for (char *line = text; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
				if (!strncmp(line, names[n], strlen(names[n])))
					sum += strtoull(line + strlen(names[n]), NULL, 10);
		}
		free(text);
	}
	return sum;
}

void buffers_close(struct buffers *buffers)
{
	for (size_t i = 0; i < buffers->count; i++) {
		close(buffers->processors[i].pipe);
		free(buffers->processors[i].statistics);
	}
	free(buffers);
}
