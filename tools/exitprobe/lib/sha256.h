/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4), to name files by their contents.
 */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT 65 /* in hexadecimal digits, with the NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	uint8_t block[64];
};

void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);

/* @text: SHA256_TEXT bytes. */
void sha256_end(struct sha256 *hash, char *text);

/* Of what is in file @path.  False with errno: it cannot be read. */
bool sha256_file(const char *path, char *text);

#endif
