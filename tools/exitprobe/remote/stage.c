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
	char *bytes = NULL;
	long length = -1;
	FILE *from;

	/* Nothing sets it when the file is empty. */
	errno = 0;
	from = fopen(path, "re");
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

/* The other side takes no more. */
static bool are_sent(char *const *words, size_t *count, char *message, size_t size)
{
	for (*count = 0; words[*count]; ++*count) {
		if (strlen(words[*count]) >= STAGE_WORD_MAX) {
			snprintf(message, size,
				 "%.40s...: is longer than the %d bytes that --host "
				 "sends of an option",
				 words[*count], STAGE_WORD_MAX - 1);
			return false;
		}
	}
	if (*count > STAGE_WORDS_MAX)
		snprintf(message, size, "%zu options are more than the %d that --host sends",
			 *count, STAGE_WORDS_MAX);
	return *count <= STAGE_WORDS_MAX;
}

bool stage_make(struct stage *stage, const char *probe, char *const *words, char *message,
		size_t size)
{
	size_t sizes[2] = { 0 }, count;
	char *program;
	char *files[2] = { NULL, NULL };
	FILE *to;

	*stage = (struct stage){ 0 };
	if (!are_sent(words, &count, message, size))
		return false;
	program = paths_data("exitprobe-static");
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
