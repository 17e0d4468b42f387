/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BILL_BILL_COMMAND_H
#define BILL_BILL_COMMAND_H

/* exitprobe bill; @argv[0] is "exitprobe bill".  Returns an exit_status. */
int bill_command(int argc, char **argv);

#endif
