/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes: QEMU, and the lab's scripts.
 */
#ifndef LIB_PROCESS_H
#define LIB_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct process {
	pid_t pid;   /* 0: none, or it has ended */
	pid_t group; /* its process group, for as long as others may be in it */
	int status;  /* once it has ended */
	int out;     /* its standard output, -1 once closed */
	int err;     /* its standard error, likewise */
};

/*
 * Start @argv, looked for in PATH, with an empty standard input, in a process
 * group of its own: a Ctrl-C at the terminal is ours to pass on.  It gets signal
 * @death if we die first.  Of our other descriptors it inherits those that are not
 * close-on-exec.  False with errno: it cannot be started.
 */
bool process_start(struct process *process, const char *const argv[], int death);

/*
 * The same with a pipe for its standard input: @feed is the end to write to, non-blocking, which
 * no other child has.
 */
bool process_start_fed(struct process *process, const char *const argv[], int death, int *feed);

/*
 * Hand on what it says, to @out its standard output and to @err its standard error,
 * until it has closed both.  False: process_interrupted came first.
 */
bool process_copy(struct process *process, FILE *out, FILE *err);

/*
 * What it writes to its standard output until it ends, allocated: at most @most bytes, and
 * for at most @timeout_ms.  Its standard error is dropped.  NULL: it wrote nothing.
 */
char *process_collect(struct process *process, size_t most, int timeout_ms);

/*
 * Wait for its end, at most @timeout_ms; then for as long again after SIGTERM, then
 * kill it.  What it has left behind, should it have ended before, is killed too.
 * Returns its exit status, or 128 and the signal's number.
 */
int process_end(struct process *process, int timeout_ms);

/* Until its end, at most @timeout_ms; false: it is still running. */
bool process_wait(struct process *process, int timeout_ms);

/*
 * Start a child that calls @act with @data once we have ended, however that comes, or once
 * *@alive is closed.  Signals do not end it, nor does it keep any of our files open.  -1 with
 * errno: it cannot be started.
 */
pid_t process_outlive(void (*act)(const void *data), const void *data, int *alive);

/*
 * From here on SIGINT, SIGTERM and SIGHUP only set this: which one.  Half a second
 * after the first another ends us at once.
 */
extern volatile sig_atomic_t process_interrupted;
void process_catch_signals(void);

/* Milliseconds of a clock that never goes back. */
long long process_now_ms(void);

#endif
