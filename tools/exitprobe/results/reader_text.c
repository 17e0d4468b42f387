// SPDX-License-Identifier: GPL-2.0-only
/* Texts that are more than text: what reads them refuses, what writes them avoids. */
#include "results/reader.h"

#include <stdio.h>
#include <string.h>

#include "lib/message.h"

char *reader_fit_text(const char *text, size_t most)
{
	char *fit = xmalloc(strlen(text) + 1);
	size_t used = 0;

	while (*text && used < most) {
		size_t length = message_hostile_length(text);

		fit[used++] = length ? ' ' : *text;
		text += length ? length : 1;
	}
	/* No character is cut through (RFC 3629, section 3). */
	if (((unsigned char)*text & 0xc0) == 0x80) {
		while (used && ((unsigned char)fit[used - 1] & 0xc0) == 0x80)
			used--;
		used -= used > 0;
	}
	fit[used] = '\0';
	return fit;
}

/* NULL, or what is wrong with @text, in @why. */
static const char *text_fault(const char *text, size_t length, size_t most, char *why, size_t size)
{
	if (length > most) {
		snprintf(why, size, "a text of %zu bytes, at most %zu are read", length, most);
		return why;
	}
	for (size_t i = 0; i < length; i++) {
		if (message_hostile_length(text + i)) {
			snprintf(why, size, "a text has a control character (its byte %zu)", i);
			return why;
		}
	}
	return NULL;
}

/* Before the place there is; what does not fit is its end. */
static void prepend(struct reader *place, const char *text)
{
	size_t room = sizeof(place->path) - 1, have = strlen(place->path), more = strlen(text);

	more = more < room ? more : room;
	have = have < room - more ? have : room - more;
	memmove(place->path + more, place->path, have);
	memcpy(place->path, text, more);
	place->path[more + have] = '\0';
}

/*
 * Deep nesting ends in the parser: JSON_PARSER_MAX_DEPTH.  The place is put together
 * on the way out, from its end, so that what is right costs little.
 */
static bool find_fault(const json_t *value, size_t most, struct reader *place, char *why,
		       size_t size)
{
	char number[24];
	const char *key;
	size_t index;
	json_t *inner;

	switch (json_typeof(value)) {
	case JSON_STRING:
		return text_fault(json_string_value(value), json_string_length(value), most, why,
				  size);
	case JSON_ARRAY:
		json_array_foreach(value, index, inner) {
			if (!find_fault(inner, most, place, why, size))
				continue;
			snprintf(number, sizeof(number), "[%zu]", index);
			prepend(place, number);
			return true;
		}
		return false;
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
			/* Its own name is not fit to be shown. */
			if (text_fault(key, strlen(key), most, why, size))
				return true;
			if (!find_fault(inner, most, place, why, size))
				continue;
			prepend(place, key);
			prepend(place, ".");
			return true;
		}
		return false;
	default:
		return false;
	}
}

void reader_check_text(struct reader *r, const json_t *value, size_t most)
{
	struct reader place = { 0 };
	char why[120];
	const char *path = place.path;

	if (r->failed || !find_fault(value, most, &place, why, sizeof(why)))
		return;
	path += *path == '.';
	reader_fail(r, *path ? path : NULL, "%s", why);
}
