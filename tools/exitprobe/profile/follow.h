/* SPDX-License-Identifier: GPL-2.0-only */
/* A profile goes into a results file only if it is of what that file was measured with. */
#ifndef PROFILE_FOLLOW_H
#define PROFILE_FOLLOW_H

#include <jansson.h>
#include <stdbool.h>

#include "profile/profile.h"

/*
 * Let @o have the kernel and the modules of the results file @path; those that are there
 * already must be the same.  False after one line that says what cannot be followed.
 */
bool profile_follow(const char *path, struct profile_options *o);

/* Whether @profile is of the same.  False after one line that says what is not. */
bool profile_fits(const char *path, const json_t *profile);

#endif
