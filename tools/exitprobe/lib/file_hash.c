// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "lib/file_hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/message.h"
#include "lib/paths.h"
#include "lib/sha256.h"

/* As stat -c %d:%i:%s:%.9Y:%.9Z has it. */
static char *identity(const struct stat *st)
{
	return xasprintf("%ju:%ju:%jd:%jd.%09ld:%jd.%09ld", (uintmax_t)st->st_dev,
			 (uintmax_t)st->st_ino, (intmax_t)st->st_size, (intmax_t)st->st_mtim.tv_sec,
			 st->st_mtim.tv_nsec, (intmax_t)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

/* Lines of an identity, a blank and a hash. */
static bool look_up(const char *known, const char *id, char *text)
{
	FILE *file = fopen(known, "re");
	size_t length = strlen(id), size = 0;
	char *line = NULL;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0) {
		found = !strncmp(line, id, length) && line[length] == ' ' &&
			strlen(line) == length + 1 + SHA256_TEXT;
		if (found)
			snprintf(text, SHA256_TEXT, "%s", line + length + 1);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

bool file_hash(const char *path, char *text)
{
	char *known, *id;
	struct stat st;
	FILE *file;
	bool done;

	if (stat(path, &st))
		return false;
	if (!paths_have_cache())
		return sha256_file(path, text);
	known = paths_cache("hashes");
	id = identity(&st);
	done = look_up(known, id, text);
	if (!done) {
		done = sha256_file(path, text);
		/* Without a directory to build in nothing is remembered. */
		file = done ? fopen(known, "ae") : NULL;
		if (file) {
			fprintf(file, "%s %s\n", id, text);
			fclose(file);
		}
	}
	free(id);
	free(known);
	return done;
}
