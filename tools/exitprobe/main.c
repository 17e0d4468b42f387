// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe: what each instruction's VM exits cost.  This is the command's first
 * word only; each subcommand has a file of its own.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "bill/bill_command.h"
#include "command.h"
#include "compare/compare.h"
#include "history/history.h"
#include "lib/message.h"
#include "profile/bisect.h"
#include "profile/profile.h"
#include "report/report.h"
#include "shared/streams.h"
#include "version.h"
#include "watch/watch.h"

static const struct command commands[] = {
	{ "run", "boot the probe, show its table and keep its results", run_command },
	{ "report", "show results: as text, a page, CSV, SQL, metrics, tests", report_command },
	{ "compare", "what changed between results, operation by operation", compare_command },
	{ "history", "a directory of results: what changed from run to run, and when",
	  history_command },
	{ "bill", "what a guest's exits cost, by reason, and what would be saved", bill_command },
	{ "profile", "which functions the instructions of one exit are in, in the lab",
	  profile_command },
	{ "bisect", "judge a commit by the instructions of an exit, for git bisect run",
	  bisect_command },
	{ "watch", "a running VM's exits by reason and where its time goes, like top",
	  watch_command },
	{ "doctor", "check this host for what would spoil a measurement", doctor_command },
	{ "host", "attach exit statistics to this host's KVM, or detach them", host_command },
	{ "list", "list the operations that the probe can measure", list_command },
	{ 0 },
};

static void print_usage(FILE *to)
{
	fputs("Usage: exitprobe COMMAND [OPTION...]\n"
	      "Measure how many VM exits each instruction of a guest causes, what they cost, and where\n"
	      "the time goes.\n\n",
	      to);
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-10s %s\n", c->name, c->summary);
	fputs("\nexitprobe COMMAND --help shows the options of a command; man exitprobe has the rest.\n",
	      to);
}

/* The command called @name, or NULL. */
static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

/* A full disk is an error whoever printed: argp ends the program after its help. */
static int say_failure(int status, int error_number)
{
	/* Then one line has said what is wrong, and it may have been this. */
	if (status != argp_err_exit_status)
		error("standard output: cannot be written: %s", strerror(error_number));
	return argp_err_exit_status;
}

int main(int argc, char **argv)
{
	static char full_name[64];
	const struct command *command;
	const char *word = argc > 1 ? argv[1] : NULL;

	streams_open();
	streams_check_at_exit(say_failure);
	message_program("exitprobe");
	argp_err_exit_status = STATUS_ERROR;
	if (!word) {
		print_usage(stderr);
		return STATUS_ERROR;
	}
	/* "exitprobe help run" is "exitprobe run --help". */
	if (!strcmp(word, "help") && argc == 3 && find_command(argv[2])) {
		static char help[] = "--help";

		word = argv[2];
		argv[2] = help;
	}
	if (!strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h")) {
		print_usage(stdout);
		return STATUS_OK;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("exitprobe " VERSION);
		return STATUS_OK;
	}

	command = find_command(word);
	if (!command) {
		error("%s: unknown command; exitprobe --help lists them", word);
		return STATUS_ERROR;
	}
	snprintf(full_name, sizeof(full_name), "exitprobe %s", command->name);
	message_program(full_name);
	argv[1] = full_name;
	return command->run(argc - 1, argv + 1);
}
