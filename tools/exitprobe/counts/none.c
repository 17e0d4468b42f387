// SPDX-License-Identifier: GPL-2.0-only
/* Nobody counts: the guest's round trips alone. */
#include "counts/counts.h"

static char *objection(void)
{
	return NULL;
}

const struct counting counts_none = { .way = WAY_NONE, .objection = objection };
