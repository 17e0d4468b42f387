/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands of exitprobe: one file each, one table of them in main.c.
 */
#ifndef EXITPROBE_COMMAND_H
#define EXITPROBE_COMMAND_H

#define EXITPROBE_VERSION "0.1"

/* What exitprobe exits with; its man page has the same list. */
enum exit_status {
	STATUS_OK = 0,
	STATUS_FINDING = 1, /* it worked, and what it found is not good: see each command */
	STATUS_ERROR = 2,   /* wrong usage or input, or something is missing */
	STATUS_INTERRUPTED = 130,
};

struct command {
	const char *name;
	const char *summary; /* one line, for --help */
	/* @argv[0] is "exitprobe NAME".  Returns an exit_status. */
	int (*run)(int argc, char **argv);
};

int run_command(int argc, char **argv);
int report_command(int argc, char **argv);
int compare_command(int argc, char **argv);
int profile_command(int argc, char **argv);
int bisect_command(int argc, char **argv);
int doctor_command(int argc, char **argv);
int list_command(int argc, char **argv);

#endif
