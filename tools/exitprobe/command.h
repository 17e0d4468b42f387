/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands of exitprobe.  One table in main.c has them all; those that have a
 * folder of their own are declared there.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "lib/exit_status.h"

struct command {
	const char *name;
	const char *summary; /* one line, for --help */
	/* @argv[0] is "exitprobe NAME".  Returns an exit_status. */
	int (*run)(int argc, char **argv);
};

int run_command(int argc, char **argv);
int doctor_command(int argc, char **argv);
int host_command(int argc, char **argv);
int list_command(int argc, char **argv);

#endif
