/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe's records: names of their fields, enumerations and limits.  The probe and the
 * readers use these by FIELD() of fields.h; abi/records.schema.json is made from them.
 */
#ifndef RECORD_FIELDS_H
#define RECORD_FIELDS_H

#include "fields.h"

/* A new one when a record changes in a way that readers notice. */
#define RECORDS_FORMAT 1

/* As max of an expectation: there is no bound. */
#define EXITS_UNBOUNDED 255

#define RECORD_KINDS(X)                                                                            \
	X(RECORD_META, meta)                                                                       \
	X(RECORD_START, start)                                                                     \
	X(RECORD_OP, op)                                                                           \
	X(RECORD_DERIVED, derived)                                                                 \
	X(RECORD_END, end)

enum record_kind { RECORD_KINDS(ENUM_CONSTANT) RECORD_KIND_COUNT };

#define OUTCOMES(X)                                                                                \
	X(OUTCOME_MEASURED, measured)                                                              \
	X(OUTCOME_SKIPPED, skipped) /* text says why */                                            \
	X(OUTCOME_HANGS, hangs)	    /* it never ended and was broken off */                        \
	X(OUTCOME_FAULTED, faulted) /* by fault, and could not be measured */                      \
	X(OUTCOME_FAILED, failed)   /* text says how */

#define STOPS(X)                                                                                   \
	X(STOP_SETTLED, settled) /* the interval is within 0.5 %, or a tick */                     \
	X(STOP_SAMPLES, samples) /* as many as were asked for, or fit */                           \
	X(STOP_BUDGET, budget)                                                                     \
	X(STOP_ROOM, room) /* the operation has used up what it needs */

enum stop { STOPS(ENUM_CONSTANT) STOP_COUNT };

#define TSC_VERDICTS(X)                                                                            \
	X(TSC_NOT_CHECKED, unchecked) /* no rate is known, or no second clock counts steadily */   \
	X(TSC_AGREES, agrees)	      /* told and measured rates are within 1 % */                 \
	X(TSC_DISAGREES, disagrees)

enum tsc_verdict { TSC_VERDICTS(ENUM_CONSTANT) TSC_VERDICT_COUNT };

/* Whose numbers the reasons are: kvm_exit_stats.h. */
#define ISAS(X)                                                                                    \
	X(KVM_EXIT_STATS_ISA_SVM, SVM)                                                             \
	X(KVM_EXIT_STATS_ISA_VMX, VMX)

/* What keeps exit statistics: see the features in kvm_exit_stats.h. */
#define KEEPERS(X)                                                                                 \
	X(KEEPER_PATCH, patch)	 /* KVM itself */                                                  \
	X(KEEPER_MODULE, module) /* beside KVM, by its tracepoints */                              \
	X(KEEPER_LATE, late)	 /* the same, where KVM calls kvm_exit with interrupts on */

enum keeper { KEEPERS(ENUM_CONSTANT) KEEPER_COUNT };

/* Who counts exits: exitprobe run --counts. */
#define WAYS(X)                                                                                    \
	X(WAY_LEAF, leaf)   /* KVM, and the probe reads it by CPUID */                             \
	X(WAY_TRACE, trace) /* KVM's tracepoints, which see each exit */                           \
	X(WAY_STATS, stats) /* KVM's own statistics, around each batch */                          \
	X(WAY_NONE, none)

enum way { WAYS(ENUM_CONSTANT) WAY_COUNT };

/* What the difference of two medians says: difference.h. */
#define DIFFERENCES(X)                                                                             \
	X(DIFFERENCE_NONE, none) /* of a tick or less */                                           \
	X(DIFFERENCE_MORE, more) /* the interval is above 0 */                                     \
	X(DIFFERENCE_LESS, less)                                                                   \
	X(DIFFERENCE_UNKNOWN,                                                                      \
	  unknown) /* the interval holds 0 and more, or the clock is not steady */

enum difference_kind { DIFFERENCES(ENUM_CONSTANT) DIFFERENCE_COUNT };

