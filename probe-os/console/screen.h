/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text on a screen: VGA's own text mode, or pixels with a PC Screen Font (PSF 1
 * or 2) that the loader has brought along.
 */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include <stdbool.h>

#include "boot/handover.h"

/*
 * Take the screen of @h, or VGA's text memory if it answers where the loader
 * says nothing.  False where there is none, or one of pixels without a font.
 */
bool screen_init(const struct handover *h);

void screen_put(char c);

#endif
