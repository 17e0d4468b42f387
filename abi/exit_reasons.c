// SPDX-License-Identifier: GPL-2.0-only
#include "exit_reasons.h"

#include <stddef.h>

#include "kvm_exit_stats.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ELEMENT(number, identifier, name) [number] = name,
static const char *const vmx_names[] = { VMX_EXIT_REASON_LIST(ELEMENT) };
#undef ELEMENT

/* The list has two clusters far apart, so search it instead of indexing it. */
#define ELEMENT(number, identifier, name) { number, name },
static const struct {
	uint32_t reason;
	const char *name;
} svm_names[] = { SVM_EXIT_REASON_LIST(ELEMENT) };
#undef ELEMENT

#define INDICES_8(before, tens, after)                                                             \
	before #tens "0" after, before #tens "1" after, before #tens "2" after,                    \
		before #tens "3" after, before #tens "4" after, before #tens "5" after,            \
		before #tens "6" after, before #tens "7" after
#define INDICES_10(before, tens, after)                                                            \
	INDICES_8(before, tens, after), before #tens "8" after, before #tens "9" after
#define INDICES_16(before, after)                                                                  \
	INDICES_10(before, , after), before "10" after, before "11" after, before "12" after,      \
		before "13" after, before "14" after, before "15" after
#define INDICES_32(before, after)                                                                  \
	INDICES_10(before, , after), INDICES_10(before, 1, after), INDICES_10(before, 2, after),   \
		before "30" after, before "31" after

#define ROW(first, count, before, after) { first, count, { INDICES_##count(before, after) } },
static const struct {
	uint32_t first, count;
	const char *names[32];
} svm_rows[] = { SVM_EXIT_REASON_ROWS(ROW) };
#undef ROW

static const char *svm_name(uint32_t reason)
{
	for (size_t i = 0; i < COUNT(svm_rows); i++)
		if (reason - svm_rows[i].first < svm_rows[i].count)
			return svm_rows[i].names[reason - svm_rows[i].first];
	for (size_t i = 0; i < COUNT(svm_names); i++)
		if (svm_names[i].reason == reason)
			return svm_names[i].name;
	return NULL;
}

const char *exit_reason_name(unsigned int isa, uint32_t reason)
{
	if (reason == KVM_EXIT_STATS_REASON_OTHER)
		return "OTHER";
	if (isa == KVM_EXIT_STATS_ISA_SVM)
		return svm_name(reason);
	return reason < COUNT(vmx_names) ? vmx_names[reason] : NULL;
}

static const uint32_t vmx_never[] = { VMX_EXIT_REASONS_NEVER_ENABLED };

#define RANGE(first, last) { first, last },
static const struct {
	uint32_t first, last;
} svm_never[] = { SVM_EXIT_REASONS_NEVER_ENABLED(RANGE) };
#undef RANGE

bool exit_reason_never_enabled(unsigned int isa, uint32_t reason)
{
	if (isa == KVM_EXIT_STATS_ISA_SVM) {
		for (size_t i = 0; i < COUNT(svm_never); i++)
			if (reason >= svm_never[i].first && reason <= svm_never[i].last)
				return true;
		return false;
	}
	for (size_t i = 0; i < COUNT(vmx_never); i++)
		if (vmx_never[i] == reason)
			return true;
	return false;
}
