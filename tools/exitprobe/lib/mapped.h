/* SPDX-License-Identifier: GPL-2.0-only */
/* A file's bytes in memory, read only.  They may be any bytes. */
#ifndef LIB_MAPPED_H
#define LIB_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapped {
	const uint8_t *bytes;
	size_t size;
};

/* Map the file @path.  False with errno set; an empty file is EINVAL. */
bool mapped_open(struct mapped *file, const char *path);
void mapped_close(struct mapped *file);

/* What the file has at @offset; NULL if that is behind its end, or not where @align puts it. */
const void *mapped_at(const struct mapped *file, uint64_t offset, uint64_t size, size_t align);

#endif
