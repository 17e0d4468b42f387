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

/*
 * The same for what is built on this machine: "lab/release-6.1", "modules".  NULL without
 * a directory for that: then paths_have_cache() is false.
 */
char *paths_cache(const char *name);

bool paths_have_cache(void);

/* The same for who cannot do without: false after one line. */
bool paths_need_cache(void);

#endif
