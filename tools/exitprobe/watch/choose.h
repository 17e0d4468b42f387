/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VMs are meant. */
#ifndef WATCH_CHOOSE_H
#define WATCH_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define WATCH_ID_SIZE 40 /* of a VM's directory's name */

/*
 * The name that QEMU's option -name gives the VM, in the words of its command line, each with a
 * NUL at its end (proc(5), cmdline).  Allocated; NULL: it has none.
 */
char *watch_name_of(const char *command_line, size_t length);

/*
 * The process's number in a directory's name, PID-N, and its N; false: it is no such name, or longer
 * than WATCH_ID_SIZE takes.
 */
bool watch_directory_pid(const char *name, pid_t *pid);

/* Whether @word, the user's, is this VM's process or its name; NULL is all. */
bool watch_is_meant(const char *word, pid_t pid, const char *name);

#endif
