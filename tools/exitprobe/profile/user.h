/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROFILE_USER_H
#define PROFILE_USER_H

#include <stdbool.h>

#include "profile/symbols.h"

/*
 * Add the functions of what one line of /proc/PID/maps, as "7f...-7f... r-xp ...
 * /usr/lib/...", maps.  The lab's userspace has this machine's files.  A stripped
 * file has names of what it exports only; its other functions are called by their
 * offset, as .eh_frame_hdr lists them.  symbols_sort() when all are there.  False:
 * not such a line.
 */
bool user_symbols_add(struct symbols *s, const char *line);

#endif
