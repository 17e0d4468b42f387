// SPDX-License-Identifier: GPL-2.0-only
#include "lib/format_choice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAMES_SIZE 128

static const struct format *next(const struct format *format, size_t row_size)
{
	return (const void *)((const char *)format + row_size);
}

/* "text, json or html": all that are known. */
static void list_names(const struct format *first, size_t row_size, char *names)
{
	size_t used = 0;

	*names = '\0';
	for (const struct format *f = first; f->name && used < NAMES_SIZE; f = next(f, row_size))
		used += (size_t)snprintf(names + used, NAMES_SIZE - used, "%s%s",
					 f == first		   ? ""
					 : next(f, row_size)->name ? ", "
								   : " or ",
					 f->name);
}

static bool has_suffix(const struct format *format, const char *suffix)
{
	for (size_t i = 0; i < FORMAT_SUFFIXES && format->suffixes[i]; i++)
		if (!strcmp(suffix, format->suffixes[i]))
			return true;
	return false;
}

/* Not a directory's. */
static const char *suffix_of(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	return dot && !strchr(dot, '/') ? dot : NULL;
}

const void *format_choose(const void *rows, size_t row_size, const char *name, const char *path,
			  char *message, size_t size)
{
	const char *suffix = name ? NULL : suffix_of(path);
	char names[NAMES_SIZE];

	if (!name && !suffix)
		return rows;
	for (const struct format *f = rows; f->name; f = next(f, row_size))
		if (name ? !strcmp(name, f->name) : has_suffix(f, suffix))
			return f;
	list_names(rows, row_size, names);
	if (name)
		snprintf(message, size, "--format %s: unknown; use %s", name, names);
	else
		snprintf(message, size, "%s: the suffix %s names no format; use -f %s", path,
			 suffix, names);
	return NULL;
}
