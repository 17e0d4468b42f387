// SPDX-License-Identifier: GPL-2.0-only
/* KVM counts, by the patch or by the module beside it, and the probe reads it by CPUID. */
#include <stdlib.h>
#include <string.h>

#include "counts/counts.h"
#include "lib/message.h"
#include "vm/host.h"

static char *objection(void)
{
	char *mode = host_statistics(), *why = NULL;

	if (!mode)
		why = xstrdup("this host's KVM has no exit statistics (as root: exitprobe host "
			      "attach guest)");
	else if (strcmp(mode, "guest"))
		why = xasprintf("exit_stats=%s does not show them to guests (as root: exitprobe "
				"host attach guest)",
				mode);
	free(mode);
	return why;
}

const struct counting counts_leaf = { .way = WAY_LEAF, .objection = objection };