#define CPU_FIELDS(F)                                                                              \
	F(vendor, TEXT_AT_MOST(12), REQUIRED, NULL)                                                \
	F(brand, TEXT_AT_MOST(48), REQUIRED, NULL)                                                 \
	F(family, COUNT, REQUIRED, NULL)                                                           \
	F(model, COUNT, REQUIRED, NULL)                                                            \
	F(stepping, COUNT, REQUIRED, NULL)                                                         \
	F(microcode, INTEGER_OR_NULL, REQUIRED, "revision; null where it cannot be read")

#define HYPERVISOR_FIELDS(F)                                                                       \
	F(signature, TEXT, REQUIRED, NULL)                                                         \
	F(name, TEXT_OR_NULL, REQUIRED, NULL)                                                      \
	F(features, INTEGER_OR_NULL, REQUIRED, "KVM's, CPUID leaf 0x40000001 EAX")

#define TSC_FIELDS(F)                                                                              \
	F(khz, INTEGER_OR_NULL, REQUIRED, "as claimed, unless that is wrong, else as measured")    \
	F(claimed_khz, INTEGER_OR_NULL, REQUIRED, NULL)                                            \
	F(source, TEXT_OR_NULL, REQUIRED, "who claims it")                                         \
	F(invariant, BOOLEAN, REQUIRED, NULL)                                                      \
	F(measured_khz, INTEGER_OR_NULL, REQUIRED, "against the second clock")                     \
	F(clock, TEXT_OR_NULL, REQUIRED, NULL)                                                     \
	F(verdict, ONE_OF(TSC_VERDICTS), REQUIRED, "of claim and measurement, within 1 %")         \
	F(monotonic, BOOLEAN, REQUIRED, "no reading was lower than one before it")                 \
	F(read_ticks, COUNT, REQUIRED, "from one RDTSC to the next")

#define STATS_FIELDS(F)                                                                            \
	F(version, COUNT, REQUIRED, NULL)                                                          \
	F(isa, ONE_OF(ISAS), REQUIRED, NULL)                                                       \
	F(slots, COUNT, REQUIRED, NULL)                                                            \
	F(epoch, COUNT, REQUIRED, NULL)                                                            \
	F(tsc_khz, COUNT, REQUIRED, "the host's")                                                  \
	F(keeper, ONE_OF(KEEPERS), OPTIONAL, "what keeps them; the patch where it is not told")    \
	F(halted_known, BOOLEAN, OPTIONAL,                                                         \
	  "false: nothing tells them that a vCPU halts; that time counts as another")

#define WATCHING_FIELDS(F)                                                                         \
	F(exit, INTEGER, REQUIRED, "of the exit's event")                                          \
	F(entry, INTEGER, REQUIRED, "of the entry's")                                              \
	F(userspace, INTEGER, REQUIRED, "of those of a return to userspace, together")             \
	F(before_exit, INTEGER, OPTIONAL,                                                          \
	  "what KVM does between the guest and the exit's event; added to the kernel's time")      \
	F(behind_entry, INTEGER, OPTIONAL, "and between the entry's event and the guest")          \
	F(around_userspace, INTEGER, OPTIONAL,                                                     \
	  "of a return to userspace, what is the kernel's between its events")

#define INSTRUCTIONS_FIELDS(F)                                                                     \
	F(nop_ticks, COUNT, REQUIRED,                                                              \
	  "of one NOP among many, rounded down: 0 or 1 on a processor")                            \
	F(emulated, BOOLEAN, REQUIRED,                                                             \
	  "100 ticks and more: the host emulates every instruction, and no figure is an exit's "   \
	  "cost")

#define BRACKET_FIELDS(F)                                                                          \
	F(cycles, INTEGER, REQUIRED, NULL)                                                         \
	F(exits, COUNT, REQUIRED, NULL)                                                            \
	F(kernel, INTEGER, REQUIRED, NULL)

