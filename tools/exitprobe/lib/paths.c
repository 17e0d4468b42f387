// SPDX-License-Identifier: GPL-2.0-only
/*
 * build/exitprobe lies beside probe.elf in the source tree's build/, or in another
 * directory, whose mark says where the sources are; an installed one,
 * PREFIX/bin/exitprobe, has what is built in PREFIX/lib/exitprobe and the rest in
 * PREFIX/share/exitprobe, and builds in the user's cache directory.
 */
#define _GNU_SOURCE
#include "lib/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"

/* The directory of this program, symbolic links followed. */
static const char *own_directory(void)
{
	static char path[PATH_MAX];
	ssize_t length;
	char *slash;

	if (path[0])
		return path;
	length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	/* Where /proc is not mounted: as the program was called. */
	if (length <= 0)
		length = snprintf(path, sizeof(path), "%s", program_invocation_name);
	path[(size_t)length < sizeof(path) ? (size_t)length : sizeof(path) - 1] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(path, ".");
	return path;
}

static bool is_built(void)
{
	char *probe = xasprintf("%s/probe.elf", own_directory());
	bool built = !access(probe, F_OK);

	free(probe);
	return built;
}

/*
 * @name's path among the sources: those around build/, or else those that the build
 * directory's mark names (scripts/common.sh writes it).
 */
static char *source(const char *name)
{
	char *path = xasprintf("%s/../%s", own_directory(), name);
	char *mark = xasprintf("%s/.exitprobe-build", own_directory());
	FILE *from = access(path, F_OK) ? fopen(mark, "re") : NULL;
	char top[PATH_MAX];

	if (from && fgets(top, sizeof(top), from)) {
		top[strcspn(top, "\n")] = '\0';
		free(path);
		path = xasprintf("%s/%s", top, name);
	}
	if (from)
		fclose(from);
	free(mark);
	return path;
}

static bool is_built_file(const char *name)
{
	const char *dot = strrchr(name, '.');

	return !strncmp(name, "probe", 5) || !strncmp(name, "exitprobe", 9) ||
	       (dot && !strcmp(dot, ".so"));
}

char *paths_data(const char *name)
{
	if (!is_built())
		return xasprintf("%s/../%s/exitprobe/%s", own_directory(),
				 is_built_file(name) ? "lib" : "share", name);
	if (is_built_file(name))
		return xasprintf("%s/%s", own_directory(), name);
	return source(name);
}

char *paths_cache(const char *name)
{
	const char *build = getenv("BUILD");
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (build && *build)
		return xasprintf("%s/%s", build, name);
	if (is_built())
		return xasprintf("%s/%s", own_directory(), name);
	if (cache && *cache)
		return xasprintf("%s/exitprobe/%s", cache, name);
	if (home && *home)
		return xasprintf("%s/.cache/exitprobe/%s", home, name);
	return NULL;
}

bool paths_need_cache(void)
{
	if (paths_have_cache())
		return true;
	error("neither BUILD, XDG_CACHE_HOME nor HOME is set; set BUILD to a directory to build in");
	return false;
}

bool paths_have_cache(void)
{
	static const char *const names[] = { "BUILD", "XDG_CACHE_HOME", "HOME" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return true;
	}
	return is_built();
}
