// SPDX-License-Identifier: GPL-2.0-only
#include "report/report.h"

#include "exit_reasons.h"
#include "expectation.h"

#define REASON_NAME_SIZE 24

static const char *reason_name(unsigned int isa, uint32_t reason, char *buffer, size_t size)
{
	const char *name = exit_reason_name(isa, reason);

	if (name)
		format_text(buffer, size, "%s", name);
	else
		format_text(buffer, size, "0x%x", reason);
	return buffer;
}

const char *report_reason(uint32_t reason, char *buffer, size_t size)
{
	return reason_name(measure_isa(), reason, buffer, size);
}

const char *report_expectation(unsigned int isa, const struct expectation *e, char *buffer,
			       size_t size)
{
	char buffers[EXPECTED_REASONS][REASON_NAME_SIZE];
	const char *names[EXPECTED_REASONS];

	for (unsigned int i = 0; i < e->reason_count; i++)
		names[i] = reason_name(isa, e->reasons[i], buffers[i], sizeof(buffers[i]));
	return expectation_text(e->min, e->max, names, e->reason_count, buffer, size);
}
