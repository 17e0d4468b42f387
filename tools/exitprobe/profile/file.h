/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Profiles in files.
 */
#ifndef PROFILE_FILE_H
#define PROFILE_FILE_H

#include <stdbool.h>

#include "profile/profile.h"

bool profile_ends_with(const char *text, const char *end);

/* What @path's ending asks for; NULL after one line if that is nothing known. */
int (*profile_writer(const char *path))(FILE *, const json_t *);

/*
 * Both write a file whole or not at all, and return 0, or -1 after one line.
 * profile_add() puts the profile among the "profiles" of the results document that
 * @path is, in place of one of the same operation, kernel and modules.
 */
int profile_write(const char *path, const json_t *profile);
int profile_add(const char *path, json_t *profile);

#endif
