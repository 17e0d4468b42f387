// SPDX-License-Identifier: GPL-2.0-only
#include "results/ways.h"

const char *const way_names[] = { WAYS(ENUM_NAME) };

static const struct {
	const char *title, *shows;
} ways[] = {
	[WAY_LEAF] = { "the patched KVM or the attached module",
		       "exits, reasons and times of every sample" },
	[WAY_TRACE] = { "KVM's tracepoints",
			"exits, reasons and times of every sample; kernel lacks what KVM does next "
			"to the guest, and p50 has what tracing costs" },
	[WAY_STATS] = { "KVM's own statistics",
			"exits per operation, and in brackets the counters that moved with them as a "
			"hint at the reason; no times on the host, and no sample is discarded" },
	[WAY_NONE] = { "nobody", "no exits and no host columns, only the guest's time" },
};

const char *way_title(enum way way)
{
	return ways[way].title;
}

bool way_counts_samples(enum way way)
{
	return way == WAY_LEAF || way == WAY_TRACE;
}

const char *way_shows(enum way way)
{
	return ways[way].shows;
}
