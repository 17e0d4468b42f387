/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROFILE_BISECT_H
#define PROFILE_BISECT_H

/* The subcommand bisect.  @argv[0] is "exitprobe bisect".  Returns an exit_status. */
int bisect_command(int argc, char **argv);

#endif
