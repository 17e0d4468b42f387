// SPDX-License-Identifier: GPL-2.0-only
#include "nested/end.h"

#include <stddef.h>

#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "exit_reasons.h"
#include "lib/format.h"
#include "nested/vmcb.h"
#include "nested/vmx.h"

#define NAME_SIZE 32
#define TEXT_SIZE 96

static const char *failure;

static const char *name(unsigned int isa, uint32_t end, char *text)
{
	const char *known = exit_reason_name(isa, end);

	if (known)
		return known;
	if (isa == KVM_EXIT_STATS_ISA_VMX && end >= VMX_FAILED(0)) {
		format_text(text, NAME_SIZE, "failed entry (error %u)", end - VMX_FAILED(0));
		return text;
	}
	if (isa == KVM_EXIT_STATS_ISA_SVM && end == EXITCODE_INVALID)
		return "INVALID";
	format_text(text, NAME_SIZE, "exit 0x%x", end);
	return text;
}

void end_fail(const char *text)
{
	failure = text;
}

void end_fail_by(unsigned int isa, uint32_t end, uint32_t wanted)
{
	uint32_t interrupt = isa == KVM_EXIT_STATS_ISA_SVM ? SVM_EXIT_INTR
							   : EXIT_REASON_EXTERNAL_INTERRUPT;
	static char text[TEXT_SIZE];
	char one[NAME_SIZE], other[NAME_SIZE];

	format_text(text, sizeof(text), "L2 ended by %s, not by %s", name(isa, end, one),
		    name(isa, wanted, other));
	failure = text;
	/* It is still pending, and would end the next operation. */
	if (end == interrupt && lapic_present())
		lapic_take(VECTOR_TIMER);
}

const char *end_failed(void)
{
	const char *why = failure;

	failure = NULL;
	return why;
}
