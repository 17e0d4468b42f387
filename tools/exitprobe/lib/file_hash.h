/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashes of files that are large and seldom change.
 */
#ifndef LIB_FILE_HASH_H
#define LIB_FILE_HASH_H

#include <stdbool.h>

/*
 * SHA-256 of file @path, SHA256_TEXT bytes.  What has been read once is not read again:
 * "hashes" in the directory to build in has it by what changes whenever the contents do;
 * the lab's scripts (scripts/common.sh, file_hashes) keep theirs there too.  False with
 * errno: it cannot be read.
 */
bool file_hash(const char *path, char *text);

#endif
