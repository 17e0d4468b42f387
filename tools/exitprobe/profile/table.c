// SPDX-License-Identifier: GPL-2.0-only
/*
 * A profile as text: paths, functions, and how it agrees with the probe.
 */
#include "profile/profile.h"

#include <string.h>

#include "profile_fields.h"

static json_int_t integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static const json_t *first_path(const json_t *profile)
{
	return json_array_get(json_object_get(profile, FIELD(profile, paths)), 0);
}

json_int_t profile_instructions(const json_t *profile)
{
	return integer(first_path(profile), FIELD(path, instructions));
}

static void print_paths(FILE *to, const json_t *profile)
{
	json_int_t samples = integer(profile, FIELD(profile, samples)), not_told;
	const json_t *paths = json_object_get(profile, FIELD(profile, paths)), *path;
	json_int_t first = profile_instructions(profile);
	size_t i;

	json_array_foreach(paths, i, path) {
		json_int_t exits = integer(path, FIELD(path, exits)),
			   insns = integer(path, FIELD(path, instructions));

		fprintf(to, "exit path %s: %lld of %lld samples, %lld exit%s, %lld instructions",
			text(path, FIELD(path, name)), integer(path, FIELD(path, samples)), samples,
			exits, exits == 1 ? "" : "s", insns);
		if (i)
			fprintf(to, " (%+lld)", insns - first);
		if (*text(path, FIELD(path, differs_by)))
			fprintf(to, ": %s", text(path, FIELD(path, differs_by)));
		fputc('\n', to);
	}
	not_told = integer(profile, FIELD(profile, paths_not_told));
	if (not_told)
		fprintf(to, "and %lld other path%s\n", not_told, not_told == 1 ? "" : "s");
}

static void print_functions(FILE *to, const json_t *path, unsigned int top)
{
	const json_t *functions = json_object_get(path, FIELD(path, functions)), *f;
	json_int_t whole = integer(path, FIELD(path, instructions)), sum = 0, rest = 0;
	double exits = (double)integer(path, FIELD(path, exits));
	size_t i, more = 0;

	fprintf(to, "\nPath %s by function; instructions of all its windows\n\n",
		text(path, FIELD(path, name)));
	fprintf(to, "%9s%8s%9s%12s  %s\n", "own", "%", "with", "calls/exit", "function");
	json_array_foreach(functions, i, f) {
		json_int_t own = integer(f, FIELD(function, own));
		const char *module = text(f, FIELD(function, module));

		sum += own;
		if (i >= top) {
			rest += own;
			more++;
			continue;
		}
		fprintf(to, "%9lld%8.1f%9lld%12.2f  %s%s%s%s\n", own,
			100 * (double)own / (double)whole, integer(f, FIELD(function, total)),
			(double)integer(f, FIELD(function, calls)) / exits,
			text(f, FIELD(function, name)), *module ? " [" : "", module,
			*module ? "]" : "");
	}
	if (more)
		fprintf(to, "%9lld%8.1f%9s%12s  %zu more functions (--top)\n", rest,
			100 * (double)rest / (double)whole, "", "", more);
	fprintf(to, "%9lld%8.1f%9s%12s  together\n", sum, 100.0, "", "");
}

/* How a sample of the path comes about, and what the probe says of it. */
static void print_round_trip(FILE *to, const json_t *profile)
{
	const json_t *path = first_path(profile),
		     *probe = json_object_get(profile, FIELD(profile, probe));
	const json_t *windows = json_object_get(path, FIELD(path, windows)), *w;
	const json_t *parts = json_object_get(probe, FIELD(probe, parts));
	json_int_t said = integer(probe, FIELD(probe, round_trip));
	size_t i;

	fprintf(to, "\nA sample of path %s, from the probe's first RDTSC to its second\n\n",
		text(path, FIELD(path, name)));
	json_array_foreach(windows, i, w) {
		json_int_t whole = integer(w, FIELD(window, instructions));
		json_int_t out = integer(w, FIELD(window, before_exit_stamp));
		json_int_t in = integer(w, FIELD(window, since_entry_stamp));

		fprintf(to, "%9lld  guest, up to the exit\n",
			integer(w, FIELD(window, guest_before)));
		fprintf(to, "%9lld  host", whole);
		if (json_is_object(parts)) /* KVM has the hooks */
			fprintf(to, ": %lld before exit_stats' stamp, %lld, %lld from the other on",
				out, whole - out - in, in);
		if (integer(w, FIELD(window, user)))
			fprintf(to, "; %lld in userspace", integer(w, FIELD(window, user)));
		fputc('\n', to);
	}
	fprintf(to, "%9lld  guest, from the last entry\n", integer(path, FIELD(path, guest_after)));
	fprintf(to, "%9lld  together\n", integer(path, FIELD(path, round_trip)));
	fprintf(to,
		"%9lld  by the probe's clock: median of %lld samples, overhead of %lld "
		"included\n",
		said, integer(probe, FIELD(probe, kept)), integer(probe, FIELD(probe, bracket)));
	fprintf(to,
		"%9lld  difference of the medians: instructions begun that the clock does not "
		"count,\n           less ticks without instructions (docs/profile.md)\n",
		integer(probe, FIELD(probe, round_trip_traced)) - said);
	if (json_is_object(parts))
		fprintf(to,
			"the probe's parts of it: out %lld, kernel %lld, user %lld, halted %lld, "
			"in %lld\n",
			integer(parts, FIELD(parts, out)), integer(parts, FIELD(parts, kernel)),
			integer(parts, FIELD(parts, user)), integer(parts, FIELD(parts, halted)),
			integer(parts, FIELD(parts, in)));
}

int profile_table(FILE *to, const json_t *profile, unsigned int top)
{
	const json_t *outside = json_object_get(profile, FIELD(profile, outside)), *caveat;
	size_t i;

	fprintf(to, "exitprobe profile: %s | host KVM of Linux %s | %s, emulated | unit: %s\n\n",
		text(profile, FIELD(profile, op)), text(profile, FIELD(profile, kernel)),
		text(profile, FIELD(profile, cpu)), text(profile, FIELD(profile, unit)));
	print_paths(to, profile);
	print_functions(to, first_path(profile), top);
	print_round_trip(to, profile);
	fprintf(to,
		"left out: %lld windows of the probe's own queries, %lld other windows between samples\n",
		integer(outside, FIELD(outside, queries)),
		integer(outside, FIELD(outside, others)));
	if (integer(outside, FIELD(outside, unkept)))
		fprintf(to, "not kept: %lld windows, since the plugin's memory was full\n",
			integer(outside, FIELD(outside, unkept)));
	fputc('\n', to);
	json_array_foreach(json_object_get(profile, FIELD(profile, caveats)), i, caveat)
		fprintf(to, "%s\n", json_string_value(caveat));
	return ferror(to) ? -1 : 0;
}

int profile_folded(FILE *to, const json_t *profile)
{
	const json_t *stack;
	size_t i;

	json_array_foreach(json_object_get(first_path(profile), FIELD(path, stacks)), i, stack)
		fprintf(to, "%s %lld\n", json_string_value(json_array_get(stack, 0)),
			json_integer_value(json_array_get(stack, 1)));
	return ferror(to) ? -1 : 0;
}
