// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a document can be drawn: anyone may have written what stands in a results
 * file under "profiles".
 */
#include <string.h>

#include "profile.h"

#define NAME_MAX_LENGTH 128
#define STACKS_MAX	20000
#define DEPTH_MAX	200

/* More instructions than an exit can have; sums of STACKS_MAX of them do not overflow. */
#define OWN_MAX ((json_int_t)1 << 40)

static bool is_name(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) <= NAME_MAX_LENGTH;
}

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       json_integer_value(value) <= OWN_MAX;
}

/* ["outer;inner", instructions] */
static bool is_stack(const json_t *stack)
{
	const char *at = json_string_value(json_array_get(stack, 0));
	unsigned int depth = 1;

	if (!at || !is_count(json_array_get(stack, 1)))
		return false;
	for (; (at = strchr(at, ';')); at++)
		depth++;
	return depth <= DEPTH_MAX;
}

bool profile_can_be_drawn(const json_t *profile)
{
	const json_t *path = json_array_get(json_object_get(profile, "paths"), 0);
	const json_t *stacks = json_object_get(path, "stacks");
	const json_t *stack;
	size_t i;

	if (!is_name(json_object_get(profile, "op")) ||
	    !is_name(json_object_get(profile, "kernel")) ||
	    !is_count(json_object_get(profile, "samples")) ||
	    !is_name(json_object_get(path, "name")) ||
	    !is_count(json_object_get(path, "samples")) || json_array_size(stacks) > STACKS_MAX)
		return false;
	json_array_foreach(stacks, i, stack) {
		if (!is_stack(stack))
			return false;
	}
	return json_array_size(stacks) > 0;
}
