// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a document can be drawn, or shown in any way: anyone may have written it,
 * also what stands in a results file under "profiles".
 */
#include <stdlib.h>
#include <string.h>

#include "lib/input.h"
#include "profile/profile.h"
#include "profile_fields.h"
#include "results/reader.h"
#include "results/results.h"

#define STACKS_MAX    20000
#define DEPTH_MAX     200
#define PATHS_MAX     100
#define WINDOWS_MAX   10000
#define FUNCTIONS_MAX 10000
#define CAVEATS_MAX   100

/* More instructions than an exit can have; sums of STACKS_MAX of them do not overflow. */
#define OWN_MAX ((json_int_t)1 << 40)

/* Ticks of the probe, which may be less than none. */
#define TICKS_MAX ((json_int_t)1 << 53)

static bool is_name(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) <= PROFILE_NAME_LENGTH;
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
	const json_t *path = json_array_get(json_object_get(profile, FIELD(profile, paths)), 0);
	const json_t *stacks = json_object_get(path, FIELD(path, stacks));
	const json_t *stack;
	size_t i;

	if (!is_name(json_object_get(profile, FIELD(profile, op))) ||
	    !is_name(json_object_get(profile, FIELD(profile, kernel))) ||
	    !is_count(json_object_get(profile, FIELD(profile, samples))) ||
	    !is_name(json_object_get(path, FIELD(path, name))) ||
	    !is_count(json_object_get(path, FIELD(path, samples))) ||
	    json_array_size(stacks) > STACKS_MAX)
		return false;
	json_array_foreach(stacks, i, stack) {
		if (!is_stack(stack))
			return false;
	}
	return json_array_size(stacks) > 0;
}

static void check_text(struct reader *r, const json_t *object, const char *member, size_t most)
{
	free(reader_string(r, object, member, most));
}

static void check_counts(struct reader *r, const json_t *object, const char *const *members,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		reader_integer(r, object, members[i], 0, OWN_MAX);
}

