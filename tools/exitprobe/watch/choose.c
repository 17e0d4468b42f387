// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "watch/choose.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/* The value of an option of QEMU's at @at up to a comma; two commas are one that is meant. */
static char *value_at(const char *at, const char **behind)
{
	char *value = xmalloc(strlen(at) + 1);
	size_t used = 0;

	while (*at && (*at != ',' || at[1] == ',')) {
		at += *at == ',';
		value[used++] = *at++;
	}
	value[used] = '\0';
	*behind = *at ? at + 1 : at;
	return value;
}

/* "NAME", "NAME,process=P" or "process=P,guest=NAME": the first one needs no key. */
static char *guest_of(const char *option)
{
	static const char key[] = "guest=";
	bool first = true;

	while (*option) {
		char *value = value_at(option, &option);

		if (!strncmp(value, key, strlen(key))) {
			memmove(value, value + strlen(key), strlen(value + strlen(key)) + 1);
			return value;
		}
		if (first && !strchr(value, '='))
			return value;
		free(value);
		first = false;
	}
	return NULL;
}

char *watch_name_of(const char *command_line, size_t length)
{
	const char *end = command_line + length, *word = command_line;
	char *copy, *name = NULL;
	bool is_value = false;

	while (word < end) {
		size_t bytes = strnlen(word, (size_t)(end - word));

		if (is_value) {
			/* The last one counts, as for QEMU. */
			copy = xcalloc(bytes + 1, 1);
			memcpy(copy, word, bytes);
			free(name);
			name = guest_of(copy);
			free(copy);
		}
		is_value = !is_value && ((bytes == 5 && !memcmp(word, "-name", 5)) ||
					 (bytes == 6 && !memcmp(word, "--name", 6)));
		word += bytes + 1;
	}
	if (name && !*name) {
		free(name);
		name = NULL;
	}
	return name;
}

/* Of digits alone, from 1 on; 0: it is not. */
static pid_t pid_at(const char *text, const char **behind)
{
	long pid = 0;

	while (*text >= '0' && *text <= '9' && pid <= INT_MAX / 10 - 1)
		pid = pid * 10 + *text++ - '0';
	*behind = text;
	return (pid_t)pid;
}

bool watch_directory_pid(const char *name, pid_t *pid)
{
	const char *at;

	*pid = pid_at(name, &at);
	if (*pid <= 0 || *at++ != '-' || !*at)
		return false;
	return at[strspn(at, "0123456789")] == '\0' && strlen(name) < WATCH_ID_SIZE;
}

bool watch_is_meant(const char *word, pid_t pid, const char *name)
{
	const char *behind;

	return !word || (pid_at(word, &behind) == pid && !*behind) || (name && !strcmp(word, name));
}
