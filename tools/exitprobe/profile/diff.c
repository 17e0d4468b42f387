// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two profiles of the same operation: which functions account for the difference.
 */
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "profile_fields.h"

struct change {
	const char *name, *module;
	json_int_t before, after, calls_before, calls_after;
};

static const json_t *functions_of(const json_t *profile)
{
	return json_object_get(json_array_get(json_object_get(profile, FIELD(profile, paths)), 0),
			       FIELD(path, functions));
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

/* That of @f in the list of *@count, a new one if need be. */
static struct change *change_of(struct change *list, size_t *count, const json_t *f)
{
	for (size_t i = 0; i < *count; i++)
		if (!strcmp(list[i].name, text(f, FIELD(function, name))) &&
		    !strcmp(list[i].module, text(f, FIELD(function, module))))
			return &list[i];
	list[*count] = (struct change){ .name = text(f, FIELD(function, name)),
					.module = text(f, FIELD(function, module)) };
	return &list[(*count)++];
}

/* Largest change first, in either direction; then by name. */
static int compare(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	json_int_t dx = llabs(x->after - x->before), dy = llabs(y->after - y->before);

	if (dx != dy)
		return dx > dy ? -1 : 1;
	return strcmp(x->name, y->name);
}

static size_t collect(struct change *list, const json_t *before, const json_t *after)
{
	size_t count = 0, i;
	const json_t *f;

	json_array_foreach(functions_of(before), i, f) {
		struct change *c = change_of(list, &count, f);

		c->before += json_integer_value(json_object_get(f, FIELD(function, own)));
		c->calls_before += json_integer_value(json_object_get(f, FIELD(function, calls)));
	}
	json_array_foreach(functions_of(after), i, f) {
		struct change *c = change_of(list, &count, f);

		c->after += json_integer_value(json_object_get(f, FIELD(function, own)));
		c->calls_after += json_integer_value(json_object_get(f, FIELD(function, calls)));
	}
	return count;
}

int profile_diff(FILE *to, const json_t *before, const json_t *after, unsigned int top)
{
	size_t most = json_array_size(functions_of(before)) + json_array_size(functions_of(after));
	struct change *list = xcalloc(most, sizeof(*list));
	size_t count = collect(list, before, after), shown = 0, changed = 0;
	json_int_t a = profile_instructions(before), b = profile_instructions(after);
	json_int_t sum = 0, rest = 0;

	qsort(list, count, sizeof(*list), compare);
	fprintf(to,
		"exitprobe profile: %s | unit: instructions, in the windows of the most frequent path\n\n",
		text(before, FIELD(profile, op)));
	fprintf(to, "A: Linux %s%s%s: %lld\nB: Linux %s%s%s: %lld\n\n",
		text(before, FIELD(profile, kernel)),
		*text(before, FIELD(profile, modules)) ? ", " : "",
		text(before, FIELD(profile, modules)), a, text(after, FIELD(profile, kernel)),
		*text(after, FIELD(profile, modules)) ? ", " : "",
		text(after, FIELD(profile, modules)), b);
	fprintf(to, "%9s%9s%9s%9s%9s  %s\n", "A", "B", "B - A", "calls A", "calls B", "function");
	for (size_t i = 0; i < count; i++) {
		const struct change *c = &list[i];
		json_int_t change = c->after - c->before;

		sum += change;
		if (!change)
			continue;
		changed++;
		if (shown == top) {
			rest += change;
			continue;
		}
		shown++;
		fprintf(to, "%9lld%9lld%+9lld%9lld%9lld  %s%s%s%s\n", c->before, c->after, change,
			c->calls_before, c->calls_after, c->name, *c->module ? " [" : "", c->module,
			*c->module ? "]" : "");
	}
	if (changed > shown)
		fprintf(to, "%18s%+9lld%18s  %zu more functions (--top)\n", "", rest, "",
			changed - shown);
	free(list);
	if (sum != b - a) {
		error("internal: functions differ by %lld, windows by %lld", sum, b - a);
		return 1;
	}
	fprintf(to, "%9lld%9lld%+9lld%18s  together, of %zu functions %zu differ\n", a, b, sum, "",
		count, changed);
	return ferror(to) ? -1 : 0;
}