#define META_FIELDS(F)                                                                             \
	F(record, CONSTANT("meta"), REQUIRED, NULL)                                                \
	F(format, FORMAT(RECORDS_FORMAT), REQUIRED, NULL)                                          \
	F(version, TEXT, REQUIRED, NULL)                                                           \
	F(build, HEXADECIMAL(12), REQUIRED, "hash of the probe's sources")                         \
	F(cpu, OBJECT(cpu), REQUIRED, NULL)                                                        \
	F(hypervisor, OBJECT_OR_NULL(hypervisor), REQUIRED, "as CPUID announces it; null without") \
	F(tsc, OBJECT(tsc), REQUIRED, NULL)                                                        \
	F(memory_kib, COUNT, REQUIRED, NULL)                                                       \
	F(vcpus, COUNT, REQUIRED, "that run the probe")                                            \
	F(vcpus_present, COUNT, REQUIRED, "by ACPI's MADT; 0 without one")                         \
	F(command_line, TEXT, REQUIRED, NULL)                                                      \
	F(host, TEXT_OR_NULL, REQUIRED, "as the command line says")                                \
	F(unit, TEXT, REQUIRED, "what a tick is, as the command line says")                        \
	F(stats, OBJECT_OR_NULL(stats), REQUIRED,                                                  \
	  "the host's exit statistics; null where it has none")                                    \
	F(watching, OBJECT(watching), OPTIONAL,                                                    \
	  "what it costs that exitprobe run sees exits by tracepoints; taken off the kernel's "    \
	  "time")                                                                                  \
	F(instructions, OBJECT(instructions), OPTIONAL,                                            \
	  "whether a processor executes the guest's; older probes do not say")                     \
	F(bracket, OBJECT(bracket), REQUIRED, "an empty sample; taken off the others")             \
	F(operations, COUNT, REQUIRED, "selected")

#define START_FIELDS(F)                                                                            \
	F(record, CONSTANT("start"), REQUIRED, NULL)                                               \
	F(op, OP_NAME, REQUIRED, NULL)                                                             \
	F(family, TEXT, OPTIONAL, "docs/operations.md has a section for each")                     \
	F(number, POSITIVE, REQUIRED, NULL)

#define REASON_FIELDS(F)                                                                           \
	F(reason, COUNT, REQUIRED, "the processor's number")                                       \
	F(name, TEXT, REQUIRED, NULL)                                                              \
	F(exits, NUMBER, REQUIRED, NULL)

#define CYCLES_FIELDS(F)                                                                           \
	F(min, INTEGER, REQUIRED, NULL)                                                            \
	F(p50, INTEGER, REQUIRED, NULL)                                                            \
	F(p90, INTEGER, REQUIRED, NULL)                                                            \
	F(p99, INTEGER, REQUIRED, NULL)                                                            \
	F(max, INTEGER, REQUIRED, NULL)                                                            \
	F(mean, INTEGER, REQUIRED, "of the middle 80 %")                                           \
	F(ci_low, INTEGER, REQUIRED, "95 % interval of the median")                                \
	F(ci_high, INTEGER, REQUIRED, NULL)

#define PARTS_FIELDS(F)                                                                            \
	F(out, INTEGER, OPTIONAL, NULL)                                                            \
	F(kernel, INTEGER, OPTIONAL, NULL)                                                         \
	F(user, INTEGER, REQUIRED, NULL)                                                           \
	F(halted, INTEGER, REQUIRED, NULL)                                                         \
	F(in, INTEGER, OPTIONAL, NULL)

#define BATCH_FIELDS(F)                                                                            \
	F(runs, POSITIVE, REQUIRED, NULL)                                                          \
	F(cycles, INTEGER, REQUIRED, NULL)                                                         \
	F(kernel, INTEGER, REQUIRED, NULL)                                                         \
	F(user, INTEGER, REQUIRED, NULL)                                                           \
	F(halted, INTEGER, REQUIRED, NULL)                                                         \
	F(exits, NUMBER, REQUIRED, NULL)                                                           \
	F(reasons, LIST_OF(reason), REQUIRED, NULL)                                                \
	F(l2_exits, NUMBER, OPTIONAL, "of the exits those from L2, a guest of the probe's own")    \
	F(as_sampled, BOOLEAN, OPTIONAL, "as many exits as of every kept sample")

#define HINT_FIELDS(F)                                                                             \
	F(name, TEXT, REQUIRED, NULL)                                                              \
	F(count, NUMBER, REQUIRED, "per operation")

