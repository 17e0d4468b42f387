// SPDX-License-Identifier: GPL-2.0-only
#include "reader.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"

void reader_init(struct reader *r, const char *file, char *message, size_t size)
{
	*r = (struct reader){ .file = file, .message = message, .size = size };
	if (size)
		message[0] = '\0';
}

void reader_fail(struct reader *r, const char *member, const char *format, ...)
{
	const char *dot = member && r->path[0] ? "." : "";
	const char *colon = member || r->path[0] ? ": " : "";
	char what[200];
	va_list arguments;

	if (r->failed)
		return;
	r->failed = true;
	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	snprintf(r->message, r->size, "%s: %s%s%s%s%s", r->file, r->path, dot, member ? member : "",
		 colon, what);
}

size_t reader_enter(struct reader *r, const char *member)
{
	size_t mark = strlen(r->path);

	snprintf(r->path + mark, sizeof(r->path) - mark, "%s%s", mark ? "." : "", member);
	return mark;
}

size_t reader_enter_index(struct reader *r, size_t index)
{
	size_t mark = strlen(r->path);

	snprintf(r->path + mark, sizeof(r->path) - mark, "[%zu]", index);
	return mark;
}

void reader_leave(struct reader *r, size_t mark)
{
	r->path[mark] = '\0';
}

static const char *type_name(const json_t *value)
{
	if (!value)
		return "missing";
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "of no type";
}

static bool is_absent(const json_t *value)
{
	return !value || json_is_null(value);
}

static void wrong_type(struct reader *r, const char *member, const char *wanted,
		       const json_t *value)
{
	reader_fail(r, member, "must be %s, is %s", wanted, type_name(value));
}

json_t *reader_object(struct reader *r, const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	if (json_is_object(value))
		return value;
	wrong_type(r, member, "an object", value);
	return NULL;
}

json_t *reader_array(struct reader *r, const json_t *object, const char *member, size_t most)
{
	json_t *value = json_object_get(object, member);

	if (!json_is_array(value)) {
		wrong_type(r, member, "an array", value);
		return NULL;
	}
	if (json_array_size(value) > most) {
		reader_fail(r, member, "has %zu elements, at most %zu are read",
			    json_array_size(value), most);
		return NULL;
	}
	return value;
}

json_t *reader_optional_object(struct reader *r, const json_t *object, const char *member)
{
	return is_absent(json_object_get(object, member)) ? NULL : reader_object(r, object, member);
}

json_t *reader_optional_array(struct reader *r, const json_t *object, const char *member,
			      size_t most)
{
	return is_absent(json_object_get(object, member)) ? NULL
							  : reader_array(r, object, member, most);
}

bool reader_bool(struct reader *r, const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	if (!json_is_boolean(value))
		wrong_type(r, member, "true or false", value);
	return json_is_true(value);
}

bool reader_optional_bool(struct reader *r, const json_t *object, const char *member, bool *value)
{
	if (is_absent(json_object_get(object, member)))
		return false;
	*value = reader_bool(r, object, member);
	return true;
}

int64_t reader_integer(struct reader *r, const json_t *object, const char *member, int64_t low,
		       int64_t high)
{
	json_t *value = json_object_get(object, member);
	int64_t number = json_integer_value(value);

	if (!json_is_integer(value)) {
		wrong_type(r, member, "an integer", value);
		return 0;
	}
	if (number < low || number > high) {
		reader_fail(r, member, "is %" PRId64 ", must be %" PRId64 " to %" PRId64, number,
			    low, high);
		return 0;
	}
	return number;
}

bool reader_optional_integer(struct reader *r, const json_t *object, const char *member,
			     int64_t low, int64_t high, int64_t *value)
{
	if (is_absent(json_object_get(object, member)))
		return false;
	*value = reader_integer(r, object, member, low, high);
	return true;
}

int64_t reader_milli(struct reader *r, const json_t *object, const char *member, int64_t high)
{
	json_t *value = json_object_get(object, member);
	double number = json_number_value(value);

	if (!json_is_number(value)) {
		wrong_type(r, member, "a number", value);
		return 0;
	}
	if (!(number >= 0 && number <= (double)high)) {
		reader_fail(r, member, "is %g, must be 0 to %" PRId64, number, high);
		return 0;
	}
	return llround(number * 1000);
}

char *reader_string(struct reader *r, const json_t *object, const char *member, size_t most)
{
	json_t *value = json_object_get(object, member);

	if (!json_is_string(value)) {
		wrong_type(r, member, "a string", value);
		return NULL;
	}
	if (json_string_length(value) > most) {
		reader_fail(r, member, "has %zu bytes, at most %zu are read",
			    json_string_length(value), most);
		return NULL;
	}
	return xstrdup(json_string_value(value));
}

char *reader_optional_string(struct reader *r, const json_t *object, const char *member,
			     size_t most)
{
	return is_absent(json_object_get(object, member)) ? NULL
							  : reader_string(r, object, member, most);
}

unsigned int reader_choice(struct reader *r, const json_t *object, const char *member,
			   const char *const *names, unsigned int count)
{
	json_t *value = json_object_get(object, member);
	const char *text = json_string_value(value);
	char known[120] = "";
	size_t used = 0;

	if (!text) {
		wrong_type(r, member, "a string", value);
		return 0;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (!strcmp(text, names[i]))
			return i;
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
						 i ? ", " : "", names[i]);
	}
	reader_fail(r, member, "is \"%.32s\", must be one of %s", text, known);
	return 0;
}

/* Unicode 15, table 23-3 and section 23.2: C0, DEL, C1; embeddings, overrides, isolates. */
static bool is_hostile(const unsigned char *at)
{
	if (at[0] < ' ' || at[0] == 0x7f)
		return true;
	if (at[0] == 0xc2)
		return at[1] < 0xa0;
	/* U+200E, F; U+2028 to E; U+2066 to 9 */
	if (at[0] == 0xe2 && at[1] == 0x80)
		return at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae);
	return at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;
}

/* NULL, or what is wrong with @text, in @why. */
static const char *text_fault(const char *text, size_t length, size_t most, char *why, size_t size)
{
	if (length > most) {
		snprintf(why, size, "a text of %zu bytes, at most %zu are read", length, most);
		return why;
	}
	for (size_t i = 0; i < length; i++) {
		if (is_hostile((const unsigned char *)text + i)) {
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
