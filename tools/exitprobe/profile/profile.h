/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exitprobe profile: what KVM executes between a VM exit and the next entry,
 * instruction by instruction.
 *
 * A boot of the lab with the plugin (profile_boot.c) leaves records of the probe,
 * symbols (profile_symbols.c) and a trace (profile_trace.c).  profile_stack.c
 * finds the calls in the trace's paths; profile_document.c makes one JSON document
 * of all.  Whatever is shown is made from the document.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct profile_options {
	const char *op;
	const char *kernel;  /* "6.1" */
	const char *modules; /* directory, or NULL for the kernel's own */
	const char *plugin;  /* file, or NULL for the one that was built */
	unsigned int samples;
	unsigned int vcpus;
	unsigned int seconds; /* time limit of the boot */
	bool user;	      /* userspace by symbol */
};

/*
 * Whether all that a boot needs is there: the operation, the lab, the plugin.
 * False after one line that says what is not.
 */
bool profile_ready(const struct profile_options *o);

/* How it ended; unless it is PROFILE_TAKEN one line has said why. */
enum profile_end {
	PROFILE_TAKEN,
	PROFILE_FAILED,	    /* with these modules */
	PROFILE_IMPOSSIBLE, /* with any: a file of ours cannot be made, the lab not started */
	PROFILE_INTERRUPTED,
};

/* Boot the lab and profile one operation: a new document in *@profile, or NULL. */
enum profile_end profile_take(const struct profile_options *o, json_t **profile);

/* The instructions of the operation's windows on its commonest path. */
json_int_t profile_instructions(const json_t *profile);

/* The document in the file @path, checked; NULL after one line that says why not. */
json_t *profile_load(const char *path);

/* That all of @profile is as profile_fields.h has it: what follows may show it. */
struct reader;
void profile_check(struct reader *r, const json_t *profile);

/* Ways to show a document.  They return 0, or -1 where @to cannot be written. */
int profile_table(FILE *to, const json_t *profile, unsigned int top);
int profile_folded(FILE *to, const json_t *profile);
int profile_svg(FILE *to, const json_t *profile);
/*
 * The same graph and a heading, to stand in a page of HTML; behind the last of them
 * profile_html_end() puts what all share.
 */
int profile_html(FILE *to, const json_t *profile);
void profile_html_end(FILE *to);

/* Whether profile_svg() and profile_html() take @profile, which anyone may have written. */
bool profile_can_be_drawn(const json_t *profile);

/* The same; 1 after one line: functions' differences do not add up to the windows'. */
int profile_diff(FILE *to, const json_t *before, const json_t *after, unsigned int top);

/* The subcommand profile.  @argv[0] is "exitprobe profile".  Returns an exit_status. */
int profile_command(int argc, char **argv);

#endif
