/* SPDX-License-Identifier: GPL-2.0-only */
/* Words that all forms of a report share. */
#ifndef RESULTS_WORDING_H
#define RESULTS_WORDING_H

#include <stddef.h>

#include "results/merge.h"

/* "VINTR+2 NPF": exits by reason of one operation; "" without. */
const char *wording_reasons(const struct reasons *reasons, char *text, size_t size);

/* "1 IOIO", "0 to 2 NPF", "1 or more NPF", "none": what a row expects; see expectation.h. */
const char *wording_expected(const struct expected *expected, char *text, size_t size);

/* "5 NPF, 9 INTR": whole exits of the host's own; "none" without. */
const char *wording_foreign(const struct reasons *reasons, char *text, size_t size);

/* Why there are no figures: "skipped: no INVPCID"; "" if there are. */
const char *wording_outcome(const struct op_result *op, char *text, size_t size);

/* "hangs in 2 of 5 boots", of one that is measured in others; "" for all else. */
const char *wording_broken(const struct merged_op *op, char *text, size_t size);

/* "fault: #GP, less a wait of 5, descheduled"; "" if nothing is to be said. */
const char *wording_notes(const struct merged_op *op, const char *separator, char *text,
			  size_t size);

/*
 * Why the operation exits, as far as it is known: "IOIO", "VMMCALL+VMRUN, 1 from L2", or of
 * counters that are only a hint at it "(io_exits, insn_emulation)".
 */
const char *wording_why(const struct op_result *op, char *text, size_t size);

/* ", exits +2", of two operations that do not have as many; else "". */
const char *wording_more_exits(const struct derived *derived, char *text, size_t size);

/*
 * "AMD EPYC ... | host KVM-6.1.0 | exit stats v1 (SVM) | unit: instructions"; "unit: cycles of
 * 0.3571 ns (TSC at 2800 MHz)" where that is known.
 */
const char *wording_headline(const struct results *results, char *text, size_t size);

/* The median did not settle in every boot. */
bool wording_unsettled(const struct op_result *op);

/* What a difference from a control says, or "" if its figure does. */
const char *wording_difference(enum difference_kind says);

#endif
