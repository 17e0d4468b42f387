/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_SCREEN_H
#define EXITSTAT_SCREEN_H

#include <stdio.h>

/*
 * Writes @text on the terminal @to in place of what was there, as many lines and columns as
 * it has.  With @first the screen is cleared before.
 */
void screen_show(FILE *to, const char *text, int first);

#endif
