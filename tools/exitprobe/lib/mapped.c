// SPDX-License-Identifier: GPL-2.0-only
#include "lib/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool mapped_open(struct mapped *file, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), reason;
	struct stat status;
	void *bytes = MAP_FAILED;

	if (fd < 0)
		return false;
	if (!fstat(fd, &status))
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	reason = errno;
	close(fd);
	errno = reason;
	if (bytes == MAP_FAILED)
		return false;
	*file = (struct mapped){ bytes, (size_t)status.st_size };
	return true;
}

void mapped_close(struct mapped *file)
{
	munmap((void *)file->bytes, file->size);
}

const void *mapped_at(const struct mapped *file, uint64_t offset, uint64_t size, size_t align)
{
	if (offset % align || offset > file->size || size > file->size - offset)
		return NULL;
	return file->bytes + offset;
}
