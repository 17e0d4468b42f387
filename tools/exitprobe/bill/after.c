// SPDX-License-Identifier: GPL-2.0-only
#include "bill/after.h"

#include <string.h>

/* Rows of probe-os/measure/derived.c, by the beginning of their names. */
static const struct {
	const char *rows, *title;
} kinds[AFTER_KINDS] = {
	[AFTER_KERNEL] = { "left-cpuid-*", "exits that KVM handles" },
	[AFTER_USER] = { "left-user-*", "exits that the VMM takes part in" },
	[AFTER_HALT] = { "left-hlt-*", "exits of HLT" },
};

const char *after_rows(enum after_kind kind)
{
	return kinds[kind].rows;
}

const char *after_title(enum after_kind kind)
{
	return kinds[kind].title;
}

static bool is_row_of(const struct derived *d, enum after_kind kind)
{
	return d->control && !strncmp(d->name, kinds[kind].rows, strlen(kinds[kind].rows) - 1);
}

struct after_prices after_prices_of(const struct merged *merged)
{
	struct after_prices prices = { 0 };

	for (size_t i = 0; i < merged->derived_count; i++) {
		const struct derived *d = &merged->derived[i];

		for (int k = 0; k < AFTER_KINDS; k++) {
			const struct derived **by = &prices.by[k];

			if (!is_row_of(d, (enum after_kind)k))
				continue;
			prices.any = prices.is_measured[k] = true;
			if (d->says != DIFFERENCE_UNKNOWN && (!*by || d->cycles > (*by)->cycles))
				*by = d;
		}
	}
	return prices;
}

static enum after_kind kind_of(const struct price *price)
{
	if (!strcmp(price->reason, "HLT"))
		return AFTER_HALT;
	return price->in_user ? AFTER_USER : AFTER_KERNEL;
}

void after_add(const struct after_prices *prices, const struct share *share, double scale,
	       struct after_cost *cost)
{
	const struct derived *by = prices->by[kind_of(share->price)];

	if (!by)
		return;
	cost->exits += share->exits;
	cost->ticks += share->exits * scale * (double)by->cycles;
	cost->low += share->exits * scale * (double)by->low;
	cost->high += share->exits * scale * (double)by->high;
}
