// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "shared/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int (*say_failure)(int status, int error);

void streams_open(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* The lowest number that is free is the one that is missing. */
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_FAILURE);
	}
	/* Where it is ignored the kernel keeps no child's status: waitpid() finds none (POSIX). */
	signal(SIGCHLD, SIG_DFL);
}

static void check_output(int status, void *unused)
{
	int failed = 0;

	(void)unused;
	errno = 0;
	if (fflush(stdout)) {
		failed = errno ? errno : EIO;
	} else if (ferror(stdout)) {
		/* What failed on the way left no errno; one byte more of what is cut off does. */
		clearerr(stdout);
		failed = putchar('\n') == EOF || fflush(stdout) ? errno : EIO;
	}
	/* exit() must not be called again from here. */
	if (failed)
		_exit(say_failure(status, failed));
}

void streams_check_at_exit(int (*say)(int status, int error))
{
	say_failure = say;
	if (on_exit(check_output, NULL))
		_exit(say(EXIT_SUCCESS, ENOMEM));
}