#define CHECK_COUNTS(r, object, ...)                                                               \
	check_counts(r, object, (const char *const[]){ __VA_ARGS__ },                              \
		     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void check_functions(struct reader *r, const json_t *path)
{
	json_t *list = reader_array(r, path, FIELD(path, functions), FUNCTIONS_MAX), *f;
	json_int_t sum = 0;
	size_t mark = reader_enter(r, FIELD(path, functions)), i, inner;

	json_array_foreach(list, i, f) {
		inner = reader_enter_index(r, i);
		check_text(r, f, FIELD(function, name), INPUT_MAX_TEXT);
		check_text(r, f, FIELD(function, module), INPUT_MAX_TEXT);
		CHECK_COUNTS(r, f, FIELD(function, own), FIELD(function, total),
			     FIELD(function, calls));
		reader_leave(r, inner);
		if (r->failed)
			break;
		sum += json_integer_value(json_object_get(f, FIELD(function, own)));
	}
	if (sum != json_integer_value(json_object_get(path, FIELD(path, instructions))))
		reader_fail(r, NULL, "own adds up to %lld, not to the path's instructions", sum);
	reader_leave(r, mark);
}

/* What is drawn is what the table says.  What a stack is is looked at where it is drawn. */
static void check_stacks(struct reader *r, const json_t *path)
{
	json_t *list = reader_array(r, path, FIELD(path, stacks), STACKS_MAX), *stack;
	json_int_t sum = 0;
	size_t mark = reader_enter(r, FIELD(path, stacks)), i;
	bool good = true;

	json_array_foreach(list, i, stack) {
		good = good && is_stack(stack);
		sum += good ? json_integer_value(json_array_get(stack, 1)) : 0;
	}
	if (good && sum != json_integer_value(json_object_get(path, FIELD(path, instructions))))
		reader_fail(r, NULL, "add up to %lld, not to the path's instructions", sum);
	reader_leave(r, mark);
}

static void check_windows(struct reader *r, const json_t *path)
{
	json_t *list = reader_array(r, path, FIELD(path, windows), WINDOWS_MAX), *window;
	size_t mark = reader_enter(r, FIELD(path, windows)), i, inner;

	json_array_foreach(list, i, window) {
		inner = reader_enter_index(r, i);
		CHECK_COUNTS(r, window, FIELD(window, guest_before), FIELD(window, instructions),
			     FIELD(window, user), FIELD(window, before_exit_stamp),
			     FIELD(window, since_entry_stamp));
		reader_leave(r, inner);
	}
	reader_leave(r, mark);
}

static void check_paths(struct reader *r, const json_t *profile)
{
	json_t *list = reader_array(r, profile, FIELD(profile, paths), PATHS_MAX), *path;
	size_t mark = reader_enter(r, FIELD(profile, paths)), i, inner;

	json_array_foreach(list, i, path) {
		inner = reader_enter_index(r, i);
		check_text(r, path, FIELD(path, name), PROFILE_NAME_LENGTH);
		CHECK_COUNTS(r, path, FIELD(path, samples), FIELD(path, user),
			     FIELD(path, round_trip), FIELD(path, guest_after));
		/* Others are divided by these. */
		reader_integer(r, path, FIELD(path, exits), 1, OWN_MAX);
		reader_integer(r, path, FIELD(path, instructions), 1, OWN_MAX);
		free(reader_optional_string(r, path, FIELD(path, differs_by), INPUT_MAX_TEXT));
		check_windows(r, path);
		check_functions(r, path);
		check_stacks(r, path);
		reader_leave(r, inner);
		if (r->failed)
			break;
	}
	reader_leave(r, mark);
}

static void check_probe(struct reader *r, const json_t *profile)
{
	static const char *const said[] = { FIELD(probe, bracket), FIELD(probe, round_trip),
					    FIELD(probe, round_trip_traced) };
	json_t *probe = reader_object(r, profile, FIELD(profile, probe)), *parts;
	size_t mark = reader_enter(r, FIELD(profile, probe)), inner;
	int64_t value;

	CHECK_COUNTS(r, probe, FIELD(probe, kept));
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		reader_integer(r, probe, said[i], -TICKS_MAX, TICKS_MAX);
	parts = reader_optional_object(r, probe, FIELD(probe, parts));
	inner = reader_enter(r, FIELD(probe, parts));
	for (size_t i = 0; parts && i < PART_COUNT; i++)
		reader_optional_integer(r, parts, part_names[i], -TICKS_MAX, TICKS_MAX, &value);
	reader_leave(r, inner);
	reader_leave(r, mark);
}

static void check_caveats(struct reader *r, const json_t *profile)
{
	json_t *list = reader_array(r, profile, FIELD(profile, caveats), CAVEATS_MAX), *caveat;
	size_t mark = reader_enter(r, FIELD(profile, caveats)), i;

	json_array_foreach(list, i, caveat) {
		if (json_is_string(caveat))
			continue;
		reader_enter_index(r, i);
		reader_fail(r, NULL, "must be a string");
		break;
	}
	reader_leave(r, mark);
}

void profile_check(struct reader *r, const json_t *profile)
{
	size_t mark;

	if (json_integer_value(json_object_get(profile, FIELD(profile, exitprobe_profile))) !=
	    PROFILE_VERSION) {
		reader_fail(r, NULL,
			    "not a profile of format %d; exitprobe profile -o FILE.json makes one",
			    PROFILE_VERSION);
		return;
	}
	reader_check_text(r, profile, INPUT_MAX_TEXT);
	check_text(r, profile, FIELD(profile, op), PROFILE_NAME_LENGTH);
	check_text(r, profile, FIELD(profile, kernel), PROFILE_NAME_LENGTH);
	free(reader_optional_string(r, profile, FIELD(profile, modules), INPUT_MAX_TEXT));
	free(reader_optional_string(r, profile, FIELD(profile, cpu), PROFILE_NAME_LENGTH));
	check_text(r, profile, FIELD(profile, unit), PROFILE_NAME_LENGTH);
	CHECK_COUNTS(r, profile, FIELD(profile, samples), FIELD(profile, paths_not_told));
	check_paths(r, profile);
	check_probe(r, profile);
	mark = reader_enter(r, FIELD(profile, outside));
	CHECK_COUNTS(r, json_object_get(profile, FIELD(profile, outside)), FIELD(outside, queries),
		     FIELD(outside, others), FIELD(outside, unkept));
	reader_leave(r, mark);
	check_caveats(r, profile);
	if (!profile_can_be_drawn(profile))
		reader_fail(r, FIELD(profile, paths),
			    "the first must have 1 to %d stacks, each a text at most %d "
			    "calls deep and its instructions",
			    STACKS_MAX, DEPTH_MAX);
}
