/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_COMMAND_H
#define EXITSTAT_COMMAND_H

#include <stdbool.h>

/*
 * Runs @command and waits for it.  Its exit status, or STATUS_SIGNAL + the signal
 * that ended it; a command that cannot be run ends the program as a shell would.
 * A terminal's interrupt ends the command, not exitstat: *@interrupted tells.
 */
int command_run(char *const *command, bool *interrupted);

#endif
