// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/reasons.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "exit_reasons.h"
#include "kvm_exit_stats.h"

/* The vector of #PF (SDM vol. 3A, 6.15; APM vol. 2, 8.2). */
#define PAGE_FAULT 14

const char *name_of(char *text, const struct layout *layout, unsigned int slot)
{
	const char *name = exit_reason_name(layout->isa, layout->codes[slot]);

	if (name)
		return name;
	snprintf(text, NAME_BYTES, "0x%x", layout->codes[slot]);
	return text;
}

const char *number_of(char *text, const struct layout *layout, uint32_t code)
{
	snprintf(text, NAME_BYTES,
		 layout->isa == KVM_EXIT_STATS_ISA_SVM ? "0x%" PRIx32 : "%" PRIu32, code);
	return text;
}

const char *why_none(const struct layout *layout, unsigned int slot)
{
	return exit_reason_never_enabled(layout->isa, layout->codes[slot]) ? "KVM never enables it"
									   : "none so far";
}

static bool has_exits(const struct layout *layout, const struct snapshot *now, uint32_t code)
{
	for (unsigned int i = 0; i < layout->nr; i++)
		if (layout->codes[i] == code && now->reasons[i].val[KVM_EXIT_STATS_EXITS])
			return true;
	return false;
}

/*
 * A fault in nested tables exits only with nested paging.  Without it KVM intercepts page faults
 * and INVLPG (init_vmcb() of KVM's svm.c; CPU_BASED_INVLPG_EXITING in its vmx.c).  Of
 * VMX's exceptions the reason does not tell which one it was.
 */
const char *paging(const struct layout *layout, const struct snapshot *now)
{
	if (layout->isa == KVM_EXIT_STATS_ISA_SVM) {
		if (has_exits(layout, now, SVM_EXIT_NPF))
			return "nested";
		return has_exits(layout, now, SVM_EXIT_INVLPG) ||
				       has_exits(layout, now, SVM_EXIT_EXCP_BASE + PAGE_FAULT)
			       ? "shadow"
			       : NULL;
	}
	if (has_exits(layout, now, EXIT_REASON_EPT_VIOLATION) ||
	    has_exits(layout, now, EXIT_REASON_EPT_MISCONFIG))
		return "nested";
	return has_exits(layout, now, EXIT_REASON_INVLPG) ? "shadow" : NULL;
}

/* qsort has no context for its comparison. */
static const struct delta *sorted;

static int more_exits(const void *left, const void *right)
{
	unsigned int a = *(const unsigned int *)left, b = *(const unsigned int *)right;
	uint64_t exits_a = sorted->reasons[a].val[KVM_EXIT_STATS_EXITS];
	uint64_t exits_b = sorted->reasons[b].val[KVM_EXIT_STATS_EXITS];

	if (exits_a != exits_b)
		return exits_a > exits_b ? -1 : 1;
	return a < b ? -1 : 1;
}

unsigned int by_exits(const struct layout *layout, const struct delta *delta, unsigned int *slots)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < layout->nr; i++)
		if (delta->reasons[i].val[KVM_EXIT_STATS_EXITS])
			slots[n++] = i;
	sorted = delta;
	qsort(slots, n, sizeof(slots[0]), more_exits);
	return n;
}
