/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exitprobe run is asked for, and what follows where nothing is said.
 */
#ifndef EXITPROBE_RUN_OPTIONS_H
#define EXITPROBE_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "remote/remote.h"
#include "vm/boot.h"
#include "vm/lab_run.h"

struct run_options {
	struct boot_plan plan;
	struct lab_plan lab;
	const char *accel;  /* "kvm", "tcg" or "lab" */
	const char *counts; /* "auto" or a way's name */
	const char *output; /* file, or NULL */
	bool stream, quiet, redact;
	struct remote_plan remote; /* with machines: there, and not here */
	const char *agent;	   /* or on one of them, in this directory */

	/* While they are read: */
	char *ops, *skip; /* of all --ops, and --skip; or NULL */
	size_t qemu_args;
	char **words; /* all that is to be said on other machines too, NULL behind it */
	size_t word_count;
	const char *for_remote;		/* the last option that says nothing here */
	bool settle;			/* --settle was given */
	const char *for_lab, *for_here; /* the last option that says nothing elsewhere */
};

/*
 * Read the command line.  What is wrong or cannot work on this host ends the program
 * with one line and STATUS_ERROR, --help and the like with STATUS_OK.
 */
void run_options_read(struct run_options *options, int argc, char **argv);

/*
 * What follows where nothing was said, and whether it can work on this host: the same
 * for it.  A part of run_options_read().
 */
void run_options_complete(struct run_options *options);

#endif
