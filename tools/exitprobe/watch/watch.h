/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

/* exitprobe watch, as main.c's table has it. */
int watch_command(int argc, char **argv);

#endif
