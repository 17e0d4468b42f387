// SPDX-License-Identifier: GPL-2.0-only
#include "remote/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "lib/paths.h"

/* One line, and no quotes, "!" or backslash in it: the user's shell there may be any.
 * dd reads no more than it is to, unlike head. */
#define SCRIPT                                                                                     \
	"exec sh -c 'umask 077; "                                                                  \
	"d=$(mktemp -d \"${TMPDIR:-/tmp}/exitprobe.XXXXXX\") || exit 2; "                          \
	"c() { rm -rf \"$d\"; }; trap c EXIT; trap \"exit 2\" HUP INT TERM PIPE; "                 \
	"dd of=\"$d/exitprobe\" bs=%zu count=1 iflag=fullblock 2>\"$d/dd\" && "                    \
	"dd of=\"$d/probe.elf\" bs=%zu count=1 iflag=fullblock 2>\"$d/dd\" || "                    \
	"{ cat \"$d/dd\" >&2; exit 2; }; "                                                         \
	"rm -f \"$d/dd\"; chmod 700 \"$d/exitprobe\"; \"$d/exitprobe\" run --agent \"$d\"'"

static char *read_all(const char *path, size_t *size, char *message, size_t message_size)
{
	FILE *from = fopen(path, "re");
	char *bytes = NULL;
	long length = -1;

	if (from && !fseek(from, 0, SEEK_END))
		length = ftell(from);
	if (length > 0) {
		rewind(from);
		bytes = xmalloc((size_t)length);
		*size = fread(bytes, 1, (size_t)length, from);
	}
	if (!bytes || *size != (size_t)length) {
		snprintf(message, message_size,
			 "%s: %s; --host sends it to the machines, and make tools probe builds it",
			 path, errno ? strerror(errno) : "is empty");
		free(bytes);
		bytes = NULL;
	}
	if (from)
		fclose(from);
	return bytes;
}

bool stage_make(struct stage *stage, const char *probe, char *const *words, char *message,
		size_t size)
{
	char *program = paths_data("exitprobe-static");
	size_t sizes[2] = { 0 }, count = 0;
	char *files[2] = { NULL, NULL };
	FILE *to;

	*stage = (struct stage){ 0 };
	files[0] = read_all(program, &sizes[0], message, size);
	if (files[0])
		files[1] = read_all(probe, &sizes[1], message, size);
	if (files[1]) {
		stage->script = xasprintf(SCRIPT, sizes[0], sizes[1]);
		to = open_memstream(&stage->input, &stage->input_size);
		if (!to) {
			out_of_memory("what is sent");
			return false;
		}
		fwrite(files[0], 1, sizes[0], to);
		fwrite(files[1], 1, sizes[1], to);
		while (words[count])
			count++;
		fprintf(to, "%zu\n", count);
		for (size_t i = 0; i < count; i++)
			fwrite(words[i], 1, strlen(words[i]) + 1, to);
		if (fclose(to))
			out_of_memory("what is sent");
	}
	free(files[0]);
	free(files[1]);
	free(program);
	return stage->script;
}

void stage_free(struct stage *stage)
{
	free(stage->script);
	free(stage->input);
	*stage = (struct stage){ 0 };
}
