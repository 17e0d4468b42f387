// SPDX-License-Identifier: GPL-2.0-only
#include "report/report.h"

#include "exit_reasons.h"
#include "platform/counters.h"

const char *report_reason(uint32_t reason, char *buffer, size_t size)
{
	const char *name = exit_reason_name(counters_info()->isa, reason);

	if (name)
		format_text(buffer, size, "%s", name);
	else
		format_text(buffer, size, "0x%x", reason);
	return buffer;
}

const char *report_expectation(const struct expectation *e, char *buffer, size_t size)
{
	char name[24];
	int length;

	if (!e->max) {
		format_text(buffer, size, "none");
		return buffer;
	}
	if (e->min == e->max)
		length = format_text(buffer, size, "%u", e->min);
	else if (e->max == EXITS_UNBOUNDED)
		length = format_text(buffer, size, "%u or more", e->min);
	else
		length = format_text(buffer, size, "%u to %u", e->min, e->max);
	for (unsigned int i = 0; i < e->reason_count && (size_t)length < size; i++)
		length += format_text(buffer + length, size - (size_t)length, "%s %s",
				      i ? " or" : "",
				      report_reason(e->reasons[i], name, sizeof(name)));
	return buffer;
}