#define COUNTS_FIELDS(F)                                                                           \
	F(runs, POSITIVE, REQUIRED, "back to back")                                                \
	F(exits, NUMBER, REQUIRED, "per operation; what prepares and finishes it is taken off")    \
	F(hints, LIST_OF(hint), REQUIRED, "KVM's other statistics that moved with it")

#define SITE_FIELDS(F)                                                                             \
	F(address, COUNT, REQUIRED, "the guest's RIP at the exit")                                 \
	F(at, TEXT, OPTIONAL, "that address as a symbol of the probe and a distance")              \
	F(reason, COUNT, REQUIRED, "the processor's number")                                       \
	F(name, TEXT, REQUIRED, NULL)                                                              \
	F(exits, NUMBER, REQUIRED, "per operation, of all samples")

#define SET_ASIDE_FIELDS(F)                                                                        \
	F(exits, COUNT, REQUIRED, NULL)                                                            \
	F(away, COUNT, REQUIRED, NULL)

#define EXPECTED_FIELDS(F)                                                                         \
	F(min, COUNT, REQUIRED, NULL)                                                              \
	F(max, COUNT, REQUIRED, TEXT_OF(EXITS_UNBOUNDED) ": no bound")                             \
	F(reasons, TEXTS, REQUIRED, NULL)                                                          \
	F(varies, TEXT, OPTIONAL, "what a number between min and max depends on")

#define OP_FIELDS(F)                                                                               \
	F(record, CONSTANT("op"), REQUIRED, NULL)                                                  \
	F(op, OP_NAME, REQUIRED, NULL)                                                             \
	F(outcome, ONE_OF(OUTCOMES), REQUIRED, NULL)                                               \
	F(text, TEXT, OPTIONAL, "why it was skipped or failed")                                    \
	F(fault, TEXT, OPTIONAL, "as #GP; the last one that it raised")                            \
	F(stop, ONE_OF(STOPS), OPTIONAL,                                                           \
	  "what ended the sampling: half the median's interval is at most 0.5 % or one tick; as "  \
	  "many as asked for; the budget; the operation has used up what it needs")                \
	F(taken, COUNT, OPTIONAL, NULL)                                                            \
	F(kept, COUNT, OPTIONAL, NULL)                                                             \
	F(operations, POSITIVE, OPTIONAL, "in one sample; all other figures are per operation")    \
	F(cycles, OBJECT(cycles), OPTIONAL,                                                        \
	  "round trip per operation, of the kept samples; the bracket and wait taken off")         \
	F(histogram, HISTOGRAM, OPTIONAL,                                                          \
	  "[lowest value of the bucket, samples in it]; buckets are one tick wide below 256, "     \
	  "then at most 0.8 % of the value")                                                       \
	F(wait, INTEGER, OPTIONAL, "mean of what a sample waits on purpose")                       \
	F(exits, NUMBER, OPTIONAL, "of every kept sample, per operation")                          \
	F(parts, OBJECT(parts), OPTIONAL,                                                          \
	  "means of the middle half: where the exits' time goes, counted; way out and in only "    \
	  "of one exit, with the bracket's own ticks")                                             \
	F(batch, OBJECT(batch), OPTIONAL,                                                          \
	  "runs back to back, per operation; what preparing and finishing cost is taken off")      \
	F(counts, OBJECT(counts), OPTIONAL,                                                        \
	  "by exitprobe run, from KVM's own statistics, where the probe reads none")               \
	F(sites, LIST_OF(site), OPTIONAL,                                                          \
	  "by exitprobe run, from KVM's tracepoints: the guest's RIP at the exits, of those in "   \
	  "at least half of the samples")                                                          \
	F(set_aside, OBJECT(set_aside), OPTIONAL,                                                  \
	  "samples, for other exits than the operation's own, or for the vCPU's absence")          \
	F(descheduled, BOOLEAN, OPTIONAL,                                                          \
	  "the vCPU was absent in most samples, which are then kept")                              \
	F(foreign, LIST_OF(reason), OPTIONAL, "exits while it was measured that are not its own")  \
	F(expected, OBJECT(expected), OPTIONAL, "what the operation's row says")                   \
	F(agrees, BOOLEAN, OPTIONAL, "if exits were counted")

