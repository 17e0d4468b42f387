/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where exitprobe's own files are: in the source tree, or as installed.
 */
#ifndef LIB_PATHS_H
#define LIB_PATHS_H

#include <stdbool.h>

/*
 * @name's path among the files that come with exitprobe: "probe.elf", "lab/boot".
 * Allocated; whether it exists is not looked at.
 */
char *paths_data(const char *name);

/* The same for what is built on this machine: "lab/release-6.1", "modules". */
char *paths_cache(const char *name);

/* Whether there is a directory for that; without one paths_cache() is the end. */
bool paths_have_cache(void);

#endif
