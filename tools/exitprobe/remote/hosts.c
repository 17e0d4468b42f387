// SPDX-License-Identifier: GPL-2.0-only
#include "remote/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* As many as a name of the domain system and a user's name have together. */
#define NAME_MAX_BYTES (255 + 1 + 32)

/* A leading "-" is an option to ssh, a leading "." a hidden file or a path. */
static bool is_part(const char *text, size_t length, const char *allowed)
{
	return length && *text != '-' && *text != '.' && strspn(text, allowed) >= length;
}

/* What is wrong with @name, or NULL. */
static const char *objection(const char *name)
{
	const char *at = strchr(name, '@');
	const char *machine = at ? at + 1 : name;

	if (!*name)
		return "is empty";
	if (strlen(name) > NAME_MAX_BYTES)
		return "is too long for a name";
	/* IPv6 has colons; a port is ssh's configuration's. */
	if (!is_part(machine, strlen(machine), LETTERS "._-:") ||
	    (at && !is_part(name, (size_t)(at - name), LETTERS "._-")))
		return "is no name of a machine as user@machine, of letters, digits, dots, hyphens "
		       "and colons; name ports and users with other characters in ~/.ssh/config, "
		       "and give its Host";
	return NULL;
}

static bool is_there(const struct hosts *hosts, const char *machine)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (!strcmp(hosts->machines[i], machine))
			return true;
	return false;
}

static bool add(struct hosts *hosts, const char *name, char *message, size_t size)
{
	const char *at = strchr(name, '@'), *machine = at ? at + 1 : name;
	const char *why = objection(name);

	if (!why && is_there(hosts, machine))
		why = "is there twice: its results are one file";
	if (!why && hosts->count == HOSTS_MAX)
		why = "is one too many; start several runs";
	if (why) {
		snprintf(message, size, "--host %.300s: %s", name, why);
		return false;
	}
	hosts->names = xrealloc(hosts->names, (hosts->count + 1) * sizeof(*hosts->names));
	hosts->machines = xrealloc(hosts->machines, (hosts->count + 1) * sizeof(*hosts->machines));
	hosts->names[hosts->count] = xstrdup(name);
	hosts->machines[hosts->count++] = xstrdup(machine);
	return true;
}

bool hosts_add(struct hosts *hosts, const char *list, char *message, size_t size)
{
	char *words = xstrdup(list), *next = words, *word;
	bool added = true;

	while (added && (word = strsep(&next, ",")))
		added = add(hosts, word, message, size);
	free(words);
	return added;
}
