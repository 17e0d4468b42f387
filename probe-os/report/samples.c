// SPDX-License-Identifier: GPL-2.0-only
/* Print every sample on a line, for a reader who wants to check the figures. */
#include "report/report.h"

#include "console/console.h"
#include "measure/sampling.h"

static void op_end(const struct op *op, const struct measurement *m)
{
	const struct sample *s = sampling_samples();

	if (m->outcome != OUTCOME_MEASURED) {
		printf("%s not measured: %s\n", op->name, m->text ? m->text : "it faults or hangs");
		return;
	}
	for (size_t i = 0; i < m->taken; i++, s++)
		printf("%s %zu exits=%ld start=%lu exit=%lu entry=%lu end=%lu round=%lu "
		       "kernel=%ld user=%ld halted=%ld descheduled=%ld wait=%lu %s\n",
		       op->name, i, s->exits, s->start, s->exit, s->entry, s->end,
		       s->end - s->start, s->kernel_counted, s->user, s->halted, s->descheduled,
		       s->wait, s->kept ? "kept" : "discarded");
}

const struct report report_samples = { .op_end = op_end };
