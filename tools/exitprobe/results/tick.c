// SPDX-License-Identifier: GPL-2.0-only
#include "results/tick.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the probe takes two clocks for the same within: abi/records.schema.json, tsc. */
#define SAME_FREQUENCY 0.01

#define NS_PER_MS 1e6

double tick_ns(const struct results *results)
{
	int64_t khz = 0;

	if (strcmp(results->unit, "cycles"))
		return 0;
	for (size_t i = 0; i < results->boot_count; i++) {
		const struct boot *boot = &results->boots[i];

		if (!boot->has_meta || boot->meta.tsc_khz <= 0)
			continue;
		if (!khz)
			khz = boot->meta.tsc_khz;
		if (fabs((double)(boot->meta.tsc_khz - khz)) > SAME_FREQUENCY * (double)khz)
			return 0;
	}
	return khz ? NS_PER_MS / (double)khz : 0;
}

bool tick_difference_ns(const struct results *base, int64_t base_ticks, const struct results *now,
			int64_t now_ticks, double *ns)
{
	double base_ns = tick_ns(base), now_ns = tick_ns(now);

	*ns = now_ns * (double)now_ticks - base_ns * (double)base_ticks;
	return base_ns > 0 && now_ns > 0;
}

/* The bounds are from where on the coarser form is rounded up to its least. */
static int decimals(double ns)
{
	return fabs(ns) < 9.995 ? 2 : fabs(ns) < 99.95 ? 1 : 0;
}

const char *tick_text(double ns, char *text, size_t size)
{
	snprintf(text, size, "%.*f", decimals(ns), ns);
	return text;
}

const char *tick_change_text(double ns, char *text, size_t size)
{
	snprintf(text, size, "%+.*f", decimals(ns), ns);
	return text;
}
