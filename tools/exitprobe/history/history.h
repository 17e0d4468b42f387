/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

/* exitprobe history; @argv[0] is "exitprobe history".  Returns an exit_status. */
int history_command(int argc, char **argv);

#endif
