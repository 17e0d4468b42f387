/* SPDX-License-Identifier: GPL-2.0-only */
/* The side of run --host that is on the other machine: see stage.h. */
#ifndef REMOTE_AGENT_H
#define REMOTE_AGENT_H

/*
 * Read the options from standard input, run exitprobe with them in @directory, where the stage
 * has put it, and write its results to standard output.  It ends early when nothing comes from
 * standard input for a while, or its end.  @directory is removed, whatever comes.  Returns
 * run's exit status.
 */
int agent_run(const char *directory);

#endif
