// SPDX-License-Identifier: GPL-2.0-only
#include "results/reader.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/message.h"

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
