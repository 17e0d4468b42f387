// SPDX-License-Identifier: GPL-2.0-only
#include "history/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/message.h"
#include "lib/output.h"

#define DIRECTORY "hosts"

bool host_is_name(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-:";

	return *text && *text != '-' && *text != '.' && strlen(text) < HOST_NAME_SIZE &&
	       !text[strspn(text, allowed)];
}

static char *path_of(const char *directory, const char *id)
{
	return xasprintf("%s/" DIRECTORY "/%s", directory, id);
}

/* A name is there as a whole, as a run is; whoever links it first is right. */
static bool write_name(const char *path, const char *name, bool *exists, char *message, size_t size)
{
	struct output output;

	if (!output_open(&output, path, message, size))
		return false;
	fprintf(output.file, "%s\n", name);
	return output_commit_new(&output, exists, message, size);
}

bool host_save(const char *directory, const char *id, const char *name, char *message, size_t size)
{
	char *folder = xasprintf("%s/" DIRECTORY, directory), *path = path_of(directory, id);
	char there[HOST_NAME_SIZE];
	bool exists = false, saved = true;

	if (mkdir(folder, 0777) && errno != EEXIST) {
		snprintf(message, size, "%s: cannot be made: %s", folder, strerror(errno));
		saved = false;
	}
	saved = saved && write_name(path, name, &exists, message, size);
	if (saved && exists) {
		saved = host_load(directory, id, there, message, size);
		if (saved && strcmp(there, name)) {
			snprintf(
				message, size,
				"%s: says that this run is of host %s, not of %s; remove it if that "
				"is wrong",
				path, there, name);
			saved = false;
		}
	}
	free(path);
	free(folder);
	return saved;
}

bool host_load(const char *directory, const char *id, char name[HOST_NAME_SIZE], char *message,
	       size_t size)
{
	char *path = path_of(directory, id), line[HOST_NAME_SIZE + 2];
	FILE *file = fopen(path, "re");
	bool good = true;

	name[0] = '\0';
	if (file) {
		size_t length = fread(line, 1, sizeof(line) - 1, file);

		fclose(file);
		line[length] = '\0';
		good = length > 1 && line[length - 1] == '\n';
		line[length ? length - 1 : 0] = '\0';
		good = good && strlen(line) == length - 1 && host_is_name(line);
		if (good)
			memcpy(name, line, length);
		else
			snprintf(message, size, "%s: is no host's name; remove it", path);
	} else if (errno != ENOENT) {
		good = false;
		snprintf(message, size, "%s: cannot be read: %s", path, strerror(errno));
	}
	free(path);
	return good;
}
