/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms in which comparisons with one base are shown. */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include <stdio.h>

#include "compare/comparison.h"

void compare_text(FILE *to, const struct comparisons *all);
void compare_json(FILE *to, const struct comparisons *all);
void compare_html(FILE *to, const struct comparisons *all);

/* The subcommand compare.  @argv[0] is "exitprobe compare".  Returns an exit_status. */
int compare_command(int argc, char **argv);

#endif
