// SPDX-License-Identifier: GPL-2.0-only
#include "counts/counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "results/ways.h"

const struct counting *const counts_ways[] = { &counts_leaf, &counts_trace, &counts_stats,
					       &counts_none, NULL };

const struct counting *counts_find(const char *name)
{
	for (const struct counting *const *way = counts_ways; *way; way++)
		if (!strcmp(name, way_names[(*way)->way]))
			return *way;
	return NULL;
}

const char *counts_names(void)
{
	static char names[64];

	if (*names)
		return names;
	for (const struct counting *const *way = counts_ways; *way; way++) {
		strcat(names, way == counts_ways ? "" : way[1] ? ", " : " or ");
		strcat(names, way_names[(*way)->way]);
	}
	return names;
}

const struct counting *const *counts_allowed(char **why)
{
	const struct counting *const *way = counts_ways;
	char *objection, *longer;

	*why = NULL;
	for (; (objection = (*way)->objection()); way++) {
		longer = xasprintf("%s%s%s: %s", *why ? *why : "", *why ? "; " : "",
				   way_names[(*way)->way], objection);
		free(objection);
		free(*why);
		*why = longer;
	}
	return way;
}

json_t *counts_per_operation(json_int_t count, double operations)
{
	json_int_t milli = llround((double)count * 1000 / operations);

	return milli % 1000 ? json_real((double)milli / 1000) : json_integer(milli / 1000);
}
