/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROFILE_DOCUMENT_H
#define PROFILE_DOCUMENT_H

#include "profile/boot.h"

/* The document of a boot, or NULL after one line that says why not. */
json_t *profile_document(struct profile_boot *b, const struct profile_options *o);

#endif
