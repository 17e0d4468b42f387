/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A boot of the lab for exitprobe profile: its files, and why it did not work.
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

/* False after one line. */
bool lab_files_make(struct lab_files *f);
void lab_files_remove(struct lab_files *f);

/*
 * Boot the lab with @plugin, a file with its arguments, to run f->job there.  Unless it is
 * PROFILE_TAKEN one line has said why the probe did not run to its end.
 */
enum profile_end lab_files_boot(const struct lab_files *f, const struct profile_options *o,
				const char *plugin);

#endif