#define DERIVED_FIELDS(F)                                                                          \
	F(record, CONSTANT("derived"), REQUIRED, NULL)                                             \
	F(name, OP_NAME, REQUIRED, NULL)                                                           \
	F(minuend, OP_NAME, REQUIRED, NULL)                                                        \
	F(subtrahend, OP_NAME, REQUIRED, NULL)                                                     \
	F(cycles, INTEGER, REQUIRED, NULL)                                                         \
	F(low, INTEGER, REQUIRED, NULL)                                                            \
	F(high, INTEGER, REQUIRED, NULL)                                                           \
	F(control, BOOLEAN, OPTIONAL,                                                              \
	  "the subtrahend is a control, which is 0 on a machine of steady speed")                  \
	F(says, ONE_OF(DIFFERENCES), OPTIONAL,                                                     \
	  "none: a tick or less; more, less: the interval is on one side of 0; unknown: it holds " \
	  "0, or the control's does not, or the clock is not steady")

#define END_FIELDS(F)                                                                              \
	F(record, CONSTANT("end"), REQUIRED, NULL)                                                 \
	F(measured, COUNT, REQUIRED, NULL)                                                         \
	F(skipped, COUNT, REQUIRED, NULL)                                                          \
	F(faulted, COUNT, REQUIRED,                                                                \
	  "not measured for a fault; these five add up to the operations")                         \
	F(hung, COUNT, REQUIRED, NULL)                                                             \
	F(failed, COUNT, REQUIRED, NULL)                                                           \
	F(agreed, COUNT, OPTIONAL, "operations whose exits are as expected")                       \
	F(differed, COUNT, OPTIONAL, NULL)                                                         \
	F(set_aside, COUNT, OPTIONAL, NULL)                                                        \
	F(foreign, LIST_OF(reason), OPTIONAL, NULL)                                                \
	F(clamped, COUNT, OPTIONAL, "the host's negative intervals")                               \
	F(vm_exits, COUNT, OPTIONAL, "of the VM, to here")                                         \
	F(steal_ns, INTEGER_OR_NULL, REQUIRED,                                                     \
	  "since the run began; null where it cannot be read")                                     \
	F(smi, INTEGER_OR_NULL, REQUIRED, NULL)                                                    \
	F(records, COUNT, REQUIRED, "lines above this one")                                        \
	F(crc32, HEXADECIMAL(8), REQUIRED, "of those lines' bytes, as zlib's")

/* Inner ones first; the last five are records. */
#define RECORD_OBJECTS(O)                                                                          \
	O(cpu, CPU_FIELDS, NULL)                                                                   \
	O(hypervisor, HYPERVISOR_FIELDS, NULL)                                                     \
	O(tsc, TSC_FIELDS, NULL)                                                                   \
	O(stats, STATS_FIELDS, NULL)                                                               \
	O(watching, WATCHING_FIELDS, NULL)                                                         \
	O(instructions, INSTRUCTIONS_FIELDS, NULL)                                                 \
	O(bracket, BRACKET_FIELDS, NULL)                                                           \
	O(reason, REASON_FIELDS, NULL)                                                             \
	O(cycles, CYCLES_FIELDS, NULL)                                                             \
	O(parts, PARTS_FIELDS, NULL)                                                               \
	O(batch, BATCH_FIELDS, NULL)                                                               \
	O(hint, HINT_FIELDS, NULL)                                                                 \
	O(counts, COUNTS_FIELDS, NULL)                                                             \
	O(site, SITE_FIELDS, NULL)                                                                 \
	O(set_aside, SET_ASIDE_FIELDS, NULL)                                                       \
	O(expected, EXPECTED_FIELDS, NULL)                                                         \
	O(meta, META_FIELDS, "Who measured, where, and what the bracket itself costs.")            \
	O(start, START_FIELDS, "An operation is about to run.")                                    \
	O(op, OP_FIELDS,                                                                           \
	  "What an operation came to. Figures are there if it was measured, those from exits on "  \
	  "if the host counts.")                                                                   \
	O(derived, DERIVED_FIELDS,                                                                 \
	  "The difference of two medians, and the interval it is in when both are in theirs.")     \
	O(end, END_FIELDS, "The run is whole.")

RECORD_OBJECTS(FIELDS_STRUCT)

#endif
