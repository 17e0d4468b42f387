// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "lib/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/message.h"

static int make(char *path, bool directory)
{
	if (!directory)
		return mkostemp(path, O_CLOEXEC);
	return mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

/* The lock beside it that is held between making and locking, and while others clean up. */
static int guard(const char *path)
{
	char *name = xasprintf("%.*sscratch.lock", (int)(strrchr(path, '/') + 1 - path), path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	free(name);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int scratch_make(char *path, bool directory)
{
	int lock = guard(path), fd, saved;

	if (lock < 0)
		return -1;
	fd = make(path, directory);
	if (fd >= 0)
		flock(fd, LOCK_EX);
	saved = errno;
	close(lock);
	errno = saved;
	return fd;
}
