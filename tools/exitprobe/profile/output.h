/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the job of a boot with the plugin printed: the probe's records, and between them
 * the lab kernel's symbols and the map of userspace.
 */
#ifndef PROFILE_OUTPUT_H
#define PROFILE_OUTPUT_H

#include <stdbool.h>

#include "profile/boot.h"

/*
 * The records of one operation into @b->meta and @b->op, which are NULL before; the
 * symbols, if there are any, into the file @symbols.  PROFILE_IMPOSSIBLE where that
 * cannot be written.
 */
enum profile_end output_read(struct profile_boot *b, const char *output, const char *symbols);

/* Add userspace's symbols, by the lines of its map.  False after one line. */
bool output_read_maps(struct symbols *s, const char *output);

#endif
