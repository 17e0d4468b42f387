// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "lib/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/message.h"

/* What would be left behind; one at a time is enough, and all that a handler can see to. */
static char *volatile unfinished;

/* Signals that end a program, by someone's will or by a limit. */
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ };
#define ENDING_COUNT (sizeof(ending) / sizeof(ending[0]))

/* Once; then the signal does what it does without us. */
static void remove_unfinished(int number)
{
	if (unfinished)
		unlink(unfinished);
	signal(number, SIG_DFL);
	raise(number);
}

/* Nobody's handler and no SIG_IGN is taken away. */
static void catch_ending(void)
{
	struct sigaction action = { .sa_handler = remove_unfinished }, old;

	for (size_t i = 0; i < ENDING_COUNT; i++)
		if (!sigaction(ending[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(ending[i], &action, NULL);
}

/* So that a file is there, or has its name, and is known as such: both, or neither. */
static void hold_ending(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDING_COUNT; i++)
		sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

static bool is_special(const char *path)
{
	struct stat status;

	return !stat(path, &status) && !S_ISREG(status.st_mode);
}

/* A symbolic link stays one: what it points to is replaced. */
static char *resolved(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : xstrdup(path);
}

static bool open_temporary(struct output *output, char *message, size_t size)
{
	char *real = resolved(output->path);
	mode_t mask = umask(0);
	struct stat status;
	sigset_t before;
	int fd;

	umask(mask);
	output->temporary = xasprintf("%s.XXXXXX", real);
	catch_ending();
	hold_ending(&before);
	fd = mkostemp(output->temporary, O_CLOEXEC);
	if (fd >= 0)
		unfinished = output->temporary;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (fd < 0) {
		snprintf(message, size, "%s: cannot be written: %s", output->path, strerror(errno));
		free(output->temporary);
		output->temporary = NULL;
		free(real);
		return false;
	}
	/* As open() would have made it, or as it was. */
	if (fchmod(fd, stat(real, &status) ? 0666 & ~mask : status.st_mode & 07777))
		warning("%s: mode not set: %s", output->path, strerror(errno));
	free(real);
	output->file = fdopen(fd, "w");
	if (!output->file)
		out_of_memory(output->path);
	return true;
}

bool output_is_input(const char *path, const char *input)
{
	struct stat a, b;

	return path && !stat(path, &a) && S_ISREG(a.st_mode) && !stat(input, &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool output_open(struct output *output, const char *path, char *message, size_t size)
{
	*output = (struct output){ .path = path };
	if (!path || !strcmp(path, "-")) {
		output->path = NULL;
		output->file = stdout;
		return true;
	}
	if (!is_special(path))
		return open_temporary(output, message, size);
	output->file = fopen(path, "we");
	if (!output->file)
		snprintf(message, size, "%s: cannot be written: %s", path, strerror(errno));
	return output->file;
}

/* 0, or the errno of the first thing that failed. */
static int finish(struct output *output)
{
	FILE *file = output->file;
	int failed = 0;

	if (ferror(file))
		failed = EIO;
	errno = 0;
	if (fflush(file))
		failed = errno ? errno : EIO;
	if (output->temporary && !failed && fsync(fileno(file)))
		failed = errno;
	if (file != stdout && fclose(file) && !failed)
		failed = errno;
	output->file = NULL;
	return failed;
}

bool output_commit(struct output *output, char *message, size_t size)
{
	int failed = finish(output);

	if (!failed && output->temporary) {
		char *real = resolved(output->path);
		sigset_t before;

		hold_ending(&before);
		if (rename(output->temporary, real))
			failed = errno;
		else
			unfinished = NULL;
		sigprocmask(SIG_SETMASK, &before, NULL);
		free(real);
	}
	if (failed) {
		snprintf(message, size, "%s: cannot be written: %s",
			 output->path ? output->path : "standard output", strerror(failed));
		output_abandon(output);
		return false;
	}
	free(output->temporary);
	output->temporary = NULL;
	return true;
}

/* Its directory: that @path has been added there is on the disk too. */
static int sync_directory(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = 0;

	/* Some file systems cannot, and then it is as safe as they make it. */
	if (fd < 0 || (fsync(fd) && errno != EINVAL && errno != ENOTSUP))
		failed = errno;
	if (fd >= 0)
		close(fd);
	free(copy);
	return failed;
}

/*
 * A link never replaces.  On NFS its answer may be lost and the second attempt finds its own
 * link: the number of names tells (open(2), O_EXCL).  What has no links has this renaming.
 */
static int name_new(const char *temporary, const char *path)
{
	int failed = link(temporary, path) ? errno : 0;
	struct stat status;

	if (!failed || (!stat(temporary, &status) && status.st_nlink == 2))
		return 0;
	if (failed != EPERM && failed != ENOTSUP && failed != ENOSYS)
		return failed;
	return renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) ? errno : 0;
}

bool output_commit_new(struct output *output, bool *exists, char *message, size_t size)
{
	int failed = finish(output);

	*exists = false;
	if (!failed) {
		failed = name_new(output->temporary, output->path);
		*exists = failed == EEXIST;
	}
	if (!failed)
		failed = sync_directory(output->path);
	if (failed && !*exists)
		snprintf(message, size, "%s: cannot be written: %s", output->path,
			 strerror(failed));
	/* The other name of what is there now, if it was linked. */
	output_abandon(output);
	return !failed || *exists;
}

void output_abandon(struct output *output)
{
	if (output->file && output->file != stdout)
		fclose(output->file);
	if (output->temporary)
		unlink(output->temporary);
	unfinished = NULL;
	free(output->temporary);
	*output = (struct output){ 0 };
}
