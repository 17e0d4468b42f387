// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exitstat/status.h"

static const int from_terminal[] = { SIGINT, SIGQUIT };
enum { NR_FROM_TERMINAL = sizeof(from_terminal) / sizeof(from_terminal[0]) };

static void child(char *const *command, const struct sigaction *old, int failed)
{
	int error;

	for (int i = 0; i < NR_FROM_TERMINAL; i++)
		sigaction(from_terminal[i], &old[i], NULL);
	execvp(command[0], command);
	error = errno;
	/* Closed by a successful exec; so the parent knows either way. */
	if (write(failed, &error, sizeof(error)) != sizeof(error))
		_exit(STATUS_SYSTEM);
	_exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN);
}

int command_run(char *const *command, bool *interrupted)
{
	struct sigaction old[NR_FROM_TERMINAL], ignore = { .sa_handler = SIG_IGN };
	int failed[2], error, status;
	ssize_t n;
	pid_t pid;

	if (pipe2(failed, O_CLOEXEC))
		die(STATUS_SYSTEM, "pipe: %s", strerror(errno));
	for (int i = 0; i < NR_FROM_TERMINAL; i++)
		sigaction(from_terminal[i], &ignore, &old[i]);
	pid = fork();
	if (pid < 0)
		die(STATUS_SYSTEM, "fork: %s", strerror(errno));
	if (!pid)
		child(command, old, failed[1]);

	close(failed[1]);
	n = read(failed[0], &error, sizeof(error));
	close(failed[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die(STATUS_SYSTEM, "waiting for %s: %s", command[0], strerror(errno));
	for (int i = 0; i < NR_FROM_TERMINAL; i++)
		sigaction(from_terminal[i], &old[i], NULL);
	if (n == sizeof(error))
		die(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN, "%s: %s", command[0],
		    strerror(error));

	*interrupted = false;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	*interrupted = WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGQUIT;
	return STATUS_SIGNAL + WTERMSIG(status);
}
