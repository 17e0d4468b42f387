// SPDX-License-Identifier: GPL-2.0-only
#include "nested/end.h"

#include "exit_reasons.h"
#include "lib/format.h"
#include "nested/vmcb.h"
#include "nested/vmx.h"

#define NAME_SIZE 32
#define TEXT_SIZE 96

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

const char *end_text(unsigned int isa, uint32_t end, uint32_t wanted)
{
	static char text[TEXT_SIZE];
	char one[NAME_SIZE], other[NAME_SIZE];

	format_text(text, sizeof(text), "L2 ended by %s, not by %s", name(isa, end, one),
		    name(isa, wanted, other));
	return text;
}
