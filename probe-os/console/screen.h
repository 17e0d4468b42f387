/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text on a screen: VGA's text mode, or pixels with a PC Screen Font (PSF 1 or 2) that
 * the loader has loaded as a module.
 */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include <stdbool.h>

#include "boot/handover.h"

/*
 * Use the screen of @h, or VGA's text memory if it answers and the loader describes
 * no screen. Return false if there is none, or one with pixels but no font.
 */
bool screen_init(const struct handover *h);

void screen_put(char c);

#endif
