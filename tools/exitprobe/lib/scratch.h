/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files beside the lab for as long as one run of it.  lab/boot removes those that have
 * no owner any more, who was killed: an owner holds a lock (scratch, scripts/common.sh).
 */
#ifndef LIB_SCRATCH_H
#define LIB_SCRATCH_H

#include <stdbool.h>

/*
 * Make a file or directory of the path @path, which ends with XXXXXX as for mkstemp().
 * Returns a descriptor that keeps it ours until it is closed, or -1 with errno.
 */
int scratch_make(char *path, bool directory);

#endif
