/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program inherits and cannot rely on: the three standard streams, which a caller may have
 * closed, or which may fail late; and SIGCHLD, which it may have ignored.
 */
#ifndef STREAMS_H
#define STREAMS_H

/*
 * Before anything is opened: a descriptor of 0 to 2 that the caller has closed becomes
 * /dev/null, so that no file of ours takes its place.  A child's status can be waited for.
 */
void streams_open(void);

/*
 * From here on the program does not end with success while what it has printed, argp's
 * help too, has not reached standard output: then @say is called with the exit status so
 * far and the errno, and what it returns is the exit status.
 */
void streams_check_at_exit(int (*say)(int status, int error));

#endif
