/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile, the document that exitprobe profile writes, reads and draws: its format and
 * the names of its fields, used by FIELD() of fields.h.  abi/profile.schema.json is made
 * from them; docs/profile.md explains them.
 */
#ifndef PROFILE_FIELDS_H
#define PROFILE_FIELDS_H

#include "fields.h"
#include "record_fields.h" /* parts */

#define PROFILE_VERSION 1

/* Of what stands in a heading. */
#define PROFILE_NAME_LENGTH 128

#define WINDOW_FIELDS(F)                                                                           \
	F(guest_before, COUNT, REQUIRED, "the guest's instructions before it")                     \
	F(instructions, COUNT, REQUIRED, "of the window, userspace's included")                    \
	F(user, COUNT, REQUIRED, "of those: userspace's")                                          \
	F(before_exit_stamp, COUNT, REQUIRED, "before the host's first RDTSC")                     \
	F(since_entry_stamp, COUNT, REQUIRED, "after its last")

#define FUNCTION_FIELDS(F)                                                                         \
	F(name, TEXT, REQUIRED, NULL)                                                              \
	F(module, TEXT, REQUIRED, "empty: the kernel itself, or userspace")                        \
	F(own, COUNT, REQUIRED, "instructions")                                                    \
	F(total, COUNT, REQUIRED, "with those of what it calls")                                   \
	F(calls, COUNT, REQUIRED, NULL)

#define PATH_FIELDS(F)                                                                             \
	F(name, TEXT_AT_MOST(PROFILE_NAME_LENGTH), REQUIRED, "A, B, ...")                          \
	F(samples, COUNT, REQUIRED, "that took it")                                                \
	F(exits, POSITIVE, REQUIRED, "in a sample")                                                \
	F(instructions, POSITIVE, REQUIRED, "of all its windows, userspace's included")            \
	F(user, COUNT, REQUIRED, "of those: userspace's")                                          \
	F(round_trip, COUNT, REQUIRED, "from the first reading of the TSC to the last")            \
	F(guest_after, COUNT, REQUIRED, "the guest's instructions after the last window")          \
	F(differs_by, TEXT_OR_NULL, REQUIRED, "a function that the commonest path does not have")  \
	F(windows, LIST_OF(window), REQUIRED, "one for each exit")                                 \
	F(functions, LIST_OF(function), REQUIRED, NULL)                                            \
	F(stacks, STACKS, REQUIRED, "[callers and function with ; between, own instructions]")

#define PROBE_FIELDS(F)                                                                            \
	F(kept, COUNT, REQUIRED, "samples")                                                        \
	F(operations, INTEGER, REQUIRED, "in a sample")                                            \
	F(p50, INTEGER, REQUIRED, NULL)                                                            \
	F(bracket, INTEGER, REQUIRED, NULL)                                                        \
	F(wait, INTEGER, REQUIRED, NULL)                                                           \
	F(round_trip, INTEGER, REQUIRED, "p50 of all operations, bracket and wait together")       \
	F(parts, OBJECT_OR_NULL(parts), REQUIRED, "null where the host does not count")            \
	F(round_trip_traced, INTEGER, REQUIRED, "the same from the trace")

#define OUTSIDE_FIELDS(F)                                                                          \
	F(queries, COUNT, REQUIRED, "windows of the probe's queries of statistics")                \
	F(others, COUNT, REQUIRED, NULL)                                                           \
	F(queries_in_samples, COUNT, REQUIRED, NULL)                                               \
	F(unkept, COUNT, REQUIRED, "longer than the trace can hold")

#define PROFILE_FIELDS(F)                                                                          \
	F(SPDX, TEXT, OPTIONAL, "the licence of one that is published with sources")               \
	F(exitprobe_profile, FORMAT(PROFILE_VERSION), REQUIRED, "the format")                      \
	F(version, TEXT, REQUIRED, "of exitprobe")                                                 \
	F(op, OP_NAME, REQUIRED, NULL)                                                             \
	F(kernel, TEXT_AT_MOST(PROFILE_NAME_LENGTH), REQUIRED, "the host's release")               \
	F(modules, TEXT_OR_NULL, REQUIRED, "what --modules named")                                 \
	F(cpu, TEXT_AT_MOST_OR_NULL(PROFILE_NAME_LENGTH), REQUIRED, "its brand")                   \
	F(unit, TEXT_AT_MOST(PROFILE_NAME_LENGTH), REQUIRED, NULL)                                 \
	F(samples, COUNT, REQUIRED, NULL)                                                          \
	F(paths, LIST_OF(path), REQUIRED, "the commonest first")                                   \
	F(paths_not_told, COUNT, REQUIRED, NULL)                                                   \
	F(probe, OBJECT(probe), REQUIRED, "what the probe of the same run says")                   \
	F(outside, OBJECT(outside), REQUIRED, "windows outside of samples")                        \
	F(caveats, TEXTS, REQUIRED, NULL)

/* Inner ones first. */
#define PROFILE_OBJECTS(O)                                                                         \
	O(window, WINDOW_FIELDS, "From an exit to the next entry.")                                \
	O(function, FUNCTION_FIELDS, NULL)                                                         \
	O(path, PATH_FIELDS, "Samples whose windows are the same, instruction by instruction.")    \
	O(probe, PROBE_FIELDS, NULL)                                                               \
	O(outside, OUTSIDE_FIELDS, NULL)                                                           \
	O(profile, PROFILE_FIELDS, "Which instructions the host executes for an operation.")

PROFILE_OBJECTS(FIELDS_STRUCT)

#endif
