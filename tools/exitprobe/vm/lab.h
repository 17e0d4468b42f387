/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab: a patched KVM host in an emulated processor.  What runs there is a shell
 * script: for exitprobe run that of lab_run.c, for exitprobe profile that of
 * profile/boot.c.
 */
#ifndef VM_LAB_H
#define VM_LAB_H

#include <stdbool.h>

/*
 * The guest idles so long before it begins: a second after it has enabled its local
 * APIC, KVM takes back a test from every exit (the static key apic_sw_disabled).  An
 * idle second costs nothing here.
 */
#define LAB_SETTLE_MS 1200

/* What it ends with past a time limit. */
#define LAB_TIMEOUT 124

/* Files that a boot may have in its /lab. */
#define LAB_FILES 4

/* One boot of it, to run a shell script there (lab/boot). */
struct lab_boot {
	const char *vendor;	      /* "amd" or "intel": which processor is emulated */
	const char *kernel;	      /* "6.1" or another that the lab is built for */
	const char *modules;	      /* directory with other modules, or NULL */
	const char *plugin;	      /* of the emulator, with its arguments; or NULL */
	const char *hashes;	      /* file for the hashes of all that decides the run; or NULL */
	unsigned int limit_s;	      /* processor time */
	const char *job;	      /* the script */
	const char *files[LAB_FILES]; /* NULL behind the last, if there are fewer */
	/* Gets each line of the job's output, and of the lab's messages, without its end. */
	void (*line)(void *data, bool is_message, const char *line);
	void *data;
};

/*
 * Boot.  Returns the job's exit status or that of lab/boot, which has no job's; -1 after
 * one line: it cannot be started.  Where process_interrupted ended it nothing is said.
 */
int lab_boot(const struct lab_boot *boot);

/* The release of the kernel that it is built with for @kernel; NULL: it is not. */
char *lab_release(const char *kernel);

/* Whether it is built for @kernel: it can start at once. */
bool lab_is_built(const char *kernel);

/* Build what is missing; its own words go to standard error.  False: it cannot. */
bool lab_build(const char *vendor, const char *kernel);

#endif
