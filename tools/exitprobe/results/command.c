// SPDX-License-Identifier: GPL-2.0-only
#include "results/command.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/* One more word in the text of several, @words, or the first; what was there is freed. */
static char *joined(char *words, const char *word)
{
	char *longer = words ? xasprintf("%s %s", words, word) : xstrdup(word);

	free(words);
	return longer;
}

/*
 * What QEMU was given besides.  Any beginning of the option's name that is no other's
 * is the option (getopt_long(3)); --qemu alone is another.
 */
static char *qemu_args(const json_t *words)
{
	static const char option[] = "--qemu-";
	const json_t *word;
	char *found = NULL;
	size_t i;

	json_array_foreach(words, i, word) {
		const char *text = json_string_value(word), *value = strchr(text, '=');

		if (strncmp(text, option, sizeof(option) - 1))
			continue;
		value = value ? value + 1 : json_string_value(json_array_get(words, ++i));
		found = value ? joined(found, value) : found;
	}
	return found;
}

/* The last value of --modules, as of any beginning of it that is no other's option. */
static char *modules_of(const json_t *words)
{
	static const char option[] = "--modules", shortest[] = "--m";
	const char *found = NULL;
	const json_t *word;
	size_t i;

	json_array_foreach(words, i, word) {
		const char *text = json_string_value(word), *value = strchr(text, '=');
		size_t length = value ? (size_t)(value - text) : strlen(text);

		if (length < sizeof(shortest) - 1 || length > sizeof(option) - 1 ||
		    strncmp(text, option, length))
			continue;
		found = value ? value + 1 : json_string_value(json_array_get(words, ++i));
	}
	return found && *found ? xstrdup(found) : NULL;
}

void command_read(struct reader *r, const json_t *document, struct results *results)
{
	json_t *words = reader_array(r, document, "command", RESULTS_MAX_WORDS), *word;
	size_t mark = reader_enter(r, "command"), i, inner;

	json_array_foreach(words, i, word) {
		inner = reader_enter_index(r, i);
		if (!json_is_string(word))
			reader_fail(r, NULL, "must be a string");
		reader_leave(r, inner);
		if (r->failed)
			break;
		results->command = joined(results->command, json_string_value(word));
	}
	reader_leave(r, mark);
	if (!results->command)
		results->command = xstrdup("");
	if (r->failed)
		return;
	results->qemu_args = qemu_args(words);
	results->modules = modules_of(words);
}
