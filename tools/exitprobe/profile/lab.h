/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/boot, run for exitprobe profile.
 */
#ifndef PROFILE_LAB_H
#define PROFILE_LAB_H

#include <stdbool.h>

#include "profile/profile.h"

/* Files of one boot, in a directory of its own. */
struct lab_files {
	char *directory, *job, *trace, *output, *messages;
	int lock; /* on the directory, which is ours so long */
};

void lab_files_make(struct lab_files *f);
void lab_files_remove(struct lab_files *f);

/*
 * Boot the lab with @plugin, a file with its arguments, to run f->job there.  False
 * after one line that says why the probe did not run to its end.  Where a signal ends
 * it, so does the program: STATUS_INTERRUPTED, and nothing is left behind.
 */
bool lab_boot(struct lab_files *f, const struct profile_options *o, const char *plugin);

#endif
