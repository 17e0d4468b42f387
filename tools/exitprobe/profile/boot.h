/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A boot of the lab with the plugin.
 */
#ifndef PROFILE_BOOT_H
#define PROFILE_BOOT_H

#include <jansson.h>

#include "profile/profile.h"
#include "profile/symbols.h"
#include "profile/trace.h"
#include "results/record_stream.h"

struct profile_boot {
	char *release; /* of the lab's kernel */
	json_t *meta;  /* the probe's records of those names */
	json_t *op;
	struct record_stream records; /* that they are of */
	struct trace trace;
	struct symbols symbols;
};

/* Unless it is PROFILE_TAKEN one line says why.  profile_boot_free() in any case. */
enum profile_end profile_boot(struct profile_boot *b, const struct profile_options *o);
void profile_boot_free(struct profile_boot *b);

#endif
